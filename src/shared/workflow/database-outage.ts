import { DatabaseError } from 'pg';

/** What the socket layer says of a server that is away. */
const SOCKET = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);
/**
 * SQLSTATE classes and codes (PostgreSQL manual, appendix A): connection exception, operator intervention, a transaction
 * that stood still with its process, too many connections.
 */
const STATES = /^(08...|57P0[1-5]|25P03|53300)$/;
/** What pg and its pool say without any code. */
const WORDS = /Connection terminated|timeout exceeded when trying to connect|encountered a connection error/i;
const DRIVER = /node_modules\/(pg|pg-pool|typeorm)\//;
const DEPTH = 5;
/** connection_failure (PostgreSQL manual, appendix A). */
const CONNECTION_FAILURE = '08006';

/**
 * Whether the database was away, as opposed to a failure of what was asked of it. A bare socket error counts only when the
 * database's driver threw it: the same codes come from any upstream.
 */
export function isDatabaseOutage(error: unknown, depth = DEPTH, ofDriver = false): boolean {
  if (!isLayer(error) || depth === 0) return false;
  const driver = ofDriver || error.driverError !== undefined || DRIVER.test(error.stack ?? '');
  return says(error, driver) || inside(error).some((one) => isDatabaseOutage(one, depth - 1, driver));
}

/**
 * Gives an error of a connection itself a cause that everybody takes for an outage, whatever the socket said. Errors that
 * the server refused a connection with keep their own state: a wrong password stays one.
 */
export function markLost(error: Error): Error {
  if (error.cause !== undefined || error instanceof DatabaseError) return error;
  const lost = Object.assign(new Error('The connection to the database is lost'), { code: CONNECTION_FAILURE });
  return Object.assign(error, { cause: lost });
}

type Layer = Error & { readonly code?: unknown; readonly driverError?: unknown; readonly errors?: unknown };

/** By shape: an error that came from another realm (a worker, a test's sandbox) is no instance of ours. */
function isLayer(error: unknown): error is Layer {
  return typeof error === 'object' && error !== null && 'message' in error;
}

function says({ code, message }: Layer, driver: boolean): boolean {
  const state = typeof code === 'string' ? code : '';
  return STATES.test(state) || (driver && (SOCKET.has(state) || WORDS.test(message)));
}

/** What an error wraps: TypeORM's driverError, a cause, or the tries of several addresses of one name. */
function inside({ driverError, cause, errors }: Layer): readonly unknown[] {
  return [driverError, cause, ...(Array.isArray(errors) ? (errors as readonly unknown[]) : [])];
}
