import { AppError } from '../../errors/app-error.js';

const OWN_SERVER = 'or set DATABASE_URL to a PostgreSQL 15 or later';

/** What initdb and the server say when the disk is full; the first is the system's own text, the others PostgreSQL's. */
export const DISK_FULL = /No space left on device|Check free disk space|Disk quota exceeded/;

const IN_THE_WAY = new Set(['EEXIST', 'ENOTDIR']);

/** Why the embedded server cannot be had: one line each, for the person who starts the program, so paths are named. */
export const embeddedErrors = {
  noBinaries: (platform: string, cause?: unknown): AppError =>
    new AppError(
      'unavailable',
      'embedded_database_unavailable',
      `No PostgreSQL binaries for ${platform} are installed: run npm ci without --omit=optional, ${OWN_SERVER}.`,
      { cause },
    ),
  musl: (): AppError =>
    new AppError(
      'unavailable',
      'embedded_database_unavailable',
      'The embedded PostgreSQL needs glibc and this system has musl (Alpine): set DATABASE_URL to a PostgreSQL 15 or later.',
    ),
  folder: (path: string, cause: unknown): AppError => {
    const code = codeOf(cause);
    if (code === 'ENOSPC' || code === 'EDQUOT') return embeddedErrors.full(path, cause);
    return new AppError(
      'unavailable',
      'data_folder_not_writable',
      `The data folder ${path} cannot be written (${IN_THE_WAY.has(code) ? 'a file is in its place' : code}): set TECHSPEC_DATA to a folder of yours, ${OWN_SERVER}.`,
      { cause },
    );
  },
  full: (path: string, cause?: unknown): AppError =>
    new AppError(
      'storage-full',
      'disk_full',
      `No space left on the disk of ${path}: free some, or set TECHSPEC_DATA to a folder on another disk.`,
      { cause },
    ),
  otherMajor: (path: string, found: string, ours: number): AppError =>
    new AppError(
      'unavailable',
      'embedded_database_version',
      `${path} holds data of PostgreSQL ${found} and this release brings ${ours}: start the release that made it and dump the data, ${OWN_SERVER}, or set TECHSPEC_DATA to an empty folder.`,
    ),
  namelessUser: (cause: unknown): AppError =>
    new AppError(
      'unavailable',
      'embedded_database_unavailable',
      `The user ${process.getuid?.() ?? ''} has no name on this system and PostgreSQL runs for named users only: give it an entry in /etc/passwd, ${OWN_SERVER}.`,
      { cause },
    ),
  initFailed: (home: string, reason: string, cause: unknown): AppError =>
    new AppError(
      'unavailable',
      'embedded_database_failed',
      `The embedded PostgreSQL could not make its data in ${home} (${reason.trim()}): mend that, ${OWN_SERVER}.`,
      { cause },
    ),
  failed: (what: string, log: string, cause?: unknown): AppError =>
    new AppError(
      'unavailable',
      'embedded_database_failed',
      `The embedded PostgreSQL ${what}; its log is ${log}. Mend what its last line says, ${OWN_SERVER}.`,
      { cause },
    ),
  busy: (path: string): AppError =>
    new AppError(
      'unavailable',
      'embedded_database_busy',
      `Another process has been starting the database in ${path} for a minute: wait for it or stop it, then try again.`,
    ),
};

export function codeOf(error: unknown): string {
  // Not instanceof: Jest gives the tests another Error than Node's own modules throw.
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
