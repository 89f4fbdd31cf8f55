import { Injectable } from '@nestjs/common';
import { sha256Of } from '../canonical-json/canonical-json.js';
import { RedisAwayError } from '../redis/redis-away-error.js';
import { RedisService } from '../redis/redis.service.js';
import type { RedisCommands, RedisState, RedisStatistics } from '../redis/redis.types.js';
import { CHANNEL, KEY_PREFIX } from './cache-key.js';

const ID_LENGTH = 16;

/**
 * Redis with a room for each installation: what the cache calls `techspec:2:…` is `techspec:2-{installation}:…` there, so
 * that two installations on one Redis, whose workspaces may have the same id, never meet. Where an installation is expected
 * Redis is `away` until it is known.
 */
@Injectable()
export class CacheRedis extends RedisService {
  private prefix: string | undefined = KEY_PREFIX;
  private readonly listeners = new Set<() => void>();
  private original?: RedisCommands;
  private housed?: RedisCommands;

  constructor(private readonly redis: RedisService) {
    super();
  }

  /** Nothing is read or written before `useInstallation`. Called while the program is put together. */
  expectInstallation(): void {
    this.prefix = undefined;
  }

  /** @param seed what only the processes of this installation have in common */
  useInstallation(seed: string): void {
    this.prefix = `${KEY_PREFIX}-${sha256Of(seed).slice(0, ID_LENGTH)}`;
    this.housed = undefined;
    this.original = undefined;
    for (const listener of [...this.listeners]) listener();
  }

  get state(): RedisState {
    const { state } = this.redis;
    return state === 'up' && this.prefix === undefined ? 'away' : state;
  }

  run<T>(work: (commands: RedisCommands) => Promise<T>, deadlineMs?: number): Promise<T> {
    if (this.prefix === undefined) return Promise.reject(new RedisAwayError('the installation is not known yet'));
    return this.redis.run((commands) => work(this.inRoom(commands)), deadlineMs);
  }

  scan(match: string, onBatch: (keys: string[]) => Promise<void>): Promise<void> {
    return this.redis.scan(this.there(match), (keys) => onBatch(keys.map((key) => this.here(key))));
  }

  subscribe(channel: string, onMessage: (message: string) => void, onState: (up: boolean) => void) {
    let end: (() => Promise<void>) | undefined;
    const begin = () => {
      this.listeners.delete(begin);
      end = this.redis.subscribe(this.there(channel), onMessage, onState);
    };
    if (this.prefix === undefined) this.listeners.add(begin);
    else begin();
    return async () => {
      this.listeners.delete(begin);
      await end?.();
    };
  }

  onState(listener: (state: RedisState) => void): () => void {
    const tell = () => listener(this.state);
    this.listeners.add(tell);
    const end = this.redis.onState(tell);
    return () => {
      this.listeners.delete(tell);
      end();
    };
  }

  healthCheck(): Promise<boolean> {
    return this.redis.healthCheck();
  }

  statistics(): RedisStatistics {
    return this.redis.statistics();
  }

  /** One wrapper for one set of commands: there are few of these, and each command passes here. */
  private inRoom(commands: RedisCommands): RedisCommands {
    if (commands === this.original && this.housed !== undefined) return this.housed;
    this.original = commands;
    this.housed = {
      get: (key) => commands.get(this.there(key)),
      getMany: (keys) => commands.getMany(keys.map((key) => this.there(key))),
      set: (key, value, options) => commands.set(this.there(key), value, options),
      unlink: (keys) =>
        commands.unlink(typeof keys === 'string' ? this.there(keys) : keys.map((key) => this.there(key))),
      pTTL: (key) => commands.pTTL(this.there(key)),
      publish: (channel, message) => commands.publish(this.there(channel), message),
      script: (script, keys, args) =>
        commands.script(
          script,
          keys.map((key) => this.there(key)),
          args.map((arg) => (arg === CHANNEL ? this.there(arg) : arg)),
        ),
    };
    return this.housed;
  }

  /** A key as Redis has it; the prefix stands first, or after the brace of a hash tag. */
  private there(key: string): string {
    const prefix = this.prefix ?? KEY_PREFIX;
    return key.startsWith('{')
      ? `{${prefix}${key.slice(KEY_PREFIX.length + 1)}`
      : prefix + key.slice(KEY_PREFIX.length);
  }

  private here(key: string): string {
    const { length } = this.prefix ?? KEY_PREFIX;
    return key.startsWith('{') ? `{${KEY_PREFIX}${key.slice(length + 1)}` : KEY_PREFIX + key.slice(length);
  }
}
