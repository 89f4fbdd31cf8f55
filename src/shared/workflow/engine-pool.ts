import pg from 'pg';
import { markLost } from './database-outage.js';

/** Connections of the engine in one process: checkpoints are short, so few serve many workflows. */
const WORKER_CONNECTIONS = 12;
/** An api process only enqueues in its callers' transactions, cancels and looks. */
const API_CONNECTIONS = 3;

/** The most connections that the engine opens in one process; `api` executes nothing. */
export function engineConnections(role: 'api' | 'worker'): number {
  return role === 'api' ? API_CONNECTIONS : WORKER_CONNECTIONS;
}

type ConnectCallback = (error: Error | null, client?: pg.Client) => void;

/**
 * A connection whose loss ends nothing but what was asked of it: neither the process, which an error event that nobody
 * hears ends (nobody does between the server's greeting and the moment the borrower has it), nor a workflow, which the
 * engine's library ends by every error that it does not take for a lost connection. It knows ECONNRESET but not EPIPE, what
 * writing to a socket that the server has just closed gives, nor ENOENT, a local server that is not up yet.
 */
class EngineClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // The event comes before the same error reaches the queries in flight, and this listener before all others.
    this.on('error', markLost);
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.Client> | void {
    if (callback === undefined) return super.connect();
    super.connect((error: Error | null) => {
      if (error) callback(markLost(error));
      else callback(null, this);
    });
  }
}

/**
 * The engine's own connections, apart from the pool of requests: a flood of either cannot starve the other of heartbeats.
 *
 * Without statement or query timeout on purpose: the engine takes a cancelled statement for a failed workflow, while it
 * retries a lost connection for ever; its statements touch single rows by key.
 * @param report told of connections lost while idle; without a listener pg would end the process
 */
export function enginePool(url: string, role: 'api' | 'worker', report: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({
    Client: EngineClient,
    connectionString: url,
    max: engineConnections(role),
    application_name: 'techspec-workflow',
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    // A frozen process keeps its sockets: the server must drop its locks before others can take its work over.
    idle_in_transaction_session_timeout: 5000,
    keepAlive: true,
  });
  pool.on('error', report);
  return pool;
}
