import { Pool } from 'pg';

/** Connections of the engine in one process: checkpoints are short, so few serve many workflows. */
const WORKER_CONNECTIONS = 12;
/** An api process only enqueues in its callers' transactions, cancels and looks. */
const API_CONNECTIONS = 3;

/**
 * The engine's own connections, apart from the pool of requests: a flood of either cannot starve the other of heartbeats.
 *
 * Without statement or query timeout on purpose: the engine takes a cancelled statement for a failed workflow, while it
 * retries a lost connection for ever; its statements touch single rows by key.
 * @param report told of connections lost while idle; without a listener pg would end the process
 */
export function enginePool(url: string, role: 'api' | 'worker', report: (error: Error) => void): Pool {
  const pool = new Pool({
    connectionString: url,
    max: role === 'api' ? API_CONNECTIONS : WORKER_CONNECTIONS,
    application_name: 'techspec-workflow',
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
  });
  pool.on('error', report);
  return pool;
}
