import { AppError } from '../shared/errors/app-error.js';
import { StartupError } from '../shared/errors/startup-error.js';
import { databaseFailure } from './database-failure.js';

/** Errors whose message was written for the person at the terminal. */
const SPOKEN = new Set(['StartupError', 'ConfigError', 'AppError']);

/** Why the program did not start: one line that says what to do (settings: one line a mistake); never a stack. */
export function explainStartFailure(thrown: unknown): string {
  if (thrown instanceof AppError || thrown instanceof StartupError) return thrown.message;
  if (!(thrown instanceof Error)) return `Could not start: ${String(thrown)}`;
  if (SPOKEN.has(thrown.name)) return thrown.message;
  return (
    known(thrown) ??
    `Could not start: ${thrown.message.split('\n', 1)[0] ?? ''} (LOG_LEVEL=debug shows more; report it if it stays)`
  );
}

function known(error: NodeJS.ErrnoException): string | undefined {
  const outage = databaseFailure(error)?.code;
  if (outage === 'disk_full') return 'The disk is full: free space and start again.';
  if (outage !== undefined) return 'The database went away during the start: see that it runs, then start again.';
  if (error.code === 'EACCES' || error.code === 'EROFS')
    return `${error.path ?? 'A file'} can't be written: make it writable or set TECHSPEC_DATA to another folder.`;
  return undefined;
}

/** What the system says when the address can't be had, as a line that says what to do. */
export function listenFailure(error: NodeJS.ErrnoException, host: string, port: number, setting: string): StartupError {
  const options = { cause: error };
  if (error.code === 'EADDRINUSE')
    return new StartupError(
      `Port ${port} is taken: stop the program that holds it, or set ${setting} to a free port.`,
      options,
    );
  if (error.code === 'EACCES')
    return new StartupError(`Port ${port} may not be opened by this user: set ${setting} to 1024 or higher.`, options);
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new StartupError(`HOST=${host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all.`, options);
  return new StartupError(`Could not listen on ${host}:${port} (${error.code ?? error.message}).`, options);
}
