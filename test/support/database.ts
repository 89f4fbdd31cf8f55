import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startEmbedded } from '../../src/shared/database/embedded/embedded-server.js';
import type { EmbeddedDatabase } from '../../src/shared/database/embedded/embedded-server.js';
import { APP_ROLE } from '../../src/shared/database/embedded/initialise.js';
import { migrate } from '../../src/shared/database/migrate.js';
import { PROJECT_ROOT } from './project-root.js';

export interface TestDatabase {
  /** As the program's role: rows, no DDL. */
  readonly url: string;
  /** As the owner. */
  readonly ownerUrl: string;
  close(): Promise<void>;
}

export interface LoggedDatabase extends TestDatabase {
  /** Lines of the server's log since it began that say an error, each with its SQLSTATE: `ERROR:  42601: syntax error …`. */
  errors(): readonly string[];
}

const LOCK_KEY = 7_363_009;
const PASSWORD = 'only-for-tests';

let server: Promise<EmbeddedDatabase> | undefined;
let users = 0;

/**
 * A migrated database of its own for one spec, dropped by `close()`. All workers of a run share one server: the embedded
 * one (first come owns it, the others are guests; its data stays under node_modules/.cache for the next run), or the one
 * of TEST_DATABASE_URL, a role that may make databases and roles. Cloned from a template that is migrated once.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined && given !== '') return clone(given, () => Promise.resolve());
  users += 1;
  server ??= startEmbedded(
    join(PROJECT_ROOT, 'node_modules', '.cache', 'techspec-test'),
    { root: PROJECT_ROOT },
    {
      durable: false,
      maxConnections: 500,
    },
  );
  const running = await server;
  return clone(on(running.ownerUrl, 'postgres'), async () => {
    users -= 1;
    if (users > 0) return;
    server = undefined;
    await running.stop();
  });
}

/** A database on a server of its own, whose log is of nobody else; empty, whoever uses it migrates. */
export async function loggedDatabase(): Promise<LoggedDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'techspec-logged-'));
  chmodSync(folder, 0o711);
  const own = await startEmbedded(folder, { root: PROJECT_ROOT }, { durable: false });
  await asAdmin(own.ownerUrl, async (admin) => {
    for (const setting of [
      `log_error_verbosity = 'verbose'`,
      `log_min_messages = 'error'`,
      `log_min_error_statement = 'error'`,
    ])
      await admin.query(`ALTER SYSTEM SET ${setting}`);
    await admin.query('SELECT pg_reload_conf()');
  });
  return {
    url: own.url,
    ownerUrl: own.ownerUrl,
    errors: () =>
      readFileSync(join(own.home, 'server.log'), 'utf8')
        .split('\n')
        .filter((line) => /\b(?:ERROR|FATAL|PANIC): /.test(line)),
    close: async () => {
      await own.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function clone(adminUrl: string, release: () => Promise<void>): Promise<TestDatabase> {
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  await asAdmin(adminUrl, async (admin) => {
    const template = await ensureTemplate(admin, adminUrl);
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  const ownerUrl = on(adminUrl, name);
  return {
    ownerUrl,
    url: as(ownerUrl, APP_ROLE),
    close: async () => {
      await asAdmin(adminUrl, (admin) => admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
      await release();
    },
  };
}

/** Named after what makes it, made under another name and renamed: a template that is there is whole. */
async function ensureTemplate(admin: pg.Client, adminUrl: string): Promise<string> {
  const template = `template_${fingerprint()}`;
  const exists = async (): Promise<boolean> =>
    (await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template])).rows.length > 0;
  if (await exists()) return template;
  while (!(await admin.query('SELECT pg_try_advisory_lock($1) AS got', [LOCK_KEY])).rows[0].got) await sleep(50);
  try {
    if (await exists()) return template;
    await removeLeftovers(admin);
    await admin.query(
      `DO $$ BEGIN CREATE ROLE ${APP_ROLE} LOGIN PASSWORD '${PASSWORD}'; EXCEPTION WHEN duplicate_object THEN END $$`,
    );
    await admin.query('DROP DATABASE IF EXISTS template_unfinished WITH (FORCE)');
    await admin.query('CREATE DATABASE template_unfinished TEMPLATE template0');
    await migrate({ url: on(adminUrl, 'template_unfinished'), appRole: APP_ROLE }, { root: PROJECT_ROOT });
    await admin.query(`ALTER DATABASE template_unfinished RENAME TO ${template}`);
  } finally {
    await admin.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]);
  }
  return template;
}

/** Templates of other migrations, and databases of test processes that were killed. */
async function removeLeftovers(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ datname: string }>(
    `SELECT datname FROM pg_database WHERE datname ~ '^(template_[0-9a-f]{16}|test_[0-9]+_[0-9a-f]{10})$'`,
  );
  for (const { datname } of rows) {
    const pid = Number(/^test_(\d+)_/.exec(datname)?.[1] ?? 0);
    if (pid > 0 && isAlive(pid)) continue;
    await admin.query(`DROP DATABASE IF EXISTS ${datname}`).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function fingerprint(): string {
  const folders = ['migrations', 'src/shared/database'].map((folder) => join(PROJECT_ROOT, folder));
  const hash = createHash('sha256').update(
    readFileSync(join(PROJECT_ROOT, 'node_modules/@dbos-inc/dbos-sdk/package.json')),
  );
  for (const folder of folders) {
    const files = readdirSync(folder).filter((name) =>
      /^(\d{4}-.*|all-migrations|grants|schema-state)\.ts$/.test(name),
    );
    for (const file of files.sort()) hash.update(file).update(readFileSync(join(folder, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

async function asAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url, connectionTimeoutMillis: 20_000 });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function on(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}

function as(url: string, role: string): string {
  const parsed = new URL(url);
  parsed.username = role;
  // The embedded server asks for no password on its socket.
  parsed.password = parsed.searchParams.has('host') ? '' : PASSWORD;
  return parsed.href;
}
