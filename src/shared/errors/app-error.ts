/** What went wrong, in the terms of the caller; http/ maps a kind to a status code once, at the edge. */
export type ErrorKind =
  | 'malformed' // 400
  | 'unauthenticated' // 401
  | 'forbidden' // 403
  | 'not-found' // 404, also for what belongs to somebody else
  | 'method-not-allowed' // 405
  | 'not-acceptable' // 406
  | 'conflict' // 409
  | 'gone' // 410, it was here and has been removed
  | 'precondition' // 412
  | 'too-large' // 413
  | 'uri-too-long' // 414
  | 'unsupported' // 415
  | 'misdirected' // 421
  | 'invalid' // 422
  | 'limited' // 429
  | 'unavailable' // 503
  | 'upstream-timeout' // 504
  | 'storage-full' // 507
  | 'internal'; // 500

/** One mistake in an input: `pointer` is a JSON pointer (RFC 6901) into the body, or `?name` for a query parameter. */
export interface InputMistake {
  readonly pointer: string;
  readonly message: string;
}

export interface AppErrorOptions {
  readonly cause?: unknown;
  readonly errors?: readonly InputMistake[];
  /** Seconds after which a new try makes sense; becomes Retry-After. */
  readonly retryAfter?: number;
}

/**
 * The one error class of the product. `code` is stable and documented in docs/errors.md (compared by a spec);
 * `message` is shown to the caller, so it says the remedy and holds no stack, SQL, path or secret.
 */
export class AppError extends Error {
  readonly errors: readonly InputMistake[];
  readonly retryAfter?: number;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter;
  }
}
