import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock/clock.js';
import type { LimitDecision, LimitRule } from './rate-limit.types.js';
import { takeFrom, type WindowState } from './sliding-window.js';

/** More callers of a policy are not told apart at once: who came least recently is forgotten first. */
const MOST_BUCKETS = 100_000;

/** Buckets of this process. A call costs one look-up, however many came before. */
export class MemoryLimits {
  /** By policy, then by caller: joining the two for each call would cost as much as the rest. */
  private readonly buckets = new Map<string, LRUCache<string, WindowState>>();

  constructor(private readonly clock: Clock) {}

  take(policy: string, client: string, rule: LimitRule): LimitDecision {
    const now = this.clock.monotonicMs();
    const buckets = this.bucketsOf(policy);
    let state = buckets.get(client);
    if (state === undefined) buckets.set(client, (state = { start: now, before: 0, current: 0 }));
    return takeFrom(state, now, rule);
  }

  /** Takes over what another store has said of a bucket, in proportion, so that this one goes on from there. */
  follow(policy: string, client: string, rule: LimitRule, { limit, remaining, resetMs }: LimitDecision): void {
    const elapsed = Math.max(0, rule.windowMs - resetMs);
    const current = rule.limit * (1 - remaining / limit);
    this.bucketsOf(policy).set(client, { start: this.clock.monotonicMs() - elapsed, before: 0, current });
  }

  private bucketsOf(policy: string): LRUCache<string, WindowState> {
    const known = this.buckets.get(policy);
    if (known !== undefined) return known;
    const made = new LRUCache<string, WindowState>({ max: MOST_BUCKETS });
    this.buckets.set(policy, made);
    return made;
  }
}
