import pg from 'pg';
import type { MigrationClass } from '../../../migrations/all-migrations.js';
import { ALL_MIGRATIONS } from '../../../migrations/all-migrations.js';
import { OLDEST_POSTGRES, databaseErrors, isDiskFull, isRefused } from './database-errors.js';

/** Where TypeORM records what was applied. */
export const MIGRATIONS_TABLE = 'schema_migrations';

const ENGINE_SCHEMA = 'dbos';

export interface SchemaState {
  /** Names of migrations this release brings and the database lacks, in order. */
  readonly pending: readonly string[];
  /** Applied by a newer release; fine, since every migration only adds what the release before can live with. */
  readonly newer: readonly string[];
  /** The engine's tables are of its version or newer, and open to the program's role. */
  readonly engineReady: boolean;
}

/** Anything that runs one statement with parameters: a client, a pool, TypeORM's manager. */
export type RunSql = (sql: string, parameters: readonly unknown[]) => Promise<readonly unknown[]>;

export function migrationNames(migrations: readonly MigrationClass[] = ALL_MIGRATIONS): string[] {
  return migrations.map((migration) => new migration().name ?? migration.name);
}

/** What the engine's schema must be marked with, so that a start need not run the engine's own migration. */
export interface EngineMark {
  readonly version: string;
  /** Role that was let in; undefined: whoever it was. */
  readonly appRole: string | undefined;
}

export async function readSchemaState(
  run: RunSql,
  engine: EngineMark,
  migrations: readonly MigrationClass[] = ALL_MIGRATIONS,
): Promise<SchemaState> {
  const [row] = (await run(
    `SELECT to_regclass($1) IS NOT NULL AS migrated,
            (SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $2) AS stamp`,
    [`public.${MIGRATIONS_TABLE}`, ENGINE_SCHEMA],
  )) as readonly { migrated: boolean; stamp: string | null }[];
  const rows = row?.migrated ? await run(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`, []) : [];
  const applied = (rows as readonly { name: string }[]).map(({ name }) => name);
  const ours = migrationNames(migrations);
  return {
    pending: ours.filter((name) => !applied.includes(name)),
    newer: applied.filter((name) => !ours.includes(name)),
    engineReady: serves(row?.stamp ?? '', engine),
  };
}

/** `engine 5.3.0, open to techspec_app`; a newer engine's tables serve an older one too. */
function serves(mark: string, engine: EngineMark): boolean {
  const [, version = '', role] = /^engine (\S+), open to (.*)$/.exec(mark) ?? [];
  if (version === '' || version.localeCompare(engine.version, 'en', { numeric: true }) < 0) return false;
  return engine.appRole === undefined || engine.appRole === role;
}

export async function markEngine(client: pg.Client, engine: EngineMark): Promise<void> {
  const mark = `engine ${engine.version}, open to ${engine.appRole ?? 'its owner'}`;
  await client.query(`COMMENT ON SCHEMA ${ENGINE_SCHEMA} IS ${client.escapeLiteral(mark)}`);
}

/**
 * A connected client of a server that is new enough.
 *
 * @throws AppError `database_unreachable`, `database_version`
 */
export async function connectClient(url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000, application_name: name });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    if (isDiskFull(error)) throw databaseErrors.full(error);
    throw isRefused(error) ? databaseErrors.refused(error) : databaseErrors.unreachable(error);
  }
  const { rows } = await client.query<{ number: string; version: string }>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version`,
  );
  const [found] = rows;
  if (!found || Number(found.number) < OLDEST_POSTGRES * 10_000) {
    await client.end();
    throw databaseErrors.tooOld(found?.version ?? 'unknown');
  }
  return client;
}
