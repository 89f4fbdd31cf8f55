import { AppError, type ErrorKind } from '../errors/app-error.js';

interface Failure {
  readonly error: unknown;
  readonly until: number;
}

const MOST = 1000;

/** Loads that failed just now: who asks again within the back-off gets the same error without a new load. */
export class Failures {
  private readonly failures = new Map<string, Failure>();

  remember(text: string, error: unknown, until: number): void {
    if (this.failures.size >= MOST) this.failures.delete(this.failures.keys().next().value ?? '');
    this.failures.set(text, { error, until });
  }

  of(text: string, now: number): Failure | undefined {
    if (this.failures.size === 0) return undefined;
    const failure = this.failures.get(text);
    if (failure === undefined || failure.until > now) return failure;
    this.failures.delete(text);
    return undefined;
  }

  forget(text: string): void {
    this.failures.delete(text);
  }

  clear(): void {
    this.failures.clear();
  }
}

/** What other processes are told of a failure: an AppError whole, of another error only that there was one: its text may hold what is nobody's business. */
export function failureText(error: unknown): string {
  if (!(error instanceof AppError)) return '{}';
  const { kind, code, message, retryAfter } = error;
  return JSON.stringify({ kind, code, message, retryAfter });
}

/** The error that stands for another process's failure. */
export function failureOf(text: string): AppError {
  const { kind, code, message, retryAfter } = parsed(text);
  if (kind !== undefined && code !== undefined && message !== undefined)
    return new AppError(kind as ErrorKind, code, message, { retryAfter });
  return new AppError(
    'unavailable',
    'load_failed_elsewhere',
    'The same question has just failed in another process; try again in a moment.',
    { retryAfter: 1 },
  );
}

function parsed(text: string): { kind?: string; code?: string; message?: string; retryAfter?: number } {
  try {
    return JSON.parse(text) as Record<string, never>;
  } catch {
    return {};
  }
}
