import pg from 'pg';
import type { Config } from '../../config/config.js';
import { engineVersion } from '../workflow/engine-migrations.js';
import type { DatabaseLog } from './database-log.js';
import type { EmbeddedDatabase } from './embedded/embedded-server.js';
import { startEmbedded } from './embedded/embedded-server.js';
import { APP_ROLE } from './embedded/initialise.js';
import type { MigrationReport, MigrationTarget } from './migrate.js';
import { migrate } from './migrate.js';
import type { SchemaState } from './schema-state.js';
import { connectClient, readSchemaState } from './schema-state.js';

const PROBE_TIMEOUT_MS = 2_000;

type ConnectionConfig = Pick<Config, 'root' | 'database' | 'data'>;

/** Who may change the schema, and whom it is opened to. */
interface Addresses {
  readonly url: string;
  readonly target: MigrationTarget;
}

/** Which database the program works with: the one given by DATABASE_URL, else the embedded one; migrated and watched. */
export class DatabaseConnection {
  /** Its own connection: a full pool says nothing about the health of the database. */
  private readonly probe: pg.Pool;

  private constructor(
    /** Connection of the program's role. */
    readonly url: string,
    /** Connection of the role that may migrate; the same as `url` when only one is given. */
    readonly ownerUrl: string,
    private readonly server: EmbeddedDatabase | undefined,
    private readonly engine: string,
  ) {
    this.probe = new pg.Pool({
      connectionString: url,
      max: 1,
      connectionTimeoutMillis: PROBE_TIMEOUT_MS,
      query_timeout: PROBE_TIMEOUT_MS,
      application_name: 'techspec health',
      allowExitOnIdle: true,
    });
    this.probe.on('error', () => undefined);
  }

  get embedded(): boolean {
    return this.server !== undefined;
  }

  /**
   * Starts the embedded server when no URL is given and brings the schema to this release.
   *
   * @throws AppError of database-errors.ts or embedded-errors.ts: one line that says what to do
   */
  static async open(config: ConnectionConfig, log: DatabaseLog): Promise<DatabaseConnection> {
    const server = await embeddedServer(config, log);
    try {
      const { url, target } = addresses(config, server);
      const report = await migrate(target, config);
      if (url !== target.url) await (await connectClient(url, 'techspec start')).end();
      if (report.applied.length > 0) log('info', 'database migrated', { applied: report.applied });
      if (report.newer.length > 0) log('warn', 'the schema is of a newer release', { newer: report.newer });
      return new DatabaseConnection(url, target.url, server, engineVersion(config.root));
    } catch (error) {
      await server?.stop();
      throw error;
    }
  }

  /** Whether the database answers and its schema is this release's or newer; never throws, ≤ 2 s. */
  async ready(): Promise<boolean> {
    try {
      const state = await this.schema();
      return state.pending.length === 0 && state.engineReady;
    } catch {
      return false;
    }
  }

  /**
   * What the database has of this release's schema, asked anew each time over a connection of its own; ≤ 2 s.
   *
   * @throws an error of the driver when the database does not answer
   */
  async schema(): Promise<SchemaState> {
    const engine = { version: this.engine, appRole: undefined };
    return readSchemaState(async (sql, parameters) => (await this.probe.query(sql, [...parameters])).rows, engine);
  }

  /** After every pool is closed: a server that stops under one turns its queries into errors. */
  async stop(): Promise<void> {
    await this.probe.end();
    await this.server?.stop();
  }
}

/**
 * `npm run migrate`: brings the database the settings name to this release and leaves it.
 *
 * @throws AppError as `DatabaseConnection.open`
 */
export async function migrateConfigured(config: ConnectionConfig, log: DatabaseLog): Promise<MigrationReport> {
  const server = await embeddedServer(config, log);
  try {
    return await migrate(addresses(config, server).target, config);
  } finally {
    await server?.stop();
  }
}

async function embeddedServer(config: ConnectionConfig, log: DatabaseLog): Promise<EmbeddedDatabase | undefined> {
  if (config.database.url !== undefined) return undefined;
  return startEmbedded(config.data.dir, config, { say: (message) => log('warn', message) });
}

function addresses({ database }: ConnectionConfig, server: EmbeddedDatabase | undefined): Addresses {
  if (server) return { url: server.url, target: { url: server.ownerUrl, appRole: APP_ROLE } };
  const url = database.url ?? '';
  const ownerUrl = database.migrationUrl ?? url;
  const appRole = roleOf(url);
  return { url, target: appRole === roleOf(ownerUrl) ? { url: ownerUrl } : { url: ownerUrl, appRole } };
}

function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}
