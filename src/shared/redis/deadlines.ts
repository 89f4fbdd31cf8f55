import type { Clock } from '../clock/clock.js';

/** Something that must be over in time. */
export interface Timed {
  /** Set by `Deadlines.add`. */
  due: number;
  over: boolean;
  /** Called at most once, and only when it is not over. */
  expire(): void;
}

/** The timer came this much too late: the process itself stood still, and the other side had no chance. */
const STALL_MS = 5;
/** Milliseconds granted after the process stood still, for what is then sent and answered. */
const GRACE_MS = 10;

/**
 * Deadlines of many calls with one timer: calls with the same limit fall due in the order they came, so that only the
 * first of each limit is looked at. A timer for each call would cost as much as a command.
 */
export class Deadlines {
  private readonly lines = new Map<number, Line>();
  private timer?: NodeJS.Timeout;
  private look?: NodeJS.Immediate;
  private wakeAt = Infinity;

  constructor(private readonly clock: Clock) {}

  add(call: Timed, limitMs: number): void {
    call.due = this.clock.monotonicMs() + limitMs;
    let line = this.lines.get(limitMs);
    if (line === undefined) this.lines.set(limitMs, (line = new Line()));
    line.push(call);
    if (call.due < this.wakeAt) this.arm(call.due, limitMs);
  }

  /** Like `promise`, or rejects with what `late` makes after `limitMs`; the promise goes on. */
  within<T>(promise: Promise<T>, limitMs: number, late: () => Error): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const call: Timed = { due: 0, over: false, expire: () => reject(late()) };
      this.add(call, limitMs);
      const end = (settle: () => void) => {
        call.over = true;
        settle();
      };
      promise.then(
        (value) => end(() => resolve(value)),
        (error: unknown) => end(() => reject(error as Error)),
      );
    });
  }

  /** All that waits is too late now. */
  close(): void {
    clearTimeout(this.timer);
    clearImmediate(this.look);
    for (const line of this.lines.values()) line.expire(Infinity);
    this.lines.clear();
    this.wakeAt = Infinity;
  }

  private arm(due: number, inMs: number): void {
    clearTimeout(this.timer);
    this.wakeAt = due;
    this.timer = setTimeout(() => this.wake(), Math.max(1, Math.ceil(inMs)));
  }

  private wake(): void {
    const now = this.clock.monotonicMs();
    if (this.earliest() > now) return this.rest(now);
    // Timers come before what has arrived on sockets: an answer that is there already is in time.
    const stoodStill = now - this.wakeAt > STALL_MS;
    if (stoodStill) this.timer = setTimeout(() => this.lookAgain(), GRACE_MS);
    else this.lookAgain();
  }

  private lookAgain(): void {
    this.look = setImmediate(() => {
      const now = this.clock.monotonicMs();
      for (const line of this.lines.values()) line.expire(now);
      this.rest(now);
    });
  }

  private rest(now: number): void {
    const next = this.earliest();
    if (next === Infinity) this.wakeAt = Infinity;
    else this.arm(next, next - now);
  }

  private earliest(): number {
    let earliest = Infinity;
    for (const [limitMs, line] of this.lines) {
      const due = line.firstDue();
      if (due === undefined) this.lines.delete(limitMs);
      else if (due < earliest) earliest = due;
    }
    return earliest;
  }
}

/** Calls in the order they fall due. */
class Line {
  private calls: Timed[] = [];
  private head = 0;

  push(call: Timed): void {
    this.calls.push(call);
  }

  /** When the first that is not over falls due. */
  firstDue(): number | undefined {
    while (this.calls[this.head]?.over) this.head++;
    // Half of it at least is dropped, so that each call is moved once on average.
    if (this.head * 2 > this.calls.length) {
      this.calls = this.calls.slice(this.head);
      this.head = 0;
    }
    return this.calls[this.head]?.due;
  }

  expire(now: number): void {
    for (let due = this.firstDue(); due !== undefined && due <= now; due = this.firstDue()) {
      const call = this.calls[this.head] as Timed;
      call.expire();
      call.over = true;
    }
  }
}
