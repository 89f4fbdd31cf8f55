import { AppError, type ErrorKind } from '../errors/app-error.js';

const BASE_MS = 1000;
const CAP_MS = 30_000;

/** Kinds that another try may heal; the others are mistakes of the input and stay mistakes. */
const TRANSIENT: ReadonlySet<ErrorKind> = new Set([
  'limited',
  'unavailable',
  'upstream-timeout',
  'storage-full',
  'internal',
]);

/**
 * Milliseconds before try `attempt + 1`: exponential with full jitter (uniform in [0, min(30 s, 1 s · 2^(attempt-1)))),
 * the variant with the least total work under contention (Brooker, "Exponential Backoff And Jitter", AWS 2015).
 * @param attempt the try that just failed, from 1
 * @param random uniform in [0, 1)
 */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  return Math.floor(random() * Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1)));
}

/** Whether a new try makes sense: an error that is no AppError is unexpected, hence perhaps transient. */
export function isTransient(error: unknown): boolean {
  return !(error instanceof AppError) || TRANSIENT.has(error.kind);
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The promise's outcome, or an error when it takes longer than `ms`; the work itself is not stopped. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
