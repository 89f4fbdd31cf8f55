import type { Config } from '../../config/config.js';
import { engineConnections } from '../workflow/engine-pool.js';
import type { RunSql } from './schema-state.js';

/** A process that was not heard of for this long is gone; they tell every 3 s (HTTP) and 2 s (workers). */
const SILENT_SECONDS = 10;
/** Of the health checks (database-connection.ts). */
const PROBE_CONNECTIONS = 1;

/** What the server lets in, and who lives by its own account. */
export interface Fleet {
  /** Connections of roles that are no superuser: `max_connections` without those it reserves. */
  readonly allowed: number;
  /** Processes that serve HTTP (roles `all`, `api`); 0 where no limits of calls are kept, since then nobody counts them. */
  readonly serving: number;
  /** Processes that work, by role. */
  readonly all: number;
  readonly workers: number;
}

type Sized = Pick<Config, 'role'> & { readonly database: Pick<Config['database'], 'poolSize' | 'maxOverflow'> };

/** `starting`: this process is not among those that live yet. */
type Moment = 'starting' | 'looking';

/**
 * Compares what all live processes may open with what the server lets in.
 * @returns one line that names numbers and remedy, or undefined when there is room
 */
export async function tooManyConnections(run: RunSql, config: Sized, moment: Moment): Promise<string | undefined> {
  const [fleet] = (await run(
    `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
              - coalesce(current_setting('reserved_connections', true), '0')::int AS allowed,
            (SELECT count(*)::int FROM http_instances WHERE seen_at > now() - $1 * interval '1 second') AS serving,
            count(*) FILTER (WHERE role = 'all')::int AS "all", count(*) FILTER (WHERE role = 'worker')::int AS workers
       FROM worker_heartbeats WHERE seen_at > now() - $1 * interval '1 second'`,
    [SILENT_SECONDS],
  )) as readonly Fleet[];
  return fleet && warningOf(fleet, config, moment);
}

/** The others are taken to have the settings of this process: nobody says in the database what it may open. */
export function warningOf(fleet: Fleet, { role, database }: Sized, moment: Moment): string | undefined {
  const { poolSize, maxOverflow } = database;
  const started = moment === 'starting' ? 1 : 0;
  const serving = Math.max(0, fleet.serving - fleet.all) + (role === 'api' ? started : 0);
  const working = fleet.all + fleet.workers + (role === 'api' ? 0 : started);
  const processes = serving + working;
  const pools = processes * (poolSize + maxOverflow);
  const engines = serving * engineConnections('api') + working * engineConnections('worker');
  const needed = pools + engines + processes * PROBE_CONNECTIONS;
  if (needed <= fleet.allowed) return undefined;
  const who = processes === 1 ? 'This process' : `The ${processes} processes`;
  return `${who} may open ${needed} connections (DB_POOL_SIZE ${poolSize} and DB_MAX_OVERFLOW ${maxOverflow} each, ${engines} of the workflow engine, ${processes} for health), and the server lets ${fleet.allowed} in: raise its max_connections or lower these settings.`;
}
