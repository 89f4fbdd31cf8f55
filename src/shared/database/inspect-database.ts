import type { Config } from '../../config/config.js';
import { AppError } from '../errors/app-error.js';
import { engineVersion } from '../workflow/engine-migrations.js';
import { tooManyConnections } from './connection-budget.js';
import type { EmbeddedReport } from './embedded/inspect-embedded.js';
import { inspectEmbedded } from './embedded/inspect-embedded.js';
import { rightsBeyondRows } from './role-rights.js';
import type { SchemaState } from './schema-state.js';
import { connectClient, readSchemaState } from './schema-state.js';

export interface DatabaseReport {
  readonly kind: 'embedded' | 'given';
  /** Of the given server, such as `15.14`. */
  readonly version?: string;
  /** Absent when the server was not asked: an embedded one is not started for it. */
  readonly schema?: SchemaState;
  readonly embedded?: EmbeddedReport;
  /** One line about rights that the program's role has and does not need. */
  readonly tooMuch?: string;
  /** One line about processes that may open more connections than the server lets in. */
  readonly tooMany?: string;
  /** One line that says what to do; absent: nothing to do. */
  readonly problem?: string;
}

type InspectedConfig = Pick<Config, 'root' | 'role' | 'database' | 'data'>;

/** What the doctor says about the database: which one, whether it answers, what its schema lacks. Changes nothing. */
export async function inspectDatabase(config: InspectedConfig): Promise<DatabaseReport> {
  const { url } = config.database;
  if (url === undefined) {
    const embedded = inspectEmbedded(config.data.dir, config);
    return { kind: 'embedded', version: embedded.version, embedded, problem: embedded.problem };
  }
  try {
    const client = await connectClient(url, 'techspec doctor');
    try {
      const engine = { version: engineVersion(config.root), appRole: undefined };
      const run = async (sql: string, parameters: readonly unknown[]) =>
        (await client.query(sql, [...parameters])).rows;
      const schema = await readSchemaState(run, engine);
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      const { role, rights } = await rightsBeyondRows(run);
      const older = schema.pending.length > 0 || !schema.engineReady;
      // An older schema may lack the tables in which processes say that they live.
      const tooMany = older ? undefined : await tooManyConnections(run, config, 'looking');
      return {
        kind: 'given',
        version: rows[0]?.server_version,
        schema,
        ...(rights.length > 0 && { tooMuch: tooMuchOf(role, rights) }),
        ...(tooMany !== undefined && { tooMany }),
        ...(older && { problem: 'The schema is older than this release: run "npm run migrate".' }),
      };
    } finally {
      await client.end();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'given', problem: error.message };
  }
}

const tooMuchOf = (role: string, rights: readonly string[]) =>
  `${role} ${rights.join(', ')}: give DATABASE_URL a role without these rights, and MIGRATION_DATABASE_URL the owner`;
