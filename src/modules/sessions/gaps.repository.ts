import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { defineQuery } from '../../shared/database/named-queries.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { ResearchResult } from '../research/research.types.js';
import type { Decision, Gap } from './gaps/gap.types.js';
import { newestSession } from './newest-session.repository.js';

/** Which run of which session; gaps and decisions belong to a run. */
export interface RunKey {
  readonly sessionId: string;
  readonly run: number;
}

export interface GapRecord {
  readonly gap: Gap;
  readonly result?: ResearchResult;
  /** Why it could not be researched. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface DegradedGap {
  readonly gapId: string;
  /** Why it could not be researched. */
  readonly error?: string;
  /** Sources that did not answer, in words. */
  readonly sources: readonly string[];
}

export interface DecisionRecord extends Decision {
  /** Key id of a person, or `system`. */
  readonly decidedBy: string;
  readonly decidedAt: Date;
}

interface RawGap {
  readonly body: Gap;
  readonly result: ResearchResult | null;
  readonly error: { code: string; message: string } | null;
}

interface RawDecision {
  readonly body: Decision;
  readonly decided_by: string;
  readonly decided_at: Date;
}

/** Ids are `G-1` … `G-24`; sorted by their number. */
const BY_NUMBER = `ORDER BY (substring(id from '[0-9]+'))::int NULLS LAST, id`;

/** Both in one, since whoever shows gaps shows what was decided; a decision without its gap would still be there. */
const GAPS_WITH_DECISIONS = `SELECT g.body, g.result, g.error, d.body AS decision, d.decided_by, d.decided_at
   FROM (SELECT id, body, result, error FROM gaps WHERE workspace_id = $1 AND session_id = $2 AND run = $3) g
   FULL JOIN (SELECT gap_id, body, decided_by, decided_at FROM decisions
               WHERE workspace_id = $1 AND session_id = $2 AND run = $3) d ON d.gap_id = g.id
  ORDER BY (substring(coalesce(g.id, d.gap_id) from '[0-9]+'))::int NULLS LAST, coalesce(g.id, d.gap_id)`;

defineQuery({
  name: 'gaps.with-decisions',
  about: 'Gaps of the newest session with their options and decisions',
  statement: async (scope, ask) => {
    const { id, run } = await newestSession(scope, ask);
    return { text: GAPS_WITH_DECISIONS, parameters: [scope.workspaceId, id, run] };
  },
});

/** Gaps and decisions of a run, each in the order of their numbers. */
export interface GapsWithDecisions {
  readonly gaps: readonly GapRecord[];
  readonly decisions: readonly DecisionRecord[];
}

/** Rows of `gaps` and `decisions`. */
@Injectable()
export class GapsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Writes the gaps of a run; a repeated write changes nothing but their bodies. */
  async put(manager: EntityManager, scope: WorkspaceScope, key: RunKey, gaps: readonly Gap[]): Promise<void> {
    await manager.query(
      `INSERT INTO gaps (workspace_id, session_id, run, id, category, status, body)
       SELECT $1, $2, $3, g ->> 'id', g ->> 'category', g ->> 'status', g FROM jsonb_array_elements($4::jsonb) g
       ON CONFLICT (workspace_id, session_id, run, id) DO UPDATE
         SET category = excluded.category, status = excluded.status, body = excluded.body`,
      [scope.workspaceId, key.sessionId, key.run, JSON.stringify(gaps)],
    );
  }

  async list(scope: WorkspaceScope, key: RunKey, manager?: EntityManager): Promise<readonly GapRecord[]> {
    const rows: RawGap[] = await (manager ?? this.dataSource.manager).query(
      `SELECT body, result, error FROM gaps WHERE workspace_id = $1 AND session_id = $2 AND run = $3 ${BY_NUMBER}`,
      [scope.workspaceId, key.sessionId, key.run],
    );
    return rows.map(recordOf);
  }

  async withDecisions(scope: WorkspaceScope, key: RunKey): Promise<GapsWithDecisions> {
    const rows: (Partial<RawGap> & Partial<RawDecision> & { decision: Decision | null })[] =
      await this.dataSource.query(GAPS_WITH_DECISIONS, [scope.workspaceId, key.sessionId, key.run]);
    return {
      gaps: rows.flatMap((row) => (isGap(row) ? [recordOf(row)] : [])),
      decisions: rows.flatMap(({ decision, ...row }) => {
        return decision ? [decisionOf({ ...(row as RawDecision), body: decision })] : [];
      }),
    };
  }

  /** Gaps that could not be researched, or not by all of their sources; without the options, which are large. */
  async degraded(scope: WorkspaceScope, key: RunKey): Promise<readonly DegradedGap[]> {
    const rows: { id: string; error: string | null; sources: string[] | null }[] = await this.dataSource.query(
      `SELECT id, error ->> 'message' AS error, result -> 'degraded' AS sources FROM gaps
        WHERE workspace_id = $1 AND session_id = $2 AND run = $3 AND (error IS NOT NULL OR result -> 'degraded' <> '[]')
        ${BY_NUMBER}`,
      [scope.workspaceId, key.sessionId, key.run],
    );
    return rows.map(({ id, error, sources }) => ({ gapId: id, error: error ?? undefined, sources: sources ?? [] }));
  }

  async find(
    scope: WorkspaceScope,
    key: RunKey,
    gapId: string,
    manager?: EntityManager,
  ): Promise<GapRecord | undefined> {
    const rows: RawGap[] = await (manager ?? this.dataSource.manager).query(
      `SELECT body, result, error FROM gaps WHERE workspace_id = $1 AND session_id = $2 AND run = $3 AND id = $4`,
      [scope.workspaceId, key.sessionId, key.run, gapId],
    );
    return rows[0] && recordOf(rows[0]);
  }

  /** Why a gap could not be researched. */
  async saveError(
    manager: EntityManager,
    scope: WorkspaceScope,
    key: RunKey & { readonly gapId: string },
    error: NonNullable<GapRecord['error']>,
  ): Promise<void> {
    await manager.query(
      `UPDATE gaps SET result = NULL, error = $5::jsonb
        WHERE workspace_id = $1 AND session_id = $2 AND run = $3 AND id = $4`,
      [scope.workspaceId, key.sessionId, key.run, key.gapId, JSON.stringify(error)],
    );
  }

  /** What was found for many gaps, in one statement. */
  async saveResults(
    manager: EntityManager,
    scope: WorkspaceScope,
    key: RunKey,
    results: readonly { readonly gapId: string; readonly result: ResearchResult }[],
  ): Promise<void> {
    await manager.query(
      `UPDATE gaps SET result = r -> 'result', error = NULL FROM jsonb_array_elements($4::jsonb) r
        WHERE workspace_id = $1 AND session_id = $2 AND run = $3 AND id = r ->> 'gapId'`,
      [scope.workspaceId, key.sessionId, key.run, JSON.stringify(results)],
    );
  }

  /** Writes decisions of gaps that have none yet; gives the ids of those written. */
  async decide(
    manager: EntityManager,
    scope: WorkspaceScope,
    key: RunKey,
    decisions: readonly DecisionRecord[],
  ): Promise<readonly string[]> {
    const rows: { gap_id: string }[] = await manager.query(
      `INSERT INTO decisions (workspace_id, session_id, run, gap_id, body, decided_by, decided_at)
       SELECT $1, $2, $3, d -> 'body' ->> 'gapId', d -> 'body', d ->> 'by', (d ->> 'at')::timestamptz
         FROM jsonb_array_elements($4::jsonb) d
       ON CONFLICT (workspace_id, session_id, run, gap_id) DO NOTHING
       RETURNING gap_id`,
      [
        scope.workspaceId,
        key.sessionId,
        key.run,
        JSON.stringify(decisions.map(({ decidedBy, decidedAt, ...body }) => ({ body, by: decidedBy, at: decidedAt }))),
      ],
    );
    return rows.map((row) => row.gap_id);
  }

  async decisions(scope: WorkspaceScope, key: RunKey, manager?: EntityManager): Promise<readonly DecisionRecord[]> {
    const rows: RawDecision[] = await (manager ?? this.dataSource.manager).query(
      `SELECT body, decided_by, decided_at FROM decisions
        WHERE workspace_id = $1 AND session_id = $2 AND run = $3
        ORDER BY (substring(gap_id from '[0-9]+'))::int NULLS LAST, gap_id`,
      [scope.workspaceId, key.sessionId, key.run],
    );
    return rows.map(decisionOf);
  }
}

const isGap = (row: Partial<RawGap>): row is RawGap => Boolean(row.body);

function decisionOf({ body, decided_by, decided_at }: RawDecision): DecisionRecord {
  return { ...body, decidedBy: decided_by, decidedAt: decided_at };
}

function recordOf(row: RawGap): GapRecord {
  return { gap: row.body, result: row.result ?? undefined, error: row.error ?? undefined };
}
