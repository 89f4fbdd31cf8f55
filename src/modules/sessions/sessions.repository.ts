import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { runInTransaction } from '../../shared/database/transaction.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { SessionChanges } from './session-changes.js';
import { recountFigures } from './session-statistics.repository.js';
import type {
  Brief,
  CodeFile,
  Phase,
  SessionHead,
  SessionOptions,
  SessionRecord,
  SessionState,
  SessionStatus,
  ShownSession,
} from './sessions.types.js';

interface HeadRow {
  readonly id: string;
  readonly status: SessionStatus;
  readonly phase: Phase;
  readonly run: number;
  readonly attempt: number;
  readonly progress: number;
  readonly priority: number;
  readonly options: SessionOptions;
  readonly state: SessionState;
  readonly started_at: Date | null;
}

/** A row of `SHOWN_COLUMNS`. */
export interface ShownRow extends HeadRow {
  readonly brief: Brief;
  readonly error: { code: string; message: string } | null;
  readonly event_seq: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly finished_at: Date | null;
}

interface SessionRow extends ShownRow {
  readonly files: readonly CodeFile[];
}

const HEAD = 'id, status, phase, run, attempt, progress, priority, options, state, started_at';
/** All but the code files, which may be large. */
export const SHOWN_COLUMNS = `${HEAD}, brief, error, event_seq, created_at, updated_at, finished_at`;
const WHOLE = `${SHOWN_COLUMNS}, files`;

export interface NewSession {
  readonly id: string;
  readonly brief: Brief;
  readonly files: readonly CodeFile[];
  readonly options: SessionOptions;
  readonly at: Date;
}

export interface StatusChange {
  readonly status: SessionStatus;
  readonly phase: Phase;
  readonly run: number;
  readonly attempt: number;
  readonly progress: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  readonly at: Date;
  /** A new run: it has no gaps, research and decisions yet. */
  readonly renewsRun: boolean;
  /** The event that tells of it. */
  readonly event: { readonly kind: string; readonly data: Readonly<Record<string, unknown>> };
}

/** Work of any workspace that the reconciler looks at; ids only. */
export interface ActiveWork {
  readonly workspaceId: string;
  readonly id: string;
  readonly run: number;
  readonly attempt: number;
  readonly phase: Phase;
}

/** Rows of `sessions`. Lists are in sessions-list.repository.ts. */
@Injectable()
export class SessionsRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: SessionChanges,
  ) {}

  async insert(manager: EntityManager, scope: WorkspaceScope, session: NewSession): Promise<void> {
    await manager.query(
      `INSERT INTO sessions (workspace_id, id, name, brief, files, options, model, status, priority, created_at, updated_at)
       VALUES ($1, $2, $3, $4::jsonb, $5::jsonb, $6::jsonb, $7, 'queued', $8, $9, $9)`,
      [
        scope.workspaceId,
        session.id,
        session.brief.name,
        JSON.stringify(session.brief),
        JSON.stringify(session.files),
        JSON.stringify(session.options),
        session.options.model ?? null,
        session.options.priority,
        session.at,
      ],
    );
  }

  /**
   * Runs `work` in one transaction that holds the session's row lock from its first statement on: whoever changes a
   * session comes this way, so changes of one session are after each other. `work` may run again after a deadlock. Cached
   * answers about the session end with the commit.
   */
  async locked<T>(
    scope: WorkspaceScope,
    id: string,
    work: (manager: EntityManager, head: SessionHead | undefined) => Promise<T>,
  ): Promise<T> {
    const result = await runInTransaction(this.dataSource, async (manager) =>
      work(manager, await this.lock(manager, scope, id)),
    );
    await this.changes.changed(scope, id);
    return result;
  }

  /** Locks the row until the transaction ends. */
  private async lock(manager: EntityManager, scope: WorkspaceScope, id: string): Promise<SessionHead | undefined> {
    const rows: HeadRow[] = await manager.query(
      `SELECT ${HEAD} FROM sessions WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE`,
      [scope.workspaceId, id],
    );
    return rows[0] && headOf(rows[0]);
  }

  async find(scope: WorkspaceScope, id: string, manager?: EntityManager): Promise<SessionRecord | undefined> {
    const rows: SessionRow[] = await (manager ?? this.dataSource.manager).query(
      `SELECT ${WHOLE} FROM sessions WHERE workspace_id = $1 AND id = $2`,
      [scope.workspaceId, id],
    );
    return rows[0] && recordOf(rows[0]);
  }

  /** Writes the new status and its event in one statement, so the event's number is taken where the change is made. */
  async change(manager: EntityManager, scope: WorkspaceScope, id: string, change: StatusChange): Promise<number> {
    const rows: { seq: number }[] = await manager.query(
      `WITH changed AS (
         UPDATE sessions SET status = $3, phase = $4, run = $5, attempt = $6, progress = $7, error = $8::jsonb,
           started_at = $9, finished_at = $10, updated_at = $11, event_seq = event_seq + 1${change.renewsRun ? recountFigures('$5') : ''}
         WHERE workspace_id = $1 AND id = $2
         RETURNING event_seq)
       INSERT INTO session_events (workspace_id, session_id, seq, dedupe, kind, data, at)
       SELECT $1, $2, event_seq, 'status:' || event_seq, $12, $13::jsonb, $11 FROM changed
       RETURNING seq`,
      [
        scope.workspaceId,
        id,
        change.status,
        change.phase,
        change.run,
        change.attempt,
        change.progress,
        change.error ? JSON.stringify(change.error) : null,
        change.startedAt ?? null,
        change.finishedAt ?? null,
        change.at,
        change.event.kind,
        JSON.stringify(change.event.data),
      ],
    );
    return rows[0]?.seq ?? 0;
  }

  async saveState(manager: EntityManager, scope: WorkspaceScope, id: string, state: SessionState): Promise<void> {
    await manager.query(`UPDATE sessions SET state = $3::jsonb WHERE workspace_id = $1 AND id = $2`, [
      scope.workspaceId,
      id,
      JSON.stringify(state),
    ]);
  }

  /** Removes the session with everything that hangs on it; the audit log and the evidence stay. */
  async delete(manager: EntityManager, scope: WorkspaceScope, id: string): Promise<void> {
    await manager.query(`DELETE FROM sessions WHERE workspace_id = $1 AND id = $2`, [scope.workspaceId, id]);
  }

  /** How many are queued or run; whoever asks next for this workspace waits until the transaction ends. */
  async countActive(manager: EntityManager, scope: WorkspaceScope): Promise<number> {
    await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 4712))`, [scope.workspaceId]);
    const rows: { n: number }[] = await manager.query(
      `SELECT count(*)::int AS n FROM sessions WHERE workspace_id = $1 AND status IN ('queued', 'running')`,
      [scope.workspaceId],
    );
    return rows[0]?.n ?? 0;
  }

  /** How many sessions of all workspaces are in each status; one query, for the gauge at the scrape. */
  async countByStatus(): Promise<ReadonlyMap<SessionStatus, number>> {
    const rows: { status: SessionStatus; n: number }[] = await this.dataSource.query(
      `SELECT status, count(*)::int AS n FROM sessions GROUP BY status`,
    );
    return new Map(rows.map((row) => [row.status, row.n]));
  }

  /** Active sessions of all workspaces that nobody touched for `idleMs` by the database's time, the oldest first. */
  async idleActive(idleMs: number, limit: number): Promise<readonly ActiveWork[]> {
    const rows: { workspace_id: string; id: string; run: number; attempt: number; phase: Phase }[] =
      await this.dataSource.query(
        `SELECT workspace_id, id, run, attempt, phase FROM sessions
          WHERE status IN ('queued', 'running') AND updated_at < now() - make_interval(secs => $1::float8 / 1000)
          ORDER BY updated_at LIMIT $2`,
        [idleMs, limit],
      );
    return rows.map(({ workspace_id, ...work }) => ({ workspaceId: workspace_id, ...work }));
  }
}

function headOf(row: HeadRow): SessionHead {
  return {
    id: row.id,
    status: row.status,
    phase: row.phase,
    run: row.run,
    attempt: row.attempt,
    progress: row.progress,
    priority: row.priority,
    options: row.options,
    state: row.state,
    startedAt: row.started_at ?? undefined,
  };
}

const recordOf = (row: SessionRow): SessionRecord => ({ ...shownOf(row), files: row.files });

/** The session of such a row. */
export function shownOf(row: ShownRow): ShownSession {
  return {
    ...headOf(row),
    brief: row.brief,
    error: row.error ?? undefined,
    eventSeq: row.event_seq,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at ?? undefined,
  };
}
