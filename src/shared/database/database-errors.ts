import { AppError } from '../errors/app-error.js';
import { DISK_FULL } from './embedded/embedded-errors.js';

/** Oldest PostgreSQL the product is tested with. */
export const OLDEST_POSTGRES = 15;

/** Why the database cannot be used; one line each, shown at the start and by the doctor. No URL: it holds a password. */
export const databaseErrors = {
  unreachable: (cause: unknown): AppError =>
    new AppError(
      'unavailable',
      'database_unreachable',
      `The database does not answer (${reasonOf(cause)}): check DATABASE_URL and that the server runs, or unset it to use the embedded one.`,
      { cause },
    ),
  refused: (cause: unknown): AppError =>
    new AppError(
      'unavailable',
      'database_unreachable',
      `The database does not let us in (${reasonOf(cause)}): check user, password and database name in DATABASE_URL and MIGRATION_DATABASE_URL.`,
      { cause },
    ),
  full: (cause: unknown): AppError =>
    new AppError(
      'storage-full',
      'disk_full',
      `The disk of the database is full (${reasonOf(cause)}): free some space and start again; what was stored stays.`,
      { cause },
    ),
  tooOld: (version: string): AppError =>
    new AppError(
      'unavailable',
      'database_version',
      `The database is PostgreSQL ${version} and ${OLDEST_POSTGRES} or later is needed: upgrade it, or unset DATABASE_URL to use the embedded one.`,
    ),
  schemaOlder: (state: { readonly pending: readonly string[] }, cause?: unknown): AppError =>
    new AppError(
      'unavailable',
      'database_schema_older',
      `The database's schema is older than this release (missing: ${state.pending.join(', ') || "the engine's tables"}): run "npm run migrate" with MIGRATION_DATABASE_URL of a role that may change it.`,
      { cause },
    ),
  migrationFailed: (cause: unknown): AppError =>
    new AppError(
      'unavailable',
      'database_migration_failed',
      `The database could not be migrated (${reasonOf(cause)}): mend that and run "npm run migrate"; what was applied stays.`,
      { cause },
    ),
  migrationBusy: (seconds: number): AppError =>
    new AppError(
      'unavailable',
      'database_migration_busy',
      `Another process has been migrating the database for ${seconds} s: wait for it or stop it, then try again.`,
    ),
};

/** No space for rows (53100), or none for the write-ahead log, when the connection may end without a code. */
export function isDiskFull(error: unknown): boolean {
  return sqlState(error) === '53100' || sqlState(error) === 'ENOSPC' || DISK_FULL.test(reasonOf(error));
}

/** Wrong password, no such role, no such database, no right to connect: the server is there. */
export function isRefused(error: unknown): boolean {
  return /^(28|3D|42501)/.test(sqlState(error) ?? '');
}

/** SQLSTATE of an error of PostgreSQL, or the code of a system error. */
export function sqlState(error: unknown): string | undefined {
  const code = fieldOf(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

function reasonOf(error: unknown): string {
  // Node tries every address of a name and reports all failures together.
  const all = fieldOf(error, 'errors');
  if (Array.isArray(all) && all.length > 0) return reasonOf(all[0]);
  const message = fieldOf(error, 'message');
  return typeof message === 'string' && message !== ''
    ? (message.split('\n')[0] ?? '')
    : (sqlState(error) ?? 'no reason given');
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null && name in error
    ? (error as Record<string, unknown>)[name]
    : undefined;
}
