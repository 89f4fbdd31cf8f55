import { REMOVE_EMPTY } from '../../../migrations/0005-statistics-sql.js';
import { CodeRetentionRepository } from '../../../src/modules/code-analysis/code-retention.repository.js';
import { AuditRepository } from '../../../src/modules/identity/audit.repository.js';
import { SessionEvidenceRepository } from '../../../src/modules/sessions/session-evidence.repository.js';
import { SessionsListRepository, type SessionFilter } from '../../../src/modules/sessions/sessions-list.repository.js';
import { SessionsRepository } from '../../../src/modules/sessions/sessions.repository.js';
import type { SessionSort } from '../../../src/modules/sessions/sessions.schemas.js';
import type { DeclaredReads } from '../../../src/shared/database/declared-reads.js';
import type { PageWindow } from '../../../src/shared/database/keyset.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { IdempotencyRepository } from '../../../src/shared/idempotency/idempotency.repository.js';
import { JobsRepository } from '../../../src/shared/jobs/jobs.repository.js';
import { WORKSPACE } from './many-rows.js';

export interface Sent {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A query of the product and the index that is there for it. */
export interface Served {
  readonly index: string;
  readonly query: string;
  /** The statement that its repository sends. */
  readonly statement: () => Promise<Sent>;
}

const scope = mintWorkspaceScope(WORKSPACE);

/** What a repository sends last, instead of an answer. */
async function sentBy(call: (database: never) => Promise<unknown>): Promise<Sent> {
  const sent: Sent[] = [];
  const query = (sql: string, parameters: readonly unknown[] = []) => {
    sent.push({ sql, parameters });
    return Promise.resolve([]);
  };
  await call({ query } as never);
  return sent.at(-1) as Sent;
}

const FIRST_PAGE: PageWindow = { backwards: false, limit: 51 };

export function listOf(filter: SessionFilter, sort: SessionSort, window: PageWindow = FIRST_PAGE): Promise<Sent> {
  return sentBy((reader) => {
    const reads = { read: (work: (reader: never) => unknown) => work(reader) } as unknown as DeclaredReads;
    return new SessionsListRepository(reads).list(scope, { filter, sort, window });
  });
}

const list = (index: string, query: string, filter: SessionFilter, sort: SessionSort): Served => ({
  index,
  query: `${query}, ${sort}`,
  statement: () => listOf(filter, sort),
});

/** Words of the seeded sessions, by the share of the sessions that have them: a fifth, 1 in 140, 1 in 1,700 and 1 in 16,000. */
export const WORDS = { frequent: 'nurses', seldom: 'topic1', rarer: 'topic40', rare: 'topic400' } as const;

/** @param sessionId one with evidence and lines in the audit log */
export function servedQueries(sessionId: string): readonly Served[] {
  const repositories = {
    sessions: (database: never) => new SessionsRepository(database, undefined as never),
    jobs: (database: never) => new JobsRepository(database),
    evidence: (database: never) => new SessionEvidenceRepository(database),
    audit: (database: never) => new AuditRepository(database),
    code: (database: never) => new CodeRetentionRepository(database),
  };
  return [
    list('idx_sessions_created_desc', 'all', {}, '-createdAt'),
    list('idx_sessions_created_desc', 'all', {}, 'createdAt'),
    list('idx_sessions_created_desc', 'of a status that most have', { status: 'completed' }, '-createdAt'),
    list('idx_sessions_created_desc', 'since a time', { createdAfter: '2026-10-30T00:00:00Z' }, '-createdAt'),
    list('idx_sessions_created_desc', 'with a frequent word', { q: WORDS.frequent }, '-createdAt'),
    list('idx_sessions_status_created', 'of a status that few have', { status: 'paused' }, '-createdAt'),
    list('idx_sessions_status_created', 'of a status that few have', { status: 'paused' }, 'createdAt'),
    list('idx_sessions_model_status', 'of a model that nobody has', { model: 'model-x' }, '-createdAt'),
    list('idx_sessions_model_status', 'of a model and a status', { model: 'model-6', status: 'failed' }, '-createdAt'),
    list('idx_sessions_name', 'all', {}, 'name'),
    list('idx_sessions_name', 'all', {}, '-name'),
    list('idx_sessions_name', 'of a status that most have', { status: 'completed' }, 'name'),
    list('idx_sessions_search', 'with a word that few have', { q: WORDS.rarer }, '-createdAt'),
    list('idx_sessions_search', 'with a rare word', { q: WORDS.rare }, 'name'),
    list('idx_sessions_search', 'with two words', { q: `${WORDS.frequent} ${WORDS.rare}` }, '-createdAt'),
    {
      index: 'idx_sessions_unfinished',
      query: 'how many sessions of the workspace are queued or run',
      statement: () =>
        sentBy((database) => repositories.sessions(database).countActive({ query: queryOf(database) } as never, scope)),
    },
    {
      index: 'idx_sessions_unfinished',
      query: 'sessions of all workspaces that nobody touched',
      statement: () => sentBy((database) => repositories.sessions(database).idleActive(60_000, 100)),
    },
    {
      index: 'idx_jobs_unfinished',
      query: 'jobs of all workspaces that are silent',
      statement: () => sentBy((database) => repositories.jobs(database).silent(60_000, undefined, 100)),
    },
    {
      index: 'idx_idempotency_expiry',
      query: 'Idempotency-Keys that are over',
      statement: () => sentBy((database) => new IdempotencyRepository().sweep(database, 1000)),
    },
    {
      index: 'idx_session_evidence_piece',
      query: 'evidence that no other session uses',
      statement: () => sentBy((database) => repositories.evidence(database).onlyUsedBy(database, scope, sessionId)),
    },
    {
      index: 'idx_audit_session_timestamp',
      query: 'the audit of a session',
      statement: () =>
        sentBy((database) => repositories.audit(database).list(scope, { sessionId }, 'oldestFirst', FIRST_PAGE)),
    },
    {
      index: 'idx_session_statistics_empty',
      query: 'sums of which nothing is left',
      statement: () => Promise.resolve({ sql: REMOVE_EMPTY, parameters: [] }),
    },
    {
      index: 'idx_code_analyses_to_empty',
      query: 'old analyses of code of all workspaces',
      // A hundred at once would be a tenth of the table of a sample, which is then read whole.
      statement: () => sentBy((database) => repositories.code(database).emptyAnalyses(7, 2)),
    },
    ...['idx_file_contents_sent', 'idx_analysed_files_sha256'].map((index) => ({
      index,
      query: 'old files of code that no analysis lists',
      statement: () => sentBy((database) => repositories.code(database).removeContents(7, 100)),
    })),
    {
      index: 'audit_log_pkey',
      query: 'the audit of the workspace',
      statement: () => sentBy((database) => repositories.audit(database).list(scope, {}, 'newestFirst', FIRST_PAGE)),
    },
  ];
}

const queryOf = (database: never) => (database as { readonly query: unknown }).query;

const STATUSES = [undefined, 'completed', 'paused', 'running'] as const;
const MODELS = [undefined, 'model-1', 'model-6'] as const;
const QUESTIONS = [undefined, WORDS.frequent, WORDS.seldom, WORDS.rare] as const;
const TIMES: readonly SessionFilter[] = [
  {},
  { createdAfter: '2026-10-30T00:00:00Z' },
  { createdBefore: '2026-10-31T00:00:00Z' },
  { createdAfter: '2026-10-29T00:00:00Z', createdBefore: '2026-10-30T00:00:00Z' },
];

/** Every combination of the filters of the list. */
export const ALL_FILTERS: readonly SessionFilter[] = STATUSES.flatMap((status) =>
  MODELS.flatMap((model) =>
    QUESTIONS.flatMap((q) =>
      TIMES.map((time) => ({
        ...(status === undefined ? {} : { status }),
        ...(model === undefined ? {} : { model }),
        ...(q === undefined ? {} : { q }),
        ...time,
      })),
    ),
  ),
);
