import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { defineQuery } from '../../shared/database/named-queries.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { newestSession } from './newest-session.repository.js';
import { recountFigures } from './session-statistics.repository.js';
import type { SessionEvent, SessionStatus } from './sessions.types.js';

export interface NewEvent {
  /**
   * Unique in the session: `run:node:gap:kind`. A second event of this name is not written. Absent for what a person
   * did, which may happen again.
   */
  readonly dedupe?: string;
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface NewEvents {
  readonly events: readonly NewEvent[];
  readonly progress: number;
  readonly at: Date;
  /** What they tell of changed gaps, research, decisions or the document: the session's figures are counted anew. */
  readonly recount?: boolean;
}

export interface EventPage {
  readonly events: readonly SessionEvent[];
  readonly status: SessionStatus;
  /** The last number given out; the page is the end when it reaches it. */
  readonly lastSeq: number;
}

/** With the session, so that its status is of the same snapshot. */
const EVENTS_AFTER = `SELECT s.status, s.event_seq, e.seq, e.kind, e.data, e.at
   FROM sessions s
   LEFT JOIN LATERAL (
     SELECT seq, kind, data, at FROM session_events
      WHERE workspace_id = s.workspace_id AND session_id = s.id AND seq > $3 ORDER BY seq LIMIT $4) e ON true
  WHERE s.workspace_id = $1 AND s.id = $2 ORDER BY e.seq`;

defineQuery({
  name: 'events.of-session',
  about: 'The first events of the newest session',
  statement: async (scope, ask) => ({
    text: EVENTS_AFTER,
    parameters: [scope.workspaceId, (await newestSession(scope, ask)).id, 0, 200],
  }),
});

/** Rows of `session_events`: the gapless story of a session. */
@Injectable()
export class SessionEventsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Appends what is new and raises progress (never lowers it). The caller holds the session's row lock: only then is
   * this statement's view of the events complete, and only then do numbers and commit order agree.
   */
  async append(manager: EntityManager, scope: WorkspaceScope, sessionId: string, news: NewEvents): Promise<void> {
    await manager.query(
      `WITH fresh AS (
         SELECT e.item ->> 'dedupe' AS dedupe, e.item ->> 'kind' AS kind, e.item -> 'data' AS data,
                row_number() OVER (ORDER BY e.ord) AS n
           FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS e (item, ord)
          WHERE NOT EXISTS (SELECT 1 FROM session_events x
                             WHERE x.workspace_id = $1 AND x.session_id = $2 AND x.dedupe = e.item ->> 'dedupe')),
       bumped AS (
         UPDATE sessions SET event_seq = event_seq + (SELECT count(*) FROM fresh)::int,
                             progress = greatest(progress, $4::smallint), updated_at = $5${news.recount === true ? recountFigures('run') : ''}
          WHERE workspace_id = $1 AND id = $2
         RETURNING event_seq - (SELECT count(*) FROM fresh)::int AS before)
       INSERT INTO session_events (workspace_id, session_id, seq, dedupe, kind, data, at)
       SELECT $1, $2, bumped.before + fresh.n, coalesce(fresh.dedupe, 'person:' || (bumped.before + fresh.n)), fresh.kind, fresh.data, $5 FROM fresh, bumped`,
      [scope.workspaceId, sessionId, JSON.stringify(news.events), news.progress, news.at],
    );
  }

  /** Events after `seq`, at most `limit`, with the status the session has in the same snapshot. */
  async after(scope: WorkspaceScope, sessionId: string, seq: number, limit: number): Promise<EventPage | undefined> {
    const rows: {
      status: SessionStatus;
      event_seq: number;
      seq: number | null;
      kind: string;
      data: Record<string, unknown>;
      at: Date;
    }[] = await this.dataSource.query(EVENTS_AFTER, [scope.workspaceId, sessionId, seq, limit]);
    const first = rows[0];
    if (!first) return undefined;
    const events = rows.flatMap((row) =>
      row.seq === null ? [] : [{ seq: row.seq, kind: row.kind, data: row.data, at: row.at }],
    );
    return { events, status: first.status, lastSeq: first.event_seq };
  }
}
