/** Waits for a connection since the start of the process. */
export interface WaitTotals {
  /** Connections lent. */
  readonly checkouts: number;
  /** Milliseconds that those who got one waited for it, all together. */
  readonly waitedMs: number;
  /** Those who waited as long as they may and got none. */
  readonly timeouts: number;
}

/** Counts how long callers wait for a connection. */
export class PoolWaits {
  private checkouts = 0;
  private waitedMs = 0;
  private timeouts = 0;
  private tell?: (ms: number) => void;

  get totals(): WaitTotals {
    return { checkouts: this.checkouts, waitedMs: this.waitedMs, timeouts: this.timeouts };
  }

  lent(ms: number): void {
    this.checkouts += 1;
    this.waitedMs += ms;
    this.tell?.(ms);
  }

  timedOut(ms: number): void {
    this.timeouts += 1;
    this.tell?.(ms);
  }

  /** @param listener told of each wait from now on, also of those in vain, in milliseconds */
  onWait(listener: (ms: number) => void): void {
    this.tell = listener;
  }
}
