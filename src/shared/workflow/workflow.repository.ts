import type { Pool, PoolClient } from 'pg';

/** Keys of advisory locks (two-integer form); the first is ours among all that use the database. */
const LOCK_SPACE = 0x7ec5;
const REAPER_LOCK = 1;
/** Well within the time after which the server ends an idle transaction (engine-pool.ts). */
const REAPER_TOUCH_MS = 1500;

export interface Beat {
  readonly executorId: string;
  readonly alive: boolean;
}

export interface QueueLoad {
  readonly queue: string;
  readonly queued: number;
  readonly running: number;
}

/** Heartbeats of workers and the lock of the reaper. Leases are measured by the database's clock alone. */
export class WorkflowRepository {
  constructor(private readonly pool: Pool) {}

  async beat(executorId: string, role: string): Promise<void> {
    await this.pool.query(
      `INSERT INTO worker_heartbeats (executor_id, role) VALUES ($1, $2)
       ON CONFLICT (executor_id) DO UPDATE SET seen_at = now()`,
      [executorId, role],
    );
  }

  async beats(deadAfterMs: number): Promise<readonly Beat[]> {
    const { rows } = await this.pool.query<Beat>(
      `SELECT executor_id AS "executorId", seen_at >= now() - $1 * interval '1 millisecond' AS alive
       FROM worker_heartbeats`,
      [deadAfterMs],
    );
    return rows;
  }

  /** Removes a heartbeat; with `deadAfterMs` only if it is still that old, so one that just came back stays. */
  async removeBeat(executorId: string, deadAfterMs = 0): Promise<void> {
    await this.pool.query(
      `DELETE FROM worker_heartbeats
       WHERE executor_id = $1 AND ($2 = 0 OR seen_at < now() - $2 * interval '1 millisecond')`,
      [executorId, deadAfterMs],
    );
  }

  /** Unfinished work by queue; the one place that reads the engine's table, which has no call for a count. */
  async load(queues: readonly string[]): Promise<readonly QueueLoad[]> {
    const { rows } = await this.pool.query<QueueLoad>(
      `SELECT queue, count(*) FILTER (WHERE status IN ('ENQUEUED', 'DELAYED'))::int AS queued,
              count(*) FILTER (WHERE status = 'PENDING')::int AS running
       FROM unnest($1::text[]) AS queue
       LEFT JOIN dbos.workflow_status ON queue_name = queue AND status IN ('ENQUEUED', 'DELAYED', 'PENDING')
       GROUP BY queue ORDER BY queue`,
      [queues],
    );
    return rows;
  }

  /** Runs the work unless another process is at it; the lock ends with the transaction, so also with the process. */
  async asReaper(work: () => Promise<void>): Promise<boolean> {
    const client = await this.pool.connect();
    // A connection lost while the work runs elsewhere would otherwise surface as an unhandled error event.
    const ignore = () => undefined;
    client.on('error', ignore);
    let failure: Error | undefined;
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1, $2) AS mine', [
        LOCK_SPACE,
        REAPER_LOCK,
      ]);
      if (rows[0]?.mine) await keptAlive(client, work);
      await client.query('COMMIT');
      return rows[0]?.mine === true;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.off('error', ignore);
      // A connection whose transaction broke is thrown away: that also drops the lock.
      client.release(failure);
    }
  }

  /** A connection of its own for fleet slots, which live as long as it does. */
  connect(): Promise<PoolClient> {
    return this.pool.connect();
  }

  /**
   * Takes one of `size` slots of a limit that this connection doesn't hold yet.
   * @returns its number, or undefined when all are taken
   */
  async takeSlot(
    client: PoolClient,
    limit: string,
    size: number,
    held: readonly number[],
  ): Promise<number | undefined> {
    const { rows } = await client.query<{ slot: number }>(
      `SELECT slot FROM generate_series(1, $2::int) AS slot
       WHERE slot <> ALL ($3::int[]) AND pg_try_advisory_lock(hashtext($1), slot) LIMIT 1`,
      [`techspec:${limit}`, size, held],
    );
    return rows[0]?.slot;
  }

  async freeSlot(client: PoolClient, limit: string, slot: number): Promise<void> {
    await client.query('SELECT pg_advisory_unlock(hashtext($1), $2::int)', [`techspec:${limit}`, slot]);
  }
}

/** Says something on the connection while the work runs elsewhere, so that only a process that stands still loses its turn. */
async function keptAlive(client: PoolClient, work: () => Promise<void>): Promise<void> {
  const touch = setInterval(() => void client.query('SELECT 1').catch(() => undefined), REAPER_TOUCH_MS);
  try {
    await work();
  } finally {
    clearInterval(touch);
  }
}
