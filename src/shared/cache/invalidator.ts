import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { keyOfText } from './cache-key.js';
import { CacheRedis } from './cache-redis.js';
import type { CacheKey, CacheRegionName } from './cache.types.js';
import type { Entry } from './first-tier.js';
import { InvalidationBus, type BusListener, type News } from './invalidation-bus.js';
import { LocalState } from './local-state.js';
import { SharedTier } from './shared-tier.js';

/**
 * Whatever changes a key fences its flights in this process before and after it tells the second tier: a read that began in
 * between may hold the old value. What other processes tell is done here, too.
 */
@Injectable()
export class Invalidator implements BusListener, OnModuleInit, OnApplicationShutdown {
  /** False while changes of others would not be heard although the second tier answers: then it is asked instead. */
  isFirstTierTrusted = true;
  private endState?: () => void;

  constructor(
    private readonly local: LocalState,
    private readonly shared: SharedTier,
    private readonly bus: InvalidationBus,
    private readonly redis: CacheRedis,
  ) {}

  onModuleInit(): void {
    this.bus.start(this);
    this.endState = this.redis.onState((state) => {
      this.tick();
      if (state === 'up') void this.shared.replay();
    });
    this.tick();
  }

  onApplicationShutdown(): void {
    this.endState?.();
  }

  /** @returns whether there was a value in either tier, as far as it is known */
  async key(key: CacheKey, text: string): Promise<boolean> {
    const was = this.forget(key, text);
    const wasShared = await this.shared.remove(key.region, text);
    const came = this.forget(key, text);
    return was || wasShared || came;
  }

  /**
   * Stores a value that somebody set, in both tiers. Not in the first when the key was changed meanwhile: whose change came
   * last only the second tier knows.
   */
  async replace(text: string, make: (serial: number) => Entry): Promise<void> {
    const { flights, first } = this.local;
    const entry = make(flights.nextSerial());
    this.forget(entry.key, text);
    const flight = flights.begin(entry.key, entry.tags, false);
    await this.shared.set(text, entry);
    flights.end(flight);
    this.forget(entry.key, text);
    if (flight.fenced && this.shared.state !== 'off') return;
    first.set({ ...entry, serial: flights.nextSerial() });
  }

  /** @returns how many values were deleted in the second tier, else in this process */
  async tags(tags: readonly string[], owner: string | undefined): Promise<number> {
    const before = this.forgetTags(tags, owner);
    const dropped = await this.shared.invalidateTags(tags, owner);
    const count = Math.max(dropped, before + this.forgetTags(tags, owner));
    return count;
  }

  async pattern(region: CacheRegionName, owner: string, pattern: string): Promise<number> {
    const before = this.forgetPattern(region, owner, pattern);
    const dropped = await this.shared.invalidatePattern(region, owner, pattern);
    const count = Math.max(dropped, before + this.forgetPattern(region, owner, pattern));
    return count;
  }

  heard({ k, w, t, p, f }: News): void {
    if (f === 1) return this.lost();
    const key = k === undefined ? undefined : keyOfText(k);
    // What another process loaded ends no flight of ours: it waits for it, or is as new. But what it has read is older.
    if (key && k !== undefined && w === 1) {
      this.local.flights.supersede(key);
      this.local.first.delete(key);
    } else if (key && k !== undefined) this.forget(key, k);
    if (t !== undefined) this.forgetTags(t.tags, t.owner);
    if (p !== undefined) this.forgetPattern(p.region, p.owner, p.pattern);
  }

  lost(): void {
    this.local.flights.fenceAll();
    this.local.first.clear();
    this.tick();
  }

  /** Called with each beat of the bus and each change of Redis's state. */
  tick(): void {
    this.isFirstTierTrusted = this.redis.state !== 'up' || this.bus.hears;
    if (this.redis.state === 'up') void this.shared.replay();
  }

  private forget(key: CacheKey, text: string): boolean {
    this.local.flights.fenceKey(key);
    this.local.failures.forget(text);
    const was = this.local.first.delete(key);
    if (was) this.local.counters.invalidated(key.region, 'key', 1);
    return was;
  }

  private forgetTags(tags: readonly string[], owner: string | undefined): number {
    this.local.flights.fenceTags(tags, owner);
    this.local.failures.clear();
    return this.count('tag', this.local.first.deleteTags(tags, owner));
  }

  private forgetPattern(region: CacheRegionName, owner: string, pattern: string): number {
    this.local.flights.fencePattern(region, owner, pattern);
    this.local.failures.clear();
    return this.count('pattern', this.local.first.deletePattern(region, owner, pattern));
  }

  private count(cause: 'tag' | 'pattern', entries: readonly Entry[]): number {
    for (const { key } of entries) this.local.counters.invalidated(key.region, cause, 1);
    return entries.length;
  }
}
