import { CACHE_MANAGER, type Cache } from '@nestjs/cache-manager';
import { Inject, Injectable } from '@nestjs/common';
import type { RedisScript } from '../redis/redis.types.js';
import { CHANNEL, globOf, KEY_PREFIX, keyOfText, lockOf, tagKeysOf } from './cache-key.js';
import { CacheRedis } from './cache-redis.js';
import { CLAIM, FORGET_TAGGED, INCREMENT, RELEASE, RENEW, TAG, TAGGED, UNTAG } from './cache-scripts.js';
import type { CacheRegionName } from './cache.types.js';
import { InvalidationBus } from './invalidation-bus.js';
import { deadAtOf } from './entries.js';
import { type Envelope, newId, StoreClient } from './store-client.js';

/** Milliseconds that a lock lasts without being renewed: what a holder that dies costs those who wait. */
export const LEASE_MS = 3000;
/** The time of a tag's invalidation must outlive every load that began before it. */
const UNTAG_MS = 3_600_000;
/** What Redis keeps beyond the value's own end, so that clocks which differ do not shorten its life. */
const KEEP_MS = 30_000;
const BATCH = 200;

/** What a claim of a key's load gives. */
export type Claim =
  /** It is ours until `LEASE_MS` passes without `renew`; `at`: Redis's time. */
  | { readonly kind: 'mine'; readonly token: string; readonly at: number }
  | { readonly kind: 'held'; readonly leftMs: number }
  /** The value is not the one that was read. */
  | { readonly kind: 'changed' }
  /** Another process's load has just failed. */
  | { readonly kind: 'failed'; readonly failure: string; readonly leftMs: number };

/**
 * Values in Redis, through the cache manager of Nest, and the locks, tags and counters beside them. Every method throws when
 * Redis is away, late or refuses: the engine decides what that means.
 */
@Injectable()
export class SecondTier {
  constructor(
    @Inject(CACHE_MANAGER) private readonly manager: Cache,
    private readonly client: StoreClient,
    private readonly redis: CacheRedis,
    private readonly bus: InvalidationBus,
  ) {}

  get state() {
    return this.redis.state;
  }

  /** What is stored, also when its time is over; `checked` tells what it is. No step of its own: it is in the way of every hit. */
  read(text: string): Promise<unknown> {
    return this.manager.get<unknown>(text);
  }

  /** What `read` gave. @throws what made it fail: the cache manager tells a failure as an absence */
  checked(text: string, read: unknown): Envelope | undefined {
    if (read === undefined) this.client.throwFailureOf(text);
    return isEnvelope(read) ? read : undefined;
  }

  /**
   * Stores a value, and tells the others. An envelope whose id is the token of a claim is stored only while the claim holds;
   * a plain set ends every claim.
   * @returns false when the claim was lost: something invalidated the key since
   */
  async write(text: string, envelope: Envelope): Promise<boolean> {
    const keepMs = Math.ceil(deadAtOf(envelope) - this.bus.redisNow()) + KEEP_MS;
    await this.manager.set(text, envelope, keepMs);
    return this.client.outcomeOf(envelope[0]) > 0;
  }

  /** @returns whether there was a value */
  async remove(text: string): Promise<boolean> {
    await this.manager.del(text);
    return this.client.outcomeOf(text) > 0;
  }

  /** Claims the load of a key. @param seen id of the value that was read, '' for none, '*': whatever it is */
  async claim(text: string, token: string, seen: string): Promise<Claim> {
    const reply = await this.redis.run((commands) =>
      commands.script(CLAIM, [text, lockOf(text)], [token, String(LEASE_MS), seen]),
    );
    const [kind, held, leftMs, at] = reply as [number, string, number, number];
    this.bus.sawRedisTime(at);
    if (kind === 1) return { kind: 'mine', token, at };
    if (kind === 2) return { kind: 'changed' };
    return held.startsWith('!') ? { kind: 'failed', failure: held.slice(1), leftMs } : { kind: 'held', leftMs };
  }

  async renew(text: string, token: string): Promise<boolean> {
    return (
      (await this.redis.run((commands) => commands.script(RENEW, [lockOf(text)], [token, String(LEASE_MS)]))) === 1
    );
  }

  /** Gives a claim back without a value. @param failure what waiters elsewhere are told, for `forMs` */
  async release(text: string, token: string, failure = '', forMs = 0): Promise<void> {
    const said = failure === '' || forMs <= 0 ? '' : `!${failure}`;
    const args = [token, said, String(Math.max(1, Math.ceil(forMs))), CHANNEL, this.bus.message({ l: text })];
    await this.redis.run((commands) => commands.script(RELEASE, [lockOf(text)], args));
  }

  /**
   * Enters a key under its tags. Before the value is written: an invalidation that comes later finds the key.
   * @param begunAt Redis's time when the load began
   * @returns false when one of the tags was invalidated since
   */
  async tag(text: string, tags: readonly string[], deadAt: number, begunAt: number): Promise<boolean> {
    const args = [text, Math.ceil(deadAt), Math.floor(this.bus.redisNow()), Math.floor(begunAt)].map(String);
    const replies = await Promise.all(
      tags.map((tag) => this.redis.run((commands) => commands.script(TAG, tagKeysOf(tag), args))),
    );
    return replies.every((reply) => reply === 1);
  }

  /** @returns how many values were deleted */
  async invalidateTags(tags: readonly string[], owner?: string): Promise<number> {
    let dropped = 0;
    try {
      for (const tag of tags) dropped += await this.invalidateTag(tag, owner);
    } finally {
      await this.tell({ t: { tags, owner } });
    }
    return dropped;
  }

  private async invalidateTag(tag: string, owner: string | undefined): Promise<number> {
    const keys = tagKeysOf(tag);
    const run = (script: RedisScript, args: readonly string[]) =>
      this.redis.run((commands) => commands.script(script, keys, args));
    // A full server takes no time of invalidation, but it deletes: what can be done is done before the failure is told.
    const noted = await run(UNTAG, [String(UNTAG_MS)]).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    let dropped = 0;
    for (let others = 0; ;) {
      const found = pairsOf((await run(TAGGED, [String(others), String(BATCH)])) as string[]);
      const mine = found.filter(([text]) => owner === undefined || keyOfText(text)?.owner === owner);
      dropped += await this.drop(mine.map(([text]) => text));
      const forgotten = mine.length > 0 ? Number(await run(FORGET_TAGGED, mine.flat())) : 0;
      if (found.length < BATCH) break;
      others += found.length - forgotten;
    }
    if (noted !== undefined) throw noted.error;
    return dropped;
  }

  /** @returns how many values were deleted */
  async invalidatePattern(region: CacheRegionName, owner: string, pattern: string): Promise<number> {
    const glob = globOf(region, owner, pattern);
    const dropped = glob === undefined ? 0 : await this.dropMatching(glob);
    await this.tell({ p: { region, owner, pattern } });
    return dropped;
  }

  /** Deletes everything of ours. */
  async clear(): Promise<void> {
    await this.dropMatching(`${KEY_PREFIX}:*`);
    await this.tell({ f: 1 });
  }

  async increment(text: string, by: number, ttlMs: number): Promise<number> {
    const args = [String(by), String(Math.ceil(ttlMs)), newId('set'), CHANNEL, this.bus.message({ k: text })];
    const sum = await this.redis.run((commands) => commands.script(INCREMENT, [text, lockOf(text)], args));
    this.bus.tellSelf({ k: text });
    return Number(sum);
  }

  /**
   * Locks first, then values: a load that began before keeps its lock until its value is written, so either the first pass
   * takes the lock and the value is refused, or the second pass finds the value.
   */
  private async dropMatching(glob: string): Promise<number> {
    await this.redis.scan(lockOf(glob), async (locks) => {
      await this.unlink(locks);
    });
    let dropped = 0;
    await this.redis.scan(glob, async (values) => {
      dropped += await this.unlink(values);
    });
    return dropped;
  }

  /** Locks first, for the same reason. */
  private async drop(texts: readonly string[]): Promise<number> {
    await this.unlink(texts.map(lockOf));
    return this.unlink(texts);
  }

  private unlink(keys: readonly string[]): Promise<number> {
    return this.redis.run((commands) => commands.unlink(keys), 1000);
  }

  private async tell(news: Parameters<InvalidationBus['message']>[0]): Promise<void> {
    const message = this.bus.message(news);
    await this.redis.run((commands) => commands.publish(CHANNEL, message));
  }
}

/** What a sorted set gives with scores: member, score, member, score … */
function pairsOf(flat: readonly string[]): (readonly [member: string, score: string])[] {
  return flat.flatMap((member, at) => (at % 2 === 0 ? [[member, flat[at + 1] ?? ''] as const] : []));
}

function isEnvelope(value: unknown): value is Envelope {
  return Array.isArray(value) && value.length >= 6;
}
