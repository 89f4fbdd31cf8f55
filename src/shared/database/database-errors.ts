import { AppError } from '../errors/app-error.js';

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
