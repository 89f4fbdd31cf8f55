import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/app-error.js';
import { outsideOfRequests } from '../logging/request-context.js';

/** Told once why the work is to stop. */
type Stop = (reason: AppError) => void;

/**
 * The time that a piece of work has. Whoever waits for something in its course (a connection, a statement, an upstream) says how
 * that wait is ended; without such a wait it costs two numbers.
 */
export class Deadline {
  private stops?: Set<Stop>;
  private ended?: AppError;

  constructor(
    private readonly line: Deadlines,
    /** By the monotonic clock, in milliseconds. */
    readonly atMs: number,
    /** Told before all others. */
    private readonly first?: Stop,
  ) {}

  /** Whether it may still end the work: neither over nor lifted. */
  get isRunning(): boolean {
    return this.line.isRunning(this);
  }

  /** Why the work must stop; undefined while it may go on. */
  get reason(): AppError | undefined {
    return this.ended;
  }

  /**
   * Calls `stop` once when the time is over, at once if it is.
   * @returns takes it back
   */
  onOver(stop: Stop): () => void {
    if (this.ended !== undefined) {
      stop(this.ended);
      return () => undefined;
    }
    const stops = (this.stops ??= new Set<Stop>());
    stops.add(stop);
    return () => void stops.delete(stop);
  }

  /** The work is done, or may go on for as long as it likes: nothing ends it any more. */
  lift(): void {
    this.line.forget(this);
    this.stops = undefined;
  }

  /**
   * Stops the work, unless it is done.
   * @param why asked only when it is stopped: an error for each request would cost a fifth of a cached answer
   */
  end(why: () => AppError): void {
    if (!this.line.forget(this)) return;
    const reason = why();
    this.ended = reason;
    const { stops } = this;
    this.stops = undefined;
    this.first?.(reason);
    stops?.forEach((stop) => stop(reason));
  }

  /** The whole time again, from now on. Lift it when its work is done. */
  anew(): Deadline {
    return this.line.begin();
  }
}

/**
 * Deadlines of one length. They are over in the order they began, so that one timer looks at the first of them alone: a timer
 * for each request would cost more than to ask the cache. One that is lifted leaves at once, and holds nothing in memory.
 */
export class Deadlines {
  private readonly running = new Set<Deadline>();
  private timer?: NodeJS.Timeout;

  /** @param why the reason of those that are over; default: the request's */
  constructor(
    private readonly limitMs: number,
    private readonly clock: Clock,
    private readonly why: (limitMs: number) => AppError = exceeded,
  ) {}

  /** @param first told before whatever waits */
  begin(first?: Stop): Deadline {
    const deadline = new Deadline(this, this.clock.monotonicMs() + this.limitMs, first);
    this.running.add(deadline);
    if (this.timer === undefined) this.arm(this.limitMs);
    return deadline;
  }

  isRunning(deadline: Deadline): boolean {
    return this.running.has(deadline);
  }

  /** @returns whether it was running */
  forget(deadline: Deadline): boolean {
    return this.running.delete(deadline);
  }

  /** What it ends belongs to many requests: it must not speak in the name of the one that happened to start it. */
  private arm(inMs: number): void {
    outsideOfRequests(() => {
      this.timer = setTimeout(() => this.look(), Math.max(1, Math.ceil(inMs))).unref();
    });
  }

  private look(): void {
    this.timer = undefined;
    const now = this.clock.monotonicMs();
    for (const deadline of this.running) {
      if (deadline.atMs > now) return this.arm(deadline.atMs - now);
      deadline.end(() => this.why(this.limitMs));
    }
  }
}

const exceeded = (limitMs: number) =>
  new AppError(
    'upstream-timeout',
    'deadline_exceeded',
    `The call took longer than ${limitMs / 1000} s and was given up. Try again; repeat a POST with the same Idempotency-Key.`,
  );
