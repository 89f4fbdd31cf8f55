import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { TestDatabase } from '../../support/database.js';

export interface NodeRow {
  readonly key: string;
  readonly attempts: number;
  readonly finishedAt: string;
}

/** The program's tables as an auditor would read them, over a connection of the owner. */
export class Ledger {
  private constructor(private readonly client: pg.Client) {}

  static async open(database: TestDatabase): Promise<Ledger> {
    const client = new pg.Client({ connectionString: database.ownerUrl });
    client.on('error', () => undefined);
    await client.connect();
    return new Ledger(client);
  }

  close(): Promise<void> {
    return this.client.end();
  }

  async rows<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return (await this.client.query(sql, [...parameters])).rows as T[];
  }

  /** Finished nodes; each may be found again, later, only as it is here. */
  async finishedNodes(): Promise<ReadonlyMap<string, NodeRow>> {
    const rows = await this.rows<NodeRow>(
      `SELECT session_id || '/' || run || '/' || node || '/' || gap_id AS key, attempts, finished_at::text AS "finishedAt"
         FROM session_nodes WHERE state = 'done'`,
    );
    return new Map(rows.map((row) => [row.key, row]));
  }

  /** Of `before`, what is not the same any more: a finished node that ran again. */
  async rerun(before: ReadonlyMap<string, NodeRow>): Promise<readonly string[]> {
    const now = await this.finishedNodes();
    return [...before].filter(([key, row]) => JSON.stringify(now.get(key)) !== JSON.stringify(row)).map(([key]) => key);
  }

  /** Addresses whose facts are stored: what is here must not be asked for again. */
  async storedFacts(): Promise<ReadonlySet<string>> {
    const rows = await this.rows<{ path: string }>(
      `SELECT DISTINCT regexp_replace(url, '^https?://[^/]+', '') AS path FROM upstream_facts WHERE status = 200`,
    );
    return new Set(rows.map(({ path }) => decodeURIComponent(path)));
  }

  /** Events in order per session, and whatever is wrong with them, in words; empty: nothing is. */
  async faults(): Promise<readonly string[]> {
    const faults = await this.rows<{ fault: string }>(FAULTS);
    return faults.map(({ fault }) => fault);
  }

  /** Whether one transaction holds the reaper's lock now and `forMs` later: longer than a pass takes. */
  async lockIsStuck(forMs: number): Promise<boolean> {
    const holder = async () =>
      (
        await this.rows<{ holder: string }>(
          `SELECT pid || ' ' || xact_start AS holder FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND classid = ${0x7ec5} AND objid = 1 AND granted
              AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        )
      )[0]?.holder;
    const first = await holder();
    if (first === undefined) return false;
    await sleep(forMs);
    return (await holder()) === first;
  }

  /** Who holds a transaction open, for how long, with which last statement: what a stuck run is waiting for. */
  async openTransactions(): Promise<string> {
    const rows = await this.rows(
      `SELECT pid, application_name AS name, state, wait_event, pg_blocking_pids(pid) AS blocked_by,
              round(extract(epoch FROM now() - xact_start)) AS seconds, left(query, 120) AS query
         FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()`,
    );
    return JSON.stringify(rows, null, 1);
  }

  async counts(): Promise<{ readonly sessions: number; readonly events: number; readonly documents: number }> {
    const [row] = await this.rows<{ sessions: number; events: number; documents: number }>(
      `SELECT (SELECT count(*) FROM sessions)::int AS sessions, (SELECT count(*) FROM session_events)::int AS events,
              (SELECT count(*) FROM documents)::int AS documents`,
    );
    return row ?? { sessions: 0, events: 0, documents: 0 };
  }
}

/**
 * A hole or a repeat in the numbers of a session's events; a node told as finished twice in a run; a change of status with
 * not exactly one audit row for its event; a run that ended well with not exactly one document version.
 */
const FAULTS = `
  SELECT 'events of ' || s.id || ': ' || count(e.seq) || ' rows, last ' || s.event_seq AS fault
    FROM sessions s LEFT JOIN session_events e ON e.workspace_id = s.workspace_id AND e.session_id = s.id
   GROUP BY s.workspace_id, s.id, s.event_seq
  HAVING count(e.seq) <> s.event_seq OR count(DISTINCT e.seq) <> s.event_seq OR min(e.seq) <> 1 OR max(e.seq) <> s.event_seq
  UNION ALL
  SELECT 'told twice: ' || session_id || ' ' || kind || ' ' || coalesce(data ->> 'node', '') || ' ' || coalesce(data ->> 'gapId', '')
    FROM session_events WHERE kind IN ('node.finished', 'session.started', 'session.completed', 'session.completed_degraded')
   GROUP BY session_id, kind, data ->> 'run', data ->> 'node', data ->> 'gapId' HAVING count(*) > 1
     AND kind <> 'session.started'
  UNION ALL
  SELECT 'audit of ' || coalesce(e.session_id, a.session_id) || ': ' || coalesce(e.kind, a.action) || ' '
         || coalesce(e.n, 0) || ' events, ' || coalesce(a.n, 0) || ' audit rows'
    FROM (SELECT session_id, kind, count(*) AS n FROM session_events WHERE kind LIKE 'session.%' GROUP BY 1, 2) e
    FULL JOIN (SELECT session_id, action, count(*) AS n FROM audit_log
                WHERE action LIKE 'session.%' AND action <> 'session.deleted' GROUP BY 1, 2) a
      ON a.session_id = e.session_id AND a.action = e.kind
   WHERE e.n IS DISTINCT FROM a.n
  UNION ALL
  SELECT 'documents of ' || s.id || ' run ' || s.run || ': ' || count(d.version)
    FROM sessions s LEFT JOIN documents d ON d.workspace_id = s.workspace_id AND d.session_id = s.id AND d.run = s.run
   WHERE s.status IN ('completed', 'completed_degraded')
   GROUP BY s.id, s.run HAVING count(d.version) <> 1`;
