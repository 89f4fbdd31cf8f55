import { randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { CHANNEL, KEY_PREFIX } from './cache-key.js';
import { CacheRedis } from './cache-redis.js';
import { BEAT } from './cache-scripts.js';
import type { CacheRegionName } from './cache.types.js';
import { Peers } from './peers.js';

const BEAT_MS = 1000;
/** A process that does not hear a beat of its own within so long is deaf. */
const DEAF_AFTER_MS = 2500;

/** What a message tells; nothing in a beat. */
export interface News {
  /** The key in Redis whose value was set or deleted. */
  readonly k?: string;
  /** It was set by the load that had the claim: no load under way is concerned. */
  readonly w?: 1;
  /** The key whose load ended without a value. */
  readonly l?: string;
  /** Every value was deleted. */
  readonly f?: 1;
  readonly t?: { readonly tags: readonly string[]; readonly owner?: string };
  readonly p?: { readonly region: CacheRegionName; readonly owner: string; readonly pattern: string };
}

interface Message extends News {
  /** The sender, one id a process and start. */
  readonly n: string;
  /** Number of the message; in a beat the number of the last one. */
  readonly s: number;
}

export interface BusListener {
  heard(news: News): void;
  /** Messages may have been lost: nothing in the first tier can be trusted. */
  lost(): void;
  /** Whether it hears may have changed; also called with each beat. */
  tick(): void;
}

/**
 * Tells all processes what was invalidated, and notices when it no longer hears: every process numbers its messages and
 * sends a beat each second with its last number. A number that did not come by the beat after the next means a lost message; an own beat that
 * does not come back means a deaf subscription; both empty the first tier. Alike on one server, Sentinel and Cluster.
 */
@Injectable()
export class InvalidationBus implements OnApplicationShutdown {
  private readonly node = randomBytes(9).toString('base64url');
  private readonly peers = new Peers();
  private readonly waiting = new Map<string, Set<() => void>>();
  private listener?: BusListener;
  private sent = 0;
  private isSubscribed = false;
  /** When the beat was sent that was not heard yet, if one is under way. */
  private unheardSince?: number;
  private unsubscribe?: () => Promise<void>;
  private timer?: NodeJS.Timeout;
  /** Milliseconds that Redis's clock is ahead of ours. */
  private aheadMs = 0;

  constructor(
    private readonly redis: CacheRedis,
    private readonly clock: Clock,
  ) {}

  start(listener: BusListener): void {
    this.listener = listener;
    if (this.redis.state === 'off') return;
    this.unsubscribe = this.redis.subscribe(
      CHANNEL,
      (text) => this.receive(text),
      (up) => this.subscribed(up),
    );
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.unsubscribe?.();
  }

  /** False: changes of others would not be heard, so the first tier must not answer while the second can. */
  get hears(): boolean {
    if (!this.isSubscribed) return false;
    return this.unheardSince === undefined || this.clock.monotonicMs() - this.unheardSince < DEAF_AFTER_MS;
  }

  /** The text of the next message; each must be sent, since a number that is missing counts as a loss. */
  message(news: News): string {
    return JSON.stringify({ n: this.node, s: ++this.sent, ...news } satisfies Message);
  }

  /** Makes this process hear, too, what the others are told: of a change that was made in the second tier alone. */
  tellSelf(news: News): void {
    this.listener?.heard(news);
  }

  /** Redis's time in milliseconds, as far as it was heard. */
  redisNow(): number {
    return this.clock.nowMs() + this.aheadMs;
  }

  /** Corrects the difference by what Redis said just now. */
  sawRedisTime(ms: number): void {
    this.aheadMs = ms - this.clock.nowMs();
  }

  /** Milliseconds that Redis's clock is ahead of this process's. */
  get redisAheadMs(): number {
    return this.aheadMs;
  }

  /** Listens for news of a key; begin before looking, so that none is missed. */
  listen(text: string): { readonly wake: (timeoutMs: number) => Promise<void>; readonly end: () => void } {
    let called = false;
    let call = () => void (called = true);
    const notify = () => call();
    const all = this.waiting.get(text) ?? new Set();
    this.waiting.set(text, all.add(notify));
    return {
      wake: (timeoutMs) =>
        new Promise((resolve) => {
          if (called) return resolve();
          const timer = setTimeout(resolve, timeoutMs);
          call = () => {
            clearTimeout(timer);
            resolve();
          };
        }),
      end: () => {
        all.delete(notify);
        if (all.size === 0) this.waiting.delete(text);
      },
    };
  }

  /** Sends a beat; what it brings back is Redis's time and, by the subscription, the proof that we hear. */
  async beat(): Promise<void> {
    if (this.redis.state !== 'up') return;
    const message = JSON.stringify({ n: this.node, s: this.sent } satisfies Message);
    this.unheardSince ??= this.clock.monotonicMs();
    const time = await this.redis
      .run((commands) => commands.script(BEAT, [KEY_PREFIX], [CHANNEL, message]))
      .catch(() => undefined);
    if (time === undefined) this.unheardSince = undefined;
    else this.sawRedisTime(Number(time));
    if (this.isSubscribed && !this.hears) this.listener?.lost();
    else this.listener?.tick();
  }

  private subscribed(up: boolean): void {
    this.isSubscribed = up;
    this.peers.forget();
    this.unheardSince = undefined;
    // While Redis is away the values of this process go on; what was sent meanwhile is lost, so they end with its return.
    if (!up) return this.listener?.tick();
    this.listener?.lost();
    void this.beat();
  }

  private receive(text: string): void {
    const message = parsed(text);
    if (message === undefined) return;
    const about = message.k ?? message.l;
    const isBeat = [about, message.t, message.p, message.f].every((part) => part === undefined);
    if (about !== undefined) for (const notify of this.waiting.get(about) ?? []) notify();
    if (message.n === this.node) this.unheardSince = undefined;
    else this.follow(message, isBeat);
  }

  private follow(message: Message, isBeat: boolean): void {
    if (isBeat) {
      if (this.peers.beat(message.n, message.s)) this.listener?.lost();
      return;
    }
    this.peers.message(message.n, message.s);
    this.listener?.heard(message);
  }
}

function parsed(text: string): Message | undefined {
  try {
    const message = JSON.parse(text) as Partial<Message> | null;
    return typeof message?.n === 'string' && typeof message.s === 'number' ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}
