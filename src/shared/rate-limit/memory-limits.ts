import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/clock.js';
import type { LimitDecision, LimitRule, LimitStore } from './rate-limit.types.js';
import { takeFrom, type WindowState } from './sliding-window.js';

/** More callers are not told apart at once: who came least recently is forgotten first. */
const MOST_BUCKETS = 100_000;

/** Buckets of this process. A call costs one look-up, however many came before. */
export class MemoryLimits implements LimitStore {
  private readonly buckets = new LRUCache<string, WindowState>({ max: MOST_BUCKETS });

  constructor(private readonly clock: Clock) {}

  take(bucket: string, rule: LimitRule, cost: number): LimitDecision {
    const now = this.clock.monotonicMs();
    let state = this.buckets.get(bucket);
    if (state === undefined) this.buckets.set(bucket, (state = { start: now, before: 0, current: 0 }));
    return takeFrom(state, now, cost, rule);
  }

  /** Takes over what another store has said of a bucket, in proportion, so that this one goes on from there. */
  follow(bucket: string, rule: LimitRule, { limit, remaining, resetMs }: LimitDecision): void {
    const elapsed = Math.max(0, rule.windowMs - resetMs);
    const current = rule.limit * (1 - remaining / limit);
    this.buckets.set(bucket, { start: this.clock.monotonicMs() - elapsed, before: 0, current });
  }
}
