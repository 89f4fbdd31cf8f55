import type { Deadlines, Timed } from './deadlines.js';
import { RedisAwayError } from './redis-away-error.js';
import type { CommandCounts } from './redis-commands.js';
import { failureKind, reasonOf } from './redis-failure.js';
import type { Lane } from './redis-link.js';
import type { RedisCommands } from './redis.types.js';

export interface CallListener {
  /** A call was late or cut off, or the server is not ready. */
  away(cause: unknown): void;
  /** The connection leads to a server that can't do it. */
  elsewhere(cause: unknown): void;
}

/** Calls with their deadline. This is the hot path of the cache: it may cost two microseconds beside the command. */
export class RedisCalls {
  /** Calls that wait for an answer. */
  waiting = 0;

  constructor(
    private readonly deadlines: Deadlines,
    readonly counts: CommandCounts,
    private readonly listener: CallListener,
  ) {}

  /** @throws RedisAwayError; what the server answers as an error is thrown as it is */
  make<T>(lane: Lane, work: (commands: RedisCommands) => Promise<T>, limitMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const answer = work(lane.commands);
      const call = new Call(this, lane, limitMs, reject);
      this.deadlines.add(call, limitMs);
      answer.then(
        (value) => {
          if (call.end()) resolve(value);
        },
        (error: unknown) => call.fail(error),
      );
    });
  }

  /** Counts and judges a failure. @returns what the caller gets */
  judge(error: unknown): unknown {
    this.counts.errors++;
    const kind = failureKind(error);
    if (kind === 'reply' || kind === 'caller') return error;
    if (kind === 'elsewhere') this.listener.elsewhere(error);
    else this.listener.away(error);
    return error instanceof RedisAwayError ? error : new RedisAwayError(`Redis: ${reasonOf(error)}`, { cause: error });
  }
}

const nothing = (): void => undefined;

class Call implements Timed {
  due = 0;
  over = false;

  constructor(
    private readonly calls: RedisCalls,
    private readonly lane: Lane,
    private readonly limitMs: number,
    private reject: (error: unknown) => void,
  ) {
    lane.waiting++;
    calls.waiting++;
  }

  /** @returns whether it was not over before */
  end(): boolean {
    if (this.over) return false;
    this.over = true;
    this.lane.waiting--;
    this.calls.waiting--;
    // It stays in its line until the deadline, and must not hold the promise with the answer for so long.
    this.reject = nothing;
    return true;
  }

  fail(error: unknown): void {
    const { reject } = this;
    if (this.end()) reject(this.calls.judge(error));
  }

  expire(): void {
    this.fail(new RedisAwayError(`Redis has not answered within ${this.limitMs} ms`));
  }
}
