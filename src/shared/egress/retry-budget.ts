import type { Clock } from '../clock/clock.js';

/** Kept in tenths of a retry, so that a hundred calls earn ten retries and not 9.99. */
const RETRY = 10;
const PER_REQUEST = 1;
const PER_SECOND = 3 * RETRY;
/** Ten seconds of the fixed share: what an idle upstream may save up. */
const CAP = 10 * PER_SECOND;

/**
 * Keeps retries from multiplying an outage: every first attempt earns 10 % of a retry and every second earns 3, whatever
 * the traffic. An empty budget means that the first failure stands.
 */
export class RetryBudget {
  private balance = PER_SECOND;
  private updatedMs: number;

  constructor(private readonly clock: Clock) {
    this.updatedMs = clock.monotonicMs();
  }

  /** Called once for each call, before its first attempt. */
  deposit(): void {
    this.refill();
    this.balance = Math.min(CAP, this.balance + PER_REQUEST);
  }

  /** Takes one retry; `false` when there is none left. */
  withdraw(): boolean {
    this.refill();
    if (this.balance < RETRY) return false;
    this.balance -= RETRY;
    return true;
  }

  private refill(): void {
    const now = this.clock.monotonicMs();
    this.balance = Math.min(CAP, this.balance + ((now - this.updatedMs) / 1000) * PER_SECOND);
    this.updatedMs = now;
  }
}
