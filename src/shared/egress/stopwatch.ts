import type { Clock } from '../clock/clock.js';

/** How late a timer may fire in a process that is merely busy. */
const LATE_MS = 1_000;

/**
 * Tells a wait from a sleep. Each of our waits ends at its limit, so one that took far longer was not waited for: the
 * process stood still (stopped, or the machine was suspended), and what it finds on waking says nothing about the other
 * side. Both clocks are asked: on Linux the monotonic one stands still with the machine, the other one may be set.
 */
export class Stopwatch {
  private readonly monotonicMs: number;
  private readonly wallMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly limitMs: number,
  ) {
    this.monotonicMs = clock.monotonicMs();
    this.wallMs = clock.now().getTime();
  }

  get elapsedMs(): number {
    return this.clock.monotonicMs() - this.monotonicMs;
  }

  /** Of the limit, by the clock that timers run on. */
  get leftMs(): number {
    return this.limitMs - this.elapsedMs;
  }

  get overslept(): boolean {
    const passedMs = Math.max(this.elapsedMs, this.clock.now().getTime() - this.wallMs);
    return passedMs > this.limitMs + LATE_MS;
  }
}
