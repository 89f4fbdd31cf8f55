import { currentDeadline, currentRequest, noted, runNoting } from '../logging/request-context.js';

/**
 * What the database is used for: it decides how long a statement may run. Work of a request writes unless it says that it only
 * reads; whatever belongs to no request is a worker's.
 */
export type DatabaseUse = 'read' | 'write' | 'worker';

const USE = Symbol('use of the database');

/** The use on this asynchronous path. */
export function currentUse(): DatabaseUse {
  if (!isInRequest()) return 'worker';
  return (noted(USE) as DatabaseUse | undefined) ?? 'write';
}

/** Whether somebody waits at the other end of this asynchronous path. */
export function isInRequest(): boolean {
  return currentRequest() !== undefined || currentDeadline() !== undefined;
}

/** Runs `work` so that the statements of everything it awaits are of this use. */
export function runAs<T>(use: DatabaseUse, work: () => T): T {
  return runNoting(USE, use, work);
}
