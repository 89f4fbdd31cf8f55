import pg from 'pg';
import type { DataSource, DataSourceOptions } from 'typeorm';
import type { Config } from '../../config/config.js';
import { Clock } from '../clock/clock.js';
import { CheckedPool, CONNECT_MS, ListeningPool } from './checked-pool.js';
import type { DatabaseLog } from './database-log.js';
import { SqlLogger } from './database-log.js';
import { sqlState } from './database-errors.js';
import type { QueryProfiler } from './query-profiler.js';
import { PoolLimits } from './pool-limits.js';

/** Above the base size, a connection idle for this long is closed. */
const OVERFLOW_IDLE_MS = 10_000;
/**
 * A transaction that waits for its own program is broken (no outside call belongs into one) or its process is frozen: it
 * holds locks that whoever takes the work over waits for, so this is part of the takeover time.
 */
const IDLE_TRANSACTION_MS = 5_000;
const LOCK_TIMEOUT_MS = 5_000;
/** The client gives up after the server should have: the case of a server that no longer answers. */
const CLIENT_MARGIN_MS = 1_000;

type PoolConfig = Pick<Config, 'database' | 'log'>;

/**
 * The pool of the program. Base and overflow are pg's `min` (kept open) and `max`; nothing waits for ever: checkout,
 * statement, lock, idle transaction and the client's own patience each have a limit. docs/database.md has them all.
 * @param profiler told of each statement; slow ones are told by it and not by TypeORM, which knows no request
 */
export function dataSourceOptions(
  config: PoolConfig,
  url: string,
  log: DatabaseLog,
  profiler?: QueryProfiler,
): DataSourceOptions {
  const { database } = config;
  return {
    type: 'postgres',
    url,
    driver: { ...pg, Pool: database.poolPrePing ? CheckedPool : ListeningPool },
    applicationName: 'techspec',
    poolSize: database.poolSize + database.maxOverflow,
    poolErrorHandler: (error: unknown) => tellLost(error, log),
    // uuid columns would make TypeORM create an extension, which the program's role may not and nothing needs.
    installExtensions: false,
    logger: new SqlLogger(log, writesSql(config)),
    extra: {
      profiler,
      min: database.poolSize,
      connectionTimeoutMillis: CONNECT_MS,
      limits: limitsOf(database),
      idleTimeoutMillis: OVERFLOW_IDLE_MS,
      maxLifetimeSeconds: Math.ceil(database.poolRecycleMs / 1000),
      keepAlive: true,
      statement_timeout: database.statementTimeoutMs,
      query_timeout: database.statementTimeoutMs + CLIENT_MARGIN_MS,
      lock_timeout: Math.min(LOCK_TIMEOUT_MS, database.statementTimeoutMs),
      idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    },
  };
}

function limitsOf(database: Config['database']): PoolLimits {
  const times = {
    requestWaitMs: database.poolTimeoutMs,
    workerWaitMs: database.workerPoolTimeoutMs,
    readMs: database.readTimeoutMs,
    writeMs: database.writeTimeoutMs,
    statementMs: database.statementTimeoutMs,
  };
  return new PoolLimits(times, new Clock());
}

/** A server that stops says goodbye to each idle connection (57P01): told once by its health, not once a connection. */
function tellLost(error: unknown, log: DatabaseLog): void {
  const level = sqlState(error) === '57P01' ? 'debug' : 'warn';
  log(level, 'an idle database connection was lost', { reason: error instanceof Error ? error.message : 'unknown' });
}

function writesSql({ log }: PoolConfig): boolean {
  return ['trace', 'debug'].includes(log.components['database'] ?? log.level);
}

/** Opens the pool's base connections at once, so that the first requests do not pay for them. Failures show later. */
export async function warmUp(source: DataSource, connections: number): Promise<void> {
  const runners = Array.from({ length: connections }, () => source.createQueryRunner());
  await Promise.allSettled(runners.map((runner) => runner.connect()));
  await Promise.allSettled(runners.map((runner) => runner.release()));
}
