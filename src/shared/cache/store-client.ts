import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { CHANNEL, lockOf } from './cache-key.js';
import { CacheRedis } from './cache-redis.js';
import { DROP, STORE } from './cache-scripts.js';
import { InvalidationBus } from './invalidation-bus.js';

/**
 * A value in Redis with what belongs to it. Times are milliseconds of Redis's clock. A tuple, since the names of members would
 * be read at each hit; the id stands first, where it is looked for at a fixed place of the text. What says nothing is left out
 * from the end on.
 */
export type Envelope = readonly [
  /** Of the write, 16 characters. */
  id: string,
  storedAt: number,
  /** Fresh for so long, and so long in its grace after that. */
  freshMs: number,
  graceMs: number,
  /** In memory. */
  bytes: number,
  value: unknown,
  ...about: EnvelopeAbout,
];

/** 0: nothing. */
export type EnvelopeAbout = [
  /** What a hit saves: milliseconds and US dollars. */
  loadMs?: number,
  costUsd?: number,
  tags?: readonly string[] | 0,
  /** The remembered absence of a value. */
  absent?: 0 | 1,
];

/** Where the id stands in what the cache manager sends: `{"value":["` comes before it. */
const ID_AT = 11;
const ID_LENGTH = 16;
/** Values that Redis collects in one go: for 2 KB each well below a tenth of a millisecond. */
const MOST_READ_AT_ONCE = 100;
/** First character of an id that is the token of a claim: only its holder may write it. A plain set has another. */
const CLAIMED = 'c';

/** A new id of a write: the token of a claim, or of a plain set. */
export const newId = (kind: 'claim' | 'set'): string =>
  (kind === 'claim' ? CLAIMED : 's') + randomBytes(12).toString('base64url').slice(1);

/**
 * The Redis client that `redisInsStore` of cache-manager-redis-yet is given: its `set` and `del` do in one step what must be
 * one step (fence, lock, message). The cache manager swallows errors of a read and the outcome of the others, so they are
 * kept here until the operation is over.
 */
@Injectable()
export class StoreClient {
  private readonly failures = new Map<string, unknown>();
  /** What a write said, by its id, and a deletion, by its key. */
  private readonly outcomes = new Map<string, number>();
  /** Reads of one turn of the event loop leave as one command, which costs this process and Redis less than one for each. */
  private readonly reads = new DataLoader<string, string | null>(
    (keys) => this.redis.run((commands) => commands.getMany(keys)).catch((error: unknown) => this.failed(keys, error)),
    { cache: false, batchScheduleFn: (send) => setImmediate(send), maxBatchSize: MOST_READ_AT_ONCE },
  );

  constructor(
    private readonly redis: CacheRedis,
    private readonly bus: InvalidationBus,
  ) {}

  get(text: string): Promise<string | null> {
    return this.reads.load(text);
  }

  async set(text: string, json: string, { PX }: { readonly PX: number }): Promise<void> {
    const id = json.slice(ID_AT, ID_AT + ID_LENGTH);
    const token = id.startsWith(CLAIMED) ? id : '';
    const news = token === '' ? { k: text } : { k: text, w: 1 as const };
    const args = [json, String(PX), token, CHANNEL, this.bus.message(news)];
    const stored = await this.redis.run((commands) => commands.script(STORE, [text, lockOf(text)], args));
    this.outcomes.set(id, Number(stored));
  }

  async del(text: string): Promise<void> {
    const args = [CHANNEL, this.bus.message({ k: text })];
    const dropped = await this.redis.run((commands) => commands.script(DROP, [text, lockOf(text)], args));
    this.outcomes.set(text, Number(dropped));
  }

  /** Told for all reads at once: a promise for each would be in the way of every hit. */
  private failed(texts: readonly string[], error: unknown): null[] {
    for (const text of texts) this.failures.set(text, error);
    return texts.map(() => null);
  }

  throwFailureOf(text: string): void {
    if (this.failures.size === 0 || !this.failures.has(text)) return;
    const failure = this.failures.get(text);
    this.failures.delete(text);
    throw failure;
  }

  /** What the write with this id or the deletion of this key said: 0 for refused or nothing there; asked once. */
  outcomeOf(idOrText: string): number {
    const outcome = this.outcomes.get(idOrText) ?? 0;
    this.outcomes.delete(idOrText);
    return outcome;
  }
}
