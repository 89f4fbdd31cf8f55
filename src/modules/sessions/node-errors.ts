/** SQLSTATE classes after which the same statement may work: connection, resources, operator, rollback, system. */
const TRANSIENT_SQLSTATE = /^(08|53|57P|40|58|25P0)/;
const TRANSIENT_SYSTEM = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT']);
/** Messages of the driver's pool, which carry no code. */
const TRANSIENT_MESSAGE = /connection terminated|timeout exceeded when trying to connect|query read timeout/i;

/**
 * Is it the database that is away (then the step is tried again), rather than the work that cannot be done (then the
 * failure is recorded)? Looks through wrappers; never at an AppError, which is an answer.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === 'AppError') return false;
  const code = codeOf(error);
  if (code !== undefined && (TRANSIENT_SQLSTATE.test(code) || TRANSIENT_SYSTEM.has(code))) return true;
  if (TRANSIENT_MESSAGE.test(error.message)) return true;
  return error.cause !== undefined && isTransient(error.cause);
}

function codeOf(error: Error): string | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
