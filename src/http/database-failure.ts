import { AppError } from '../shared/errors/app-error.js';

/** Codes of the socket layer and of PostgreSQL (Appendix A of its manual) that mean: it is away, try again. */
const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'ENOENT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);
/** What pg and its pool say without a code. */
const AWAY_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|not currently accepting connections|Cannot use a pool after calling end/i;
const SOURCE_AWAY = /not initialized|not established|is destroyed/i;

/**
 * A failure of the database as the caller may see it: away (503), too slow (503), disk full (507); undefined when the
 * thrown thing is none of these. Recognised by codes, so that the edge needs no driver.
 */
export function databaseFailure(thrown: unknown): AppError | undefined {
  const stopped = (thrown as { driverError?: unknown } | undefined)?.driverError;
  // A deadline ends a statement with its own error, and the driver wraps that.
  if (stopped instanceof AppError) return stopped;
  const options = { cause: thrown, retryAfter: 2 };
  for (const error of chain(thrown)) {
    if (error.code === '53100' || error.code === 'ENOSPC')
      return new AppError(
        'storage-full',
        'disk_full',
        'The disk is full: nothing was stored. Free space and try again.',
        {
          cause: thrown,
        },
      );
    if (error.code === '57014')
      return new AppError('unavailable', 'database_timeout', 'The database took too long; try again shortly.', options);
    if (isAway(error))
      return new AppError('unavailable', 'database_unavailable', 'The database is away; try again shortly.', options);
  }
  return undefined;
}

interface ErrorLike {
  readonly code?: string;
  readonly message: string;
  readonly isOfDatabase: boolean;
}

function isAway({ code, message, isOfDatabase }: ErrorLike): boolean {
  if (code !== undefined && (/^08/.test(code) || /^57P/.test(code))) return true;
  // A bare ECONNRESET may come from any upstream: it counts only when the database's driver threw it.
  return (isOfDatabase && code !== undefined && AWAY.has(code)) || saysAway(message);
}

const saysAway = (message: string) =>
  AWAY_WORDS.test(message) || (message.includes('DataSource') && SOURCE_AWAY.test(message));

/** The error and what it wraps (`driverError` of TypeORM, `cause`), outermost first. */
function* chain(thrown: unknown): Generator<ErrorLike> {
  let current = thrown;
  let isOfDatabase = false;
  for (let depth = 0; isError(current) && depth < 5; depth++) {
    const { driverError, code, message, cause, stack } = current;
    isOfDatabase ||= driverError !== undefined || /node_modules\/(?:pg|pg-pool|typeorm)\//.test(stack ?? '');
    yield { code: typeof code === 'string' ? code : undefined, message, isOfDatabase };
    current = driverError ?? cause;
  }
}

/** By shape: what the socket layer throws is no instance of ours where a test has a realm of its own. */
function isError(thrown: unknown): thrown is Error & { driverError?: unknown; code?: unknown } {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string';
}
