import type { Clock } from '../clock/clock.js';
import { type Deadline, Deadlines } from '../deadline/deadline.js';
import { AppError } from '../errors/app-error.js';
import { currentUse, isInRequest } from './database-use.js';

/** Milliseconds that the uses of a pool may take. */
export interface PoolTimes {
  /** Longest wait for a connection, in a request and outside of one. */
  readonly requestWaitMs: number;
  readonly workerWaitMs: number;
  /** Longest statement of a declared read, and of any other in a request. */
  readonly readMs: number;
  readonly writeMs: number;
  /** The server's `statement_timeout` of every connection: ends what nobody ended before. */
  readonly statementMs: number;
}

const RETRY_AFTER_S = 2;

/**
 * The times of one pool. What is shorter than the server's own limit is watched here: a `SET` would cost a round trip at each
 * change of use, a line of deadlines costs a timer for all of its statements.
 */
export class PoolLimits {
  private readonly waits: Deadlines;
  private readonly reads?: Deadlines;
  private readonly writes?: Deadlines;

  constructor(
    readonly times: PoolTimes,
    clock: Clock,
  ) {
    const statements = (limitMs: number) =>
      limitMs < times.statementMs ? new Deadlines(limitMs, clock, tooSlow) : undefined;
    this.waits = new Deadlines(times.requestWaitMs, clock, allTaken);
    this.reads = statements(times.readMs);
    this.writes = statements(times.writeMs);
  }

  /** How long the driver's pool keeps whoever asks now in its queue, in milliseconds. */
  get queueMs(): number {
    return isInRequest() ? this.times.requestWaitMs : this.times.workerWaitMs;
  }

  /**
   * Begins the wait of a request for a connection, a check of what was found included; lift it. A worker's is ended by the
   * driver, whose error its retries know.
   */
  beginWait(): Deadline | undefined {
    return isInRequest() ? this.waits.begin() : undefined;
  }

  /** What a request is told whose wait the driver's pool ended: it may be first where the process is busy. */
  waitedInVain(): AppError {
    return allTaken(this.times.requestWaitMs);
  }

  /** Begins a statement; lift it. Undefined where the server's limit is the one that holds. */
  beginStatement(): Deadline | undefined {
    const use = currentUse();
    if (use === 'worker') return undefined;
    return (use === 'read' ? this.reads : this.writes)?.begin();
  }
}

const allTaken = (limitMs: number) =>
  new AppError(
    'unavailable',
    'database_busy',
    `No connection to the database came free within ${limitMs / 1000} s; try again shortly.`,
    { retryAfter: RETRY_AFTER_S },
  );

const tooSlow = (limitMs: number) =>
  new AppError(
    'unavailable',
    'database_timeout',
    `The database took longer than ${limitMs / 1000} s; try again shortly.`,
    { retryAfter: RETRY_AFTER_S },
  );
