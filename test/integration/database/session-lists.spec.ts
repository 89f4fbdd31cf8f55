import pg from 'pg';
import { DataSource } from 'typeorm';
import { SessionsListRepository } from '../../../src/modules/sessions/sessions-list.repository.js';
import type { SessionFilter } from '../../../src/modules/sessions/sessions-list.repository.js';
import type { SessionSort } from '../../../src/modules/sessions/sessions.schemas.js';
import { DeclaredReads } from '../../../src/shared/database/declared-reads.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';

const WORKSPACE = '00000000-0000-7000-8000-000000000001';
const OTHER = '0190a0de-0000-7000-8000-00000000000b';
const ROWS = 20_000;

interface Explained {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** Statements that a repository sends, instead of their answers. */
function recorder(sent: Explained[]): DeclaredReads {
  const query = (sql: string, parameters: readonly unknown[]) => {
    sent.push({ sql, parameters });
    return Promise.resolve([]);
  };
  return { read: (work: (reader: unknown) => unknown) => work({ query }) } as unknown as DeclaredReads;
}

describe('lists of many sessions', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let source: DataSource;
  const scope = mintWorkspaceScope(WORKSPACE);

  beforeAll(async () => {
    database = await testDatabase();
    owner = new pg.Client(database.ownerUrl);
    await owner.connect();
    source = await new DataSource({ type: 'postgres', url: database.url, installExtensions: false }).initialize();
    await owner.query(`INSERT INTO workspaces (id, name) VALUES ($1, 'another')`, [OTHER]);
    await owner.query(SEED, [WORKSPACE, ROWS]);
    await owner.query(SEED, [OTHER, 500]);
    await owner.query('VACUUM ANALYZE sessions');
  });

  afterAll(async () => {
    await source?.destroy();
    await owner?.end();
    await database?.close();
  });

  async function planOf(filter: SessionFilter, sort: SessionSort): Promise<string> {
    const sent: Explained[] = [];
    const list = new SessionsListRepository(recorder(sent));
    await list.list(scope, { filter, sort, window: { backwards: false, limit: 51 } });
    const [{ sql, parameters }] = sent as [Explained];
    const { rows } = await owner.query(`EXPLAIN (FORMAT JSON) ${sql}`, [...parameters]);
    return JSON.stringify(rows[0]);
  }

  it.each<[string, SessionFilter, SessionSort, string]>([
    ['all, the newest first', {}, '-createdAt', 'idx_sessions_created_desc'],
    ['all, the oldest first', {}, 'createdAt', 'idx_sessions_created_desc'],
    ['all by name', {}, 'name', 'idx_sessions_name'],
    ['of a status', { status: 'failed' }, '-createdAt', 'idx_sessions_status_created'],
    ['of a status that most have', { status: 'completed' }, '-createdAt', 'idx_sessions_created_desc'],
    ['of a model and a status', { model: 'model-d', status: 'failed' }, '-createdAt', 'idx_sessions_model_status'],
    ['of a rare model', { model: 'model-c' }, '-createdAt', 'idx_sessions_model_status'],
    ['of a status by name', { status: 'completed' }, 'name', 'idx_sessions_name'],
    ['with a rare word', { q: 'rareword' }, '-createdAt', 'idx_sessions_search'],
    ['before a time', { createdBefore: '2026-10-30T00:00:00Z' }, '-createdAt', 'idx_sessions_created_desc'],
  ])(
    '%s: served by its index, the table is read for the rows of the page alone',
    async (_what, filter, sort, index) => {
      const plan = await planOf(filter, sort);
      expect(plan).toContain(`"Index Name":"${index}"`);
      expect(plan).not.toContain('"Seq Scan"');
    },
  );

  it.each<[string, SessionFilter, SessionSort]>([
    ['status and name', { status: 'cancelled' }, '-name'],
    [
      'model, status and time',
      { model: 'model-a', status: 'completed', createdAfter: '2026-10-25T00:00:00Z' },
      '-createdAt',
    ],
    ['a word and a status', { q: 'rareword', status: 'completed' }, 'createdAt'],
    ['several words', { q: 'billing rareword' }, 'name'],
  ])('%s: pages give what one long list gives, and nothing of another workspace', async (_what, filter, sort) => {
    const list = new SessionsListRepository(new DeclaredReads(source));
    const all = await list.list(scope, { filter, sort, window: { backwards: false, limit: 100_000 } });
    expect(all.length).toBeGreaterThan(5);
    const walked: string[] = [];
    const limit = Math.ceil(all.length / 7);
    for (let after: readonly string[] | undefined; ;) {
      const rows = await list.list(scope, {
        filter,
        sort,
        window: { backwards: false, limit, ...(after ? { after } : {}) },
      });
      walked.push(...rows.map(({ id }) => id));
      after = rows.at(-1)?.key;
      if (rows.length < limit) break;
    }
    expect(walked).toEqual(all.map(({ id }) => id));
    const { rows } = await owner.query(
      `SELECT count(*)::int AS n FROM sessions WHERE workspace_id = $1 AND id = ANY ($2)`,
      [WORKSPACE, walked],
    );
    expect(rows[0].n).toBe(all.length);
    expect(await list.count(scope, filter, 100_000)).toBe(all.length);
  });

  it('words of another workspace are found by nobody else, nor is its name a word of theirs', async () => {
    const list = new SessionsListRepository(new DeclaredReads(source));
    const found = async (q: string) =>
      (await list.list(scope, { filter: { q }, sort: 'name', window: { backwards: false, limit: 9 } })).length;
    await owner.query(`UPDATE sessions SET name = 'secretword' WHERE workspace_id = $1`, [OTHER]);
    expect(await found('secretword')).toBe(0);
    expect(await found(`workspace:${OTHER}`)).toBe(0);
    expect(await found('!!!')).toBe(0);
    expect(await found(`"'; DROP TABLE sessions --`)).toBe(0);
  });

  it('progress of a session changes no index', async () => {
    const updates = async () =>
      (
        await owner.query(
          `SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_xact_user_tables WHERE relname = 'sessions'`,
        )
      ).rows[0] as { all: number; hot: number };
    await owner.query('BEGIN');
    try {
      const { rows } =
        await owner.query(`INSERT INTO sessions (workspace_id, id, name, brief, options, status, priority)
        VALUES ('${WORKSPACE}', gen_random_uuid(), 'hot', '{}', '{}', 'running', 5) RETURNING id`);
      const before = await updates();
      for (let step = 1; step <= 5; step++)
        await owner.query(
          `UPDATE sessions SET event_seq = event_seq + 1, progress = $2, updated_at = now() WHERE workspace_id = '${WORKSPACE}' AND id = $1`,
          [rows[0].id, step],
        );
      const after = await updates();
      expect([after.all - before.all, after.hot - before.hot]).toEqual([5, 5]);
    } finally {
      await owner.query('ROLLBACK');
    }
  });
});

const SEED = `
  INSERT INTO sessions (workspace_id, id, name, brief, options, model, status, priority, created_at, updated_at)
  SELECT $1::uuid, gen_random_uuid(),
         (ARRAY['Ticket', 'Billing', 'Fleet', 'Clinic', 'School', 'Parcel', 'Garden'])[1 + n * 31 % 7] || ' service ' || md5(n::text),
         jsonb_build_object('projectType', 'web-api', 'requirements',
           jsonb_build_array('Word' || n % 500, CASE WHEN n % 100 = 7 THEN 'rareword' ELSE 'common' END)),
         '{}',
         CASE WHEN n % 1000 = 5 THEN 'model-c' WHEN n % 100 = 9 THEN 'model-d' WHEN n % 5 < 2 THEN 'model-a' END,
         CASE WHEN n % 100 = 1 THEN 'failed' WHEN n % 900 = 9 THEN 'failed' WHEN n % 50 = 3 THEN 'cancelled' ELSE 'completed' END,
         5, at, at
    FROM (SELECT n, timestamptz '2026-11-01' - n * interval '37 seconds' AS at FROM generate_series(1, $2::int) n) AS seeded`;
