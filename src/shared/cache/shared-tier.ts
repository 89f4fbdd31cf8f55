import { Injectable, Logger } from '@nestjs/common';
import { CacheCounters } from './cache-counters.js';
import { keyOfText } from './cache-key.js';
import type { CacheKey, CacheRegionName } from './cache.types.js';
import { entryFrom, envelopeOf } from './entries.js';
import { failureText } from './failures.js';
import type { Entry } from './first-tier.js';
import { InvalidationBus, type News } from './invalidation-bus.js';
import { Journal } from './journal.js';
import { type Claim, SecondTier } from './second-tier.js';
import { newId } from './store-client.js';

/** A value of the second tier with the id of its write. */
export interface Found {
  readonly entry: Entry;
  readonly id: string;
}

const AWAY = { kind: 'away' } as const;

/**
 * The second tier as the engine sees it: nothing here throws. What fails is counted as an error (never as a miss), and the
 * engine goes on as if there were no second tier; invalidations that were not heard are noted and replayed.
 */
@Injectable()
export class SharedTier {
  private readonly log = new Logger('cache');
  private readonly journal = new Journal();
  private replaying = false;

  constructor(
    private readonly second: SecondTier,
    private readonly bus: InvalidationBus,
    private readonly counters: CacheCounters,
  ) {}

  get state() {
    return this.second.state;
  }

  /** Whether it takes part: connected, and all that it missed was replayed. */
  get isUp(): boolean {
    return this.second.state === 'up' && !this.replaying && this.journal.isEmpty;
  }

  /** What the second tier holds, to be given to `found`; undefined when it takes no part now. Never rejects. */
  read(text: string): Promise<unknown> | undefined {
    return this.isUp ? this.second.read(text) : undefined;
  }

  /** What `read` gave; `failed` where Redis has not said what it holds. Two methods, since each promise in the way of a hit costs a hundredth of it. */
  found(key: CacheKey, text: string, serial: number, read: unknown): Found | 'failed' | undefined {
    try {
      const envelope = this.second.checked(text, read);
      if (envelope === undefined) return undefined;
      return { entry: entryFrom(envelope, key, serial, this.bus.redisAheadMs), id: envelope[0] };
    } catch (error) {
      this.failed(key.region, error);
      return 'failed';
    }
  }

  /** @param seen id of the value that was read, '' for none, '*': whatever it is */
  async claim(region: CacheRegionName, text: string, seen: string): Promise<Claim | typeof AWAY> {
    if (!this.isUp) return AWAY;
    return (await this.attempt(region, () => this.second.claim(text, newId('claim'), seen))) ?? AWAY;
  }

  async renew(region: CacheRegionName, text: string, token: string): Promise<void> {
    await this.attempt(region, () => this.second.renew(text, token));
  }

  /** Gives a claim back. @param failure what those who wait elsewhere are told for `forMs` */
  async release(
    key: CacheKey,
    text: string,
    token: string,
    failure?: { error: unknown; forMs: number },
  ): Promise<void> {
    const said = failure === undefined ? '' : failureText(failure.error);
    await this.attempt(key.region, () => this.second.release(text, token, said, failure?.forMs));
  }

  /**
   * Stores what the load under a claim gave.
   * @returns `refused` when it was invalidated since; `failed` when Redis did not take it
   */
  async write(text: string, entry: Entry, claim: Extract<Claim, { kind: 'mine' }>): Promise<Outcome> {
    const { region } = entry.key;
    const outcome = await this.attempt<Outcome>(region, async () => {
      const { tags } = entry;
      const dead = entry.deadAt + this.bus.redisAheadMs;
      if (tags.length > 0 && !(await this.second.tag(text, tags, dead, claim.at))) return 'refused';
      const stored = await this.second.write(text, envelopeOf(entry, claim.token, this.bus.redisAheadMs));
      return stored ? 'stored' : 'refused';
    });
    if (outcome !== 'stored') await this.release(entry.key, text, claim.token);
    return outcome ?? 'failed';
  }

  /** Stores a value that somebody set. Where it can't be stored the key is deleted, now or later: the older value must not come back. */
  async set(text: string, entry: Entry): Promise<void> {
    const { tags, key, deadAt, storedAt } = entry;
    await this.told({ k: text }, key.region, async () => {
      const ahead = this.bus.redisAheadMs;
      const enter = () => this.second.tag(text, tags, deadAt + ahead, storedAt + ahead);
      if (tags.length > 0) await enter();
      await this.second.write(text, envelopeOf(entry, newId('set'), ahead));
      // No claim is taken away from a set: an invalidation between the two has found nothing, and forgotten the key.
      if (tags.length > 0) await enter();
    });
  }

  /** @returns whether there was a value, as far as it is known */
  async remove(region: CacheRegionName, text: string): Promise<boolean> {
    return (await this.told({ k: text }, region, () => this.second.remove(text))) ?? false;
  }

  async invalidateTags(tags: readonly string[], owner: string | undefined): Promise<number> {
    return (await this.told({ t: { tags, owner } }, undefined, () => this.second.invalidateTags(tags, owner))) ?? 0;
  }

  async invalidatePattern(region: CacheRegionName, owner: string, pattern: string): Promise<number> {
    const change = () => this.second.invalidatePattern(region, owner, pattern);
    return (await this.told({ p: { region, owner, pattern } }, region, change)) ?? 0;
  }

  /** Undefined: there is no second tier now. */
  async increment(region: CacheRegionName, text: string, by: number, ttlMs: number): Promise<number | undefined> {
    if (!this.isUp) return undefined;
    return this.attempt(region, () => this.second.increment(text, by, ttlMs));
  }

  /** Tells Redis what it missed; until it has heard all of it `isUp` stays false. */
  async replay(): Promise<void> {
    if (this.replaying || this.journal.isEmpty) return;
    this.replaying = true;
    try {
      let refused = 0;
      do {
        refused = await this.replayAll();
        // What came meanwhile is replayed, too; what was refused waits for the next beat.
      } while (this.journal.list().length > refused);
    } catch (error) {
      this.log.debug({ err: error }, 'Redis went away again before it heard of all invalidations');
    } finally {
      this.replaying = false;
    }
  }

  /** @returns how many were refused: a full server refuses some, and still takes the others */
  private async replayAll(): Promise<number> {
    if (this.journal.isOverflown) await this.forgetAll();
    let refused = 0;
    for (const news of this.journal.list()) {
      const error = await this.change(news).then(
        () => this.journal.done(news),
        (failure: unknown) => ({ failure }),
      );
      if (error === undefined) continue;
      if (this.second.state !== 'up') throw error.failure;
      refused += 1;
    }
    return refused;
  }

  /** Too much was missed to be told one by one: every value of ours is deleted. */
  private async forgetAll(): Promise<void> {
    // What is noted while it goes on is noted anew.
    this.journal.clear();
    try {
      await this.second.clear();
    } catch (error) {
      this.journal.overflow();
      throw error;
    }
  }

  private async change({ k, t, p }: News): Promise<void> {
    if (k !== undefined) await this.second.remove(k);
    if (t !== undefined) await this.second.invalidateTags(t.tags, t.owner);
    if (p !== undefined) await this.second.invalidatePattern(p.region, p.owner, p.pattern);
  }

  /** A change that must reach Redis, now or by the journal. */
  private async told<T>(
    news: News,
    region: CacheRegionName | undefined,
    change: () => Promise<T>,
  ): Promise<T | undefined> {
    if (this.second.state === 'off') return undefined;
    try {
      if (this.isUp) return await change();
    } catch (error) {
      this.failed(region ?? regionOfNews(news), error);
    }
    this.journal.add(news);
    // Away: its return replays. Still there, and it only refused this one (full, say): deleting is tried at once.
    if (this.second.state === 'up') void this.replay();
    return undefined;
  }

  private async attempt<T>(region: CacheRegionName, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.failed(region, error);
      return undefined;
    }
  }

  private failed(region: CacheRegionName | undefined, error: unknown): void {
    if (region !== undefined) this.counters.add(region, 'errors');
    this.log.debug({ err: error, region }, 'the second cache tier failed');
  }
}

export type Outcome = 'stored' | 'refused' | 'failed';

const regionOfNews = ({ k, p }: News) => (k === undefined ? p?.region : keyOfText(k)?.region);
