import { HttpException } from '@nestjs/common';
import { AppError, type ErrorKind, type InputMistake } from '../shared/errors/app-error.js';
import { databaseFailure } from './database-failure.js';

/** RFC 9457, with our stable `code`, the request's id and, for bad input, all mistakes. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly InputMistake[];
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The one place where a kind of error becomes a status code. */
export const STATUS: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  'not-acceptable': 406,
  conflict: 409,
  gone: 410,
  precondition: 412,
  'too-large': 413,
  'uri-too-long': 414,
  unsupported: 415,
  misdirected: 421,
  invalid: 422,
  limited: 429,
  internal: 500,
  unavailable: 503,
  'upstream-timeout': 504,
  'storage-full': 507,
};

/** Short names of the statuses (RFC 9110), the same for every problem of a kind. */
const TITLES: Readonly<Record<ErrorKind, string>> = {
  malformed: 'Bad Request',
  unauthenticated: 'Unauthorized',
  forbidden: 'Forbidden',
  'not-found': 'Not Found',
  'method-not-allowed': 'Method Not Allowed',
  'not-acceptable': 'Not Acceptable',
  conflict: 'Conflict',
  gone: 'Gone',
  precondition: 'Precondition Failed',
  'too-large': 'Content Too Large',
  'uri-too-long': 'URI Too Long',
  unsupported: 'Unsupported Media Type',
  misdirected: 'Misdirected Request',
  invalid: 'Unprocessable Content',
  limited: 'Too Many Requests',
  internal: 'Internal Server Error',
  unavailable: 'Service Unavailable',
  'upstream-timeout': 'Gateway Timeout',
  'storage-full': 'Insufficient Storage',
};

/**
 * Anything thrown, as an AppError whose message may be shown. What is not known to be the caller's or a known outage
 * becomes `internal_error` with the thrown thing as its cause: no stack, SQL, path or version leaves.
 */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const outage = databaseFailure(thrown);
  if (outage) return outage;
  if (thrown instanceof HttpException) return fromHttpException(thrown);
  if (isCutOff(thrown)) return new AppError('malformed', 'malformed_request', CUT_OFF, { cause: thrown });
  return new AppError(
    'internal',
    'internal_error',
    'Something went wrong on our side; it is logged under the request id. Try again, and report the request id if it stays.',
    { cause: thrown },
  );
}

const CUT_OFF = 'The connection ended before the whole body had come.';

/** What Node throws to whoever reads the body of a client that went away. */
function isCutOff(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown };
  return code === 'ECONNRESET' && message === 'aborted';
}

/** What the framework itself refuses, by status. Errors of the product are AppErrors and never pass here. */
function fromHttpException(exception: HttpException): AppError {
  const cause = exception.cause ?? exception;
  switch (exception.getStatus()) {
    case 400:
      return new AppError('malformed', 'malformed_request', malformedDetail(cause), { cause });
    case 404:
      return noSuchAddress(cause);
    case 406:
      return new AppError(
        'not-acceptable',
        'not_acceptable',
        'None of the media types in Accept can be made; leave Accept out for JSON.',
        { cause },
      );
    case 413:
      return new AppError('too-large', 'body_too_large', 'The body is too large: JSON may have 256 KB.', { cause });
    case 414:
      return new AppError('uri-too-long', 'uri_too_long', 'The address or one part of it is too long.', { cause });
    case 415:
      return unsupportedMediaType(cause);
    default:
      return toAppError(cause === exception ? new Error(exception.message, { cause: exception }) : cause);
  }
}

export const unsupportedMediaType = (cause?: unknown) =>
  new AppError(
    'unsupported',
    'unsupported_media_type',
    'Send the body as application/json and name it in Content-Type.',
    { cause },
  );

export const noSuchAddress = (cause?: unknown) =>
  new AppError('not-found', 'route_not_found', 'There is no such address; /docs lists all calls.', { cause });

function malformedDetail(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return 'Content-Length differs from the length of the body.';
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return 'Content-Type says JSON but the body is empty.';
  if (code === 'FST_ERR_BAD_URL') return 'The address holds a broken percent-encoding.';
  return 'The request is malformed.';
}

export function problemOf(error: AppError, instance: string, requestId: string): Problem {
  const status = STATUS[error.kind];
  return {
    type: `/docs#error-${error.code}`,
    title: TITLES[error.kind],
    status,
    detail: error.message,
    instance,
    code: error.code,
    requestId,
    ...(error.errors.length ? { errors: error.errors } : {}),
  };
}
