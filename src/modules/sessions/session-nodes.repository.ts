import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { SessionChanges } from './session-changes.js';
import type { NodeName, Phase, SessionStatus } from './sessions.types.js';

/** The natural key of a piece of work; `gapId` is empty for nodes that are not per gap. */
export interface NodeKey {
  readonly sessionId: string;
  readonly run: number;
  readonly node: NodeName;
  readonly gapId: string;
}

export interface NodeRow {
  readonly node: NodeName;
  readonly gapId: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly attempts: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly startedAt: Date;
  readonly finishedAt?: Date;
  readonly durationMs?: number;
  /** Was it answered from the cache? Known for research alone. */
  readonly cached?: boolean;
}

/** What the fence saw when a node wanted to begin. */
export interface NodeBegin {
  readonly status: SessionStatus;
  readonly state?: 'running' | 'done' | 'failed';
}

export interface NodeFinish {
  readonly state: 'done' | 'failed';
  readonly output?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly durationMs: number;
}

/** Rows of `session_nodes`: what of a run is done. A done row is never written again. */
@Injectable()
export class SessionNodesRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SessionChanges,
  ) {}

  /**
   * Marks the node as running, in one statement that is fenced by run, phase, attempt and status; undefined: the session is
   * gone or this owner is stale. The state given back is the one before.
   */
  async begin(
    scope: WorkspaceScope,
    key: NodeKey,
    owner: { readonly phase: Phase; readonly attempt: number },
    at: Date,
  ): Promise<NodeBegin | undefined> {
    const rows: { status: SessionStatus; state: NodeBegin['state'] | null }[] = await this.dataSource.query(
      `WITH fence AS (
           SELECT status FROM sessions
            WHERE workspace_id = $1 AND id = $2 AND run = $3 AND attempt = $6 AND phase = $8 FOR SHARE),
         begun AS (
           INSERT INTO session_nodes AS n (workspace_id, session_id, run, node, gap_id, state, started_at)
           SELECT $1, $2, $3, $4, $5, 'running', $7 FROM fence WHERE status = 'running'
           ON CONFLICT (workspace_id, session_id, run, node, gap_id) DO UPDATE
             SET attempts = n.attempts + 1, state = 'running', started_at = excluded.started_at, error = NULL
           WHERE n.state <> 'done')
         SELECT fence.status, n.state FROM fence LEFT JOIN session_nodes n
           ON n.workspace_id = $1 AND n.session_id = $2 AND n.run = $3 AND n.node = $4 AND n.gap_id = $5`,
      [scope.workspaceId, key.sessionId, key.run, key.node, key.gapId, owner.attempt, at, owner.phase],
    );
    await this.changes.changed(scope, key.sessionId);
    const row = rows[0];
    return row && { status: row.status, state: row.state ?? undefined };
  }

  /** Writes the outcome unless the node is done already; false: it was. The caller holds the session's lock. */
  async finish(manager: EntityManager, scope: WorkspaceScope, key: NodeKey, finish: NodeFinish): Promise<boolean> {
    const rows: unknown[] = await manager.query(
      `INSERT INTO session_nodes AS n (workspace_id, session_id, run, node, gap_id, state, output, error, started_at,
                                       finished_at, duration_ms)
       VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9, $10, $11)
       ON CONFLICT (workspace_id, session_id, run, node, gap_id) DO UPDATE
         SET state = excluded.state, output = excluded.output, error = excluded.error,
             finished_at = excluded.finished_at, duration_ms = excluded.duration_ms
       WHERE n.state <> 'done'
       RETURNING n.node`,
      [
        scope.workspaceId,
        key.sessionId,
        key.run,
        key.node,
        key.gapId,
        finish.state,
        finish.output === undefined ? null : JSON.stringify(finish.output),
        finish.error ? JSON.stringify(finish.error) : null,
        finish.startedAt,
        finish.finishedAt,
        Math.round(finish.durationMs),
      ],
    );
    return rows.length > 0;
  }

  /** `finish` for many gaps of one node that are done; gives the gaps written now. */
  async finishAll(
    manager: EntityManager,
    scope: WorkspaceScope,
    key: Omit<NodeKey, 'gapId'>,
    finished: readonly (Omit<NodeFinish, 'state' | 'error'> & { readonly gapId: string })[],
  ): Promise<ReadonlySet<string>> {
    const rows: { gap_id: string }[] = await manager.query(
      `INSERT INTO session_nodes AS n (workspace_id, session_id, run, node, gap_id, state, output, started_at,
                                       finished_at, duration_ms)
       SELECT $1, $2, $3, $4, o ->> 'gapId', 'done', o -> 'output', (o ->> 'startedAt')::timestamptz,
              (o ->> 'finishedAt')::timestamptz, (o ->> 'durationMs')::int
         FROM jsonb_array_elements($5::jsonb) o
       ON CONFLICT (workspace_id, session_id, run, node, gap_id) DO UPDATE
         SET state = 'done', output = excluded.output, error = NULL,
             finished_at = excluded.finished_at, duration_ms = excluded.duration_ms
       WHERE n.state <> 'done'
       RETURNING n.gap_id`,
      [scope.workspaceId, key.sessionId, key.run, key.node, JSON.stringify(finished)],
    );
    return new Set(rows.map((row) => row.gap_id));
  }

  /** A changed plan changes what identifyGaps said is to be researched. */
  async amendPlanned(
    manager: EntityManager,
    scope: WorkspaceScope,
    key: { readonly sessionId: string; readonly run: number },
    research: readonly string[],
  ): Promise<void> {
    await manager.query(
      `UPDATE session_nodes SET output = jsonb_set(coalesce(output, '{}'), '{research}', $4::jsonb)
        WHERE workspace_id = $1 AND session_id = $2 AND run = $3 AND node = 'identifyGaps' AND gap_id = ''`,
      [scope.workspaceId, key.sessionId, key.run, JSON.stringify(research)],
    );
  }

  /** What finished nodes left for later ones, by node name. */
  async outputs(
    scope: WorkspaceScope,
    sessionId: string,
    run: number,
    nodes: readonly NodeName[],
    manager?: EntityManager,
  ): Promise<ReadonlyMap<NodeName, unknown>> {
    const rows: { node: NodeName; output: unknown }[] = await (manager ?? this.dataSource.manager).query(
      `SELECT node, output FROM session_nodes
        WHERE workspace_id = $1 AND session_id = $2 AND run = $3 AND node = ANY($4) AND gap_id = '' AND state = 'done'`,
      [scope.workspaceId, sessionId, run, nodes],
    );
    return new Map(rows.map((row) => [row.node, row.output]));
  }

  /** Median duration of researching one gap over the newest `sample` ones that were not answered by the cache. */
  async medianResearchMs(scope: WorkspaceScope, sample: number): Promise<number | undefined> {
    const rows: { median: number | null }[] = await this.dataSource.query(
      `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms) AS median FROM (
         SELECT n.duration_ms FROM sessions s
           JOIN session_nodes n ON n.workspace_id = s.workspace_id AND n.session_id = s.id AND n.run = s.run
          WHERE s.workspace_id = $1 AND n.node = 'research' AND n.state = 'done'
            AND NOT coalesce((n.output ->> 'cached')::boolean, false)
          ORDER BY s.created_at DESC LIMIT $2) AS newest`,
      [scope.workspaceId, sample],
    );
    return rows[0]?.median ?? undefined;
  }
}
