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

  /** Takes one call of `key`. Never rejects. @param ttl length of the window in milliseconds @param name of the policy */
  async increment(key: string, ttl: number, limit: number, _block: number, name: string): Promise<LimitRecord> {
    const rule = { limit, windowMs: ttl };
    const bucket = `${name}:${key}`;
    const decision = (await this.ask(bucket, rule)) ?? this.fromShare(bucket, rule);
    const seconds = Math.ceil(decision.resetMs / 1000);
    return {
      totalHits: limit - decision.remaining,
      timeToExpire: seconds,
      isBlocked: !decision.admitted,
      timeToBlockExpire: decision.admitted ? 0 : seconds,
      decision,
    };
  }

  /** Undefined without Redis. What it says is noted, for the moment in which it can't be asked. */
  private async ask(bucket: string, rule: LimitRule): Promise<LimitDecision | undefined> {
    if (this.redis.state !== 'up') return undefined;
    const decision = await this.shared.take(bucket, rule, 1).catch(() => undefined);
    if (decision !== undefined) this.local.follow(bucket, this.shareOf(rule), decision);
    return decision;
  }

  private fromShare(bucket: string, rule: LimitRule): LimitDecision {
    return { ...this.local.take(bucket, this.shareOf(rule), 1), limit: rule.limit };
  }

  /** What this process may give away of the whole. */
  private shareOf({ limit, windowMs }: LimitRule): LimitRule {
    return { limit: Math.max(1, Math.floor(limit / this.instances.count)), windowMs };
  }
}
