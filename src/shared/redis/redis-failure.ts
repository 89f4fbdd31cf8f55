import { ErrorReply } from 'redis';

/** First words of replies that mean: not now, or not this server. */
const AWAY = new Set(['LOADING', 'READONLY', 'MASTERDOWN', 'CLUSTERDOWN', 'NOAUTH', 'BUSY', 'UNKILLABLE']);
/** Of these, the ones that may be over when the connection is made anew, to another server. */
const ELSEWHERE = new Set(['READONLY', 'MASTERDOWN', 'CLUSTERDOWN']);

const MISTAKES = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

export type FailureKind =
  | 'reply' // an answer: the command was wrong, or memory is full
  | 'away' // the connection failed, or the server is not ready
  | 'elsewhere' // the connection leads to the wrong server
  | 'caller'; // a mistake in the code that was run

/** What the failure of a call says about Redis. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof ErrorReply) {
    const word = firstWord(error);
    if (ELSEWHERE.has(word)) return 'elsewhere';
    return AWAY.has(word) ? 'away' : 'reply';
  }
  return isErrorLike(error) && !MISTAKES.has(error.name) ? 'away' : 'caller';
}

/** The reason as it is told; an address may be in it, a password never is. */
export function reasonOf(error: unknown): string {
  if (!isErrorLike(error)) return String(error);
  // One for each address of a host name.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.message.startsWith('Unknown RESP type') ? 'what answers is not Redis' : error.message;
}

const firstWord = (error: Error): string => error.message.split(' ', 1)[0] ?? '';

/** Not instanceof: errors of sockets come from another realm under test. */
function isErrorLike(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}
