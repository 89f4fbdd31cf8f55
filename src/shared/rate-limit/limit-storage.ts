import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { CacheRedis } from '../cache/cache-redis.js';
import { Clock } from '../clock/clock.js';
import { LiveInstances } from './live-instances.js';
import { MemoryLimits } from './memory-limits.js';
import type { LimitDecision, LimitRule } from './rate-limit.types.js';
import { RedisLimits } from './redis-limits.js';

type Increment = ThrottlerStorage['increment'];

/** The throttler's record, with what the answer's headers say. */
export type LimitRecord = Awaited<ReturnType<Increment>> & { readonly decision: LimitDecision };

/**
 * Where the throttler counts: one count for all processes in Redis; without it each process counts its share, the limit
 * divided by the processes that live, so that a Redis that goes away lets nobody double what they may.
 */
@Injectable()
export class LimitStorage implements ThrottlerStorage {
  private readonly local: MemoryLimits;
  private readonly shared: RedisLimits;

  constructor(
    private readonly redis: CacheRedis,
    private readonly instances: LiveInstances,
    clock: Clock,
  ) {
    this.local = new MemoryLimits(clock);
    this.shared = new RedisLimits(redis);
  }

  /** Whether Redis counts at this moment. */
  get isShared(): boolean {
    return this.redis.state === 'up';
  }

  /**
   * Takes one call. A promise only where Redis counts: most of what a decision in memory would cost is the promise.
   * @param name of the policy @param client whose bucket it is
   */
  take(name: string, client: string, rule: LimitRule): LimitDecision | Promise<LimitDecision> {
    return this.isShared ? this.ask(name, client, rule) : this.takeHere(name, client, rule);
  }

  /** The same in the throttler's words. Never rejects. @param ttl length of the window in milliseconds */
  async increment(key: string, ttl: number, limit: number, _block: number, name: string): Promise<LimitRecord> {
    const decision = await this.take(name, key, { limit, windowMs: ttl });
    const seconds = Math.ceil(decision.resetMs / 1000);
    return {
      totalHits: limit - decision.remaining,
      timeToExpire: seconds,
      isBlocked: !decision.admitted,
      timeToBlockExpire: decision.admitted ? 0 : seconds,
      decision,
    };
  }

  /** The share of this process, without asking anybody. */
  takeHere(name: string, client: string, rule: LimitRule): LimitDecision {
    const share = this.shareOf(rule);
    const decision = this.local.take(name, client, share);
    return share === rule ? decision : { ...decision, limit: rule.limit };
  }

  /** What Redis says is noted, for the moment in which it can't be asked. */
  private async ask(name: string, client: string, rule: LimitRule): Promise<LimitDecision> {
    const decision = await this.shared.take(`${name}:${client}`, rule).catch(() => undefined);
    if (decision === undefined) return this.takeHere(name, client, rule);
    this.local.follow(name, client, this.shareOf(rule), decision);
    return decision;
  }

  /** What this process may give away of the whole. */
  private shareOf(rule: LimitRule): LimitRule {
    const { count } = this.instances;
    return count === 1 ? rule : { limit: Math.max(1, Math.floor(rule.limit / count)), windowMs: rule.windowMs };
  }
}
