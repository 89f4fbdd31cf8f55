import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CHANNEL, lockOf } from './cache-key.js';
import { CacheRedis } from './cache-redis.js';
import { DROP, STORE } from './cache-scripts.js';
import { InvalidationBus } from './invalidation-bus.js';

/** A value in Redis with what belongs to it. Times are milliseconds of Redis's clock. What is nothing is left out: text costs at each hit. */
export interface Envelope {
  /** Id of the write, 16 characters; the first member, since it is looked for at a fixed place of the text. */
  readonly f: string;
  readonly v?: unknown;
  /** The remembered absence of a value. */
  readonly a?: 1;
  /** Stored at; fresh for so long, and so long in its grace after that. */
  readonly s: number;
  readonly u: number;
  readonly g?: number;
  /** Bytes in memory. */
  readonly b: number;
  /** What a hit saves: milliseconds and US dollars; tags. */
  readonly l?: number;
  readonly c?: number;
  readonly t?: readonly string[];
}

/** Where the id stands in what the cache manager sends: `{"value":{"f":"` comes before it. */
const ID_AT = 15;
const ID_LENGTH = 16;
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

  constructor(
    private readonly redis: CacheRedis,
    private readonly bus: InvalidationBus,
  ) {}

  get(text: string): Promise<string | null> {
    return this.redis
      .run((commands) => commands.get(text))
      .catch((error: unknown) => {
        this.failures.set(text, error);
        return null;
      });
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
