import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { MigrationInterface } from 'typeorm';
import { DataSource } from 'typeorm';
import { ALL_MIGRATIONS } from '../../../migrations/all-migrations.js';
import type { ConcurrentMigration, MigrationClass } from '../../../migrations/all-migrations.js';
import { AppError } from '../errors/app-error.js';
import { engineVersion, migrateEngine } from '../workflow/engine-migrations.js';
import { databaseErrors, isDiskFull, sqlState } from './database-errors.js';
import { SqlLogger } from './database-log.js';
import { grantToApplication } from './grants.js';
import type { EngineMark, SchemaState } from './schema-state.js';
import { MIGRATIONS_TABLE, connectClient, markEngine, readSchemaState } from './schema-state.js';

export interface MigrationTarget {
  /** Connection of the role that may run DDL. */
  readonly url: string;
  /** Role the program works as, when it is another one: it gets rows (no DDL) of our tables and of the engine's. */
  readonly appRole?: string;
}

export interface MigrationReport {
  /** Names of the migrations this call applied, in order; empty when another process did or none was due. */
  readonly applied: readonly string[];
  readonly engineMigrated: boolean;
  /** Applied by a newer release. */
  readonly newer: readonly string[];
}

/** Key of the advisory lock: any number, the same in every release. */
const LOCK_KEY = 7_363_002;
const LOCK_POLL_MS = 100;
const LOCK_TIMEOUT_MS = 600_000;

/** PostgreSQL's codes for "this role may not". */
const NO_RIGHT = ['42501'];

/**
 * Brings the database to this release: our migrations, then the engine's, then the grants; one process at a time.
 * The lock is polled, never waited for: a waiting statement holds a snapshot, and CREATE INDEX CONCURRENTLY waits for
 * every older snapshot, so a process waiting for the lock and the one building the index would wait for each other.
 *
 * @param config `root`: folder of package.json
 * @throws AppError `database_unreachable`, `database_version`, `database_schema_older` (no right to change it),
 *   `database_migration_failed`, `database_migration_busy`
 */
export async function migrate(
  target: MigrationTarget,
  config: { readonly root: string },
  migrations: readonly MigrationClass[] = ALL_MIGRATIONS,
): Promise<MigrationReport> {
  const client = await connectClient(target.url, 'techspec migrate');
  const engine = { version: engineVersion(config.root), appRole: target.appRole };
  const read = (): Promise<SchemaState> =>
    readSchemaState(async (sql, parameters) => (await client.query(sql, [...parameters])).rows, engine, migrations);
  try {
    // Most starts find nothing to do and need neither the lock nor a second connection.
    const before = await read();
    if (isCurrent(before)) return { applied: [], engineMigrated: false, newer: before.newer };
    return await locked(client, async () => apply({ client, target, engine, migrations }, await read()));
  } finally {
    await client.end().catch(() => undefined);
  }
}

function isCurrent(state: SchemaState): boolean {
  return state.pending.length === 0 && state.engineReady;
}

async function locked<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    const { rows } = await client.query<{ got: boolean }>('SELECT pg_try_advisory_lock($1) AS got', [LOCK_KEY]);
    if (rows[0]?.got) break;
    if (performance.now() > deadline) throw databaseErrors.migrationBusy(LOCK_TIMEOUT_MS / 1000);
    await sleep(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    // A lost connection has given the lock back already.
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]).catch(() => undefined);
  }
}

interface Turn {
  readonly client: pg.Client;
  readonly target: MigrationTarget;
  readonly engine: EngineMark;
  readonly migrations: readonly MigrationClass[];
}

async function apply(turn: Turn, state: SchemaState): Promise<MigrationReport> {
  if (isCurrent(state)) return { applied: [], engineMigrated: false, newer: state.newer };
  const { client, target, engine } = turn;
  try {
    if (state.pending.length > 0) await runOurs(turn, state.pending);
    if (!state.engineReady) await migrateEngine(target.url, target.appRole);
    if (target.appRole !== undefined) await grantToApplication(client, target.appRole);
    if (!state.engineReady) await markEngine(client, engine);
  } catch (error) {
    throw explain(error, state);
  }
  return { applied: state.pending, engineMigrated: !state.engineReady, newer: state.newer };
}

function explain(error: unknown, state: SchemaState): AppError {
  if (error instanceof AppError) return error;
  if (NO_RIGHT.includes(sqlState(error) ?? '')) return databaseErrors.schemaOlder(state, error);
  return isDiskFull(error) ? databaseErrors.full(error) : databaseErrors.migrationFailed(error);
}

/** Each in its own transaction, but those that say `transaction = false`. */
async function runOurs({ client, target, migrations }: Turn, pending: readonly string[]): Promise<void> {
  await dropInvalidIndexes(client, migrations, pending);
  const source = await new DataSource(migrationSource(target.url, migrations)).initialize();
  try {
    await source.runMigrations({ transaction: 'each' });
  } finally {
    await source.destroy();
  }
}

/** Options of a data source that only migrates; the tests use it to go down and up again. */
export function migrationSource(
  url: string,
  migrations: readonly MigrationClass[] = ALL_MIGRATIONS,
): ConstructorParameters<typeof DataSource>[0] {
  return {
    type: 'postgres',
    url,
    poolSize: 1,
    applicationName: 'techspec migrate',
    installExtensions: false,
    migrations: [...migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    // Failures are thrown; TypeORM's own logger would write them to stdout as well.
    logger: new SqlLogger(() => undefined),
    extra: { connectionTimeoutMillis: 10_000 },
  };
}

/** Only those the pending migrations name: another INVALID one may be under construction by an administrator. */
async function dropInvalidIndexes(
  client: pg.Client,
  migrations: readonly MigrationClass[],
  pending: readonly string[],
): Promise<void> {
  const names = migrations
    .map((migration) => new migration())
    .filter((migration) => pending.includes(migration.name ?? migration.constructor.name))
    .flatMap((migration) => (isConcurrent(migration) ? migration.indexes : []));
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE NOT i.indisvalid AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1)`,
    [names],
  );
  for (const { name } of rows) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${client.escapeIdentifier(name)}`);
}

function isConcurrent(migration: MigrationInterface): migration is ConcurrentMigration {
  return migration.transaction === false && 'indexes' in migration;
}
