import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Binaries } from './binaries.js';
import { DISK_FULL, embeddedErrors } from './embedded-errors.js';
import { serverEnvironment } from './postmaster.js';
import type { ServerUser } from './server-user.js';

/** Superuser of the cluster; migrates and makes databases. */
export const OWNER_ROLE = 'techspec_owner';
/** What the program works as: rows yes, DDL no. */
export const APP_ROLE = 'techspec_app';
export const DATABASE_NAME = 'techspec';

const run = promisify(execFile);

/**
 * Makes the cluster when there is none: beside, then renamed, so that an interrupted one is never taken for whole.
 * Locale C.UTF-8 of PostgreSQL's own provider: sorts by code point and folds case alike on every system.
 */
export async function ensureCluster(home: string, binaries: Binaries, user: ServerUser | undefined): Promise<string> {
  const dataDir = join(home, 'data');
  if (existsSync(join(dataDir, 'PG_VERSION'))) {
    const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
    if (found !== String(binaries.major)) throw embeddedErrors.otherMajor(dataDir, found, binaries.major);
    if (user && statSync(dataDir).uid !== user.uid) giveTo(user, dataDir);
    return dataDir;
  }
  for (const left of readdirSync(home)) {
    if (left.startsWith('data.new')) rmSync(join(home, left), { recursive: true, force: true });
  }
  const fresh = join(home, `data.new.${process.pid}`);
  const locale = ['--no-locale', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = ['-D', fresh, '-U', OWNER_ROLE, '--no-instructions', ...locale, ...authentication(home, user)];
  try {
    await run(binaries.initdb, args, { ...user, ...serverEnvironment(), windowsHide: true });
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw explain(home, error);
  }
  renameSync(fresh, dataDir);
  return dataDir;
}

function explain(home: string, error: unknown): Error {
  const said = error instanceof Error ? error.message : String(error);
  if (DISK_FULL.test(said)) return embeddedErrors.full(home, error);
  if (said.includes('could not look up effective user ID')) return embeddedErrors.namelessUser(error);
  const reason = said.split('\n').findLast((line) => /error:|FATAL|PANIC|could not/.test(line)) ?? said.split('\n')[0];
  return embeddedErrors.initFailed(home, reason ?? '', error);
}

/** Data that root copied or restored is root's, and the server could not open it. The folder itself last: it is the mark. */
function giveTo(user: ServerUser, path: string): void {
  if (lstatSync(path).isDirectory()) for (const entry of readdirSync(path)) giveTo(user, join(path, entry));
  lchownSync(path, user.uid, user.gid);
}

/** A socket in a folder of mode 0700 needs no password; a TCP port of the loopback can be knocked at by anybody. */
function authentication(home: string, user: ServerUser | undefined): string[] {
  if (process.platform !== 'win32') return ['--auth-local=trust', '--auth-host=reject'];
  const file = join(home, 'password');
  writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (user) chownSync(file, user.uid, user.gid);
  return ['--auth=scram-sha-256', `--pwfile=${file}`];
}

/** Password of the roles; only where the server listens on TCP. */
export function readPassword(home: string): string | undefined {
  return process.platform === 'win32' ? readFileSync(join(home, 'password'), 'utf8').trim() : undefined;
}

/** The application's role and its database; repeated harmlessly at each start. `adminUrl`: owner, database postgres. */
export async function ensureDatabase(adminUrl: string, password: string | undefined): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const found = await client.query<{ role: boolean; database: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
              EXISTS (SELECT FROM pg_database WHERE datname = $2) AS database`,
      [APP_ROLE, DATABASE_NAME],
    );
    if (!found.rows[0]?.role) {
      const secret = password === undefined ? '' : ` PASSWORD ${client.escapeLiteral(password)}`;
      await client.query(`CREATE ROLE ${APP_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE${secret}`);
    }
    if (!found.rows[0]?.database) await client.query(`CREATE DATABASE ${DATABASE_NAME} OWNER ${OWNER_ROLE}`);
  } finally {
    await client.end();
  }
}
