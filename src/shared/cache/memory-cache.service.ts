import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../../config/config.js';
import { Clock } from '../clock/clock.js';
import { CacheService } from './cache.service.js';
import { CacheRegionCounters } from './cache-region-counters.js';
import type { CacheKey, CacheRegionName, CacheRegionStatistics, CacheWriteOptions } from './cache.types.js';

interface Entry {
  readonly region: CacheRegionName;
  readonly value: unknown;
  readonly tags: readonly string[];
  /** What a hit saves: the time its load took. */
  readonly loadMs: number;
  readonly expiresAt: number;
  readonly bytes: number;
}

/** A load under way; `fenced` once something invalidated its key, so that its result is not stored. */
interface Load {
  readonly result: Promise<unknown>;
  readonly tags: readonly string[];
  fenced: boolean;
}

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * First tier: values of this process, bounded by bytes. Each key is loaded once at a time (who comes later waits for
 * the same promise), and an invalidation during a load wins over its write: the waiters get the value, nobody stores it.
 * Values are shared by reference and frozen at the top, so a caller that changes its copy fails loudly, not silently.
 */
@Injectable()
export class MemoryCacheService extends CacheService {
  private readonly entries: LRUCache<string, Entry>;
  private readonly loads = new Map<string, Load>();
  private readonly counters = new CacheRegionCounters();

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super();
    this.entries = new LRUCache({ maxSize: MAX_BYTES, sizeCalculation: (entry) => entry.bytes });
  }

  async get<T>(key: CacheKey): Promise<T | undefined> {
    const entry = this.fresh(key);
    this.counters.look(key.region, entry ? 'hits' : 'misses', entry?.loadMs);
    return entry?.value as T | undefined;
  }

  async set<T>(key: CacheKey, value: T, options: CacheWriteOptions = {}): Promise<void> {
    this.fence((name) => name === textOf(key));
    this.store(key, value, options, 0);
  }

  async delete(key: CacheKey): Promise<boolean> {
    return (await this.drop(key.region, (name) => name === textOf(key))) > 0;
  }

  async exists(key: CacheKey): Promise<boolean> {
    return this.fresh(key) !== undefined;
  }

  async invalidatePattern(region: CacheRegionName, owner: string, pattern: string): Promise<number> {
    const matches = wildcard(`${region}:${owner}:${pattern}`);
    return this.drop(region, (name) => matches.test(name));
  }

  async invalidateTags(tags: readonly string[]): Promise<number> {
    const wanted = new Set(tags);
    const tagged = (entry: { readonly tags: readonly string[] } | undefined) =>
      entry?.tags.some((tag) => wanted.has(tag)) ?? false;
    for (const load of this.loads.values()) load.fenced ||= tagged(load);
    return this.removeWhere((_name, entry) => tagged(entry));
  }

  async getOrSet<T>(key: CacheKey, load: () => Promise<T>, options: CacheWriteOptions = {}): Promise<T> {
    const entry = this.fresh(key);
    if (entry) {
      this.counters.look(key.region, 'hits', entry.loadMs);
      return entry.value as T;
    }
    const running = this.loads.get(textOf(key));
    if (running && !running.fenced) {
      this.counters.look(key.region, 'coalesced');
      return running.result as Promise<T>;
    }
    this.counters.look(key.region, 'misses');
    return this.load(key, load, options);
  }

  async getOrSetMany<T>(
    keys: readonly CacheKey[],
    load: (missing: readonly CacheKey[]) => Promise<readonly T[]>,
    options: CacheWriteOptions = {},
  ): Promise<readonly T[]> {
    const missing = keys.filter((key) => !this.fresh(key) && !this.loads.has(textOf(key)));
    let batch: Promise<readonly T[]> | undefined;
    const loadOne = async (key: CacheKey): Promise<T> => {
      batch ??= load(missing);
      const index = missing.indexOf(key);
      // A key that another caller's load has just lost is loaded alone.
      return index < 0 ? ((await load([key]))[0] as T) : ((await batch)[index] as T);
    };
    return Promise.all(keys.map((key) => this.getOrSet(key, () => loadOne(key), options)));
  }

  async increment(key: CacheKey, by = 1, options: CacheWriteOptions = {}): Promise<number> {
    const before = this.fresh(key);
    const value = (typeof before?.value === 'number' ? before.value : 0) + by;
    const left = before ? (before.expiresAt - this.clock.now().getTime()) / 1000 : undefined;
    this.store(key, value, { ttl: left, tags: before?.tags, ...options }, 0);
    return value;
  }

  statistics(): readonly CacheRegionStatistics[] {
    const sizes = new Map<CacheRegionName, { entries: number; bytes: number }>();
    for (const { region, bytes } of this.entries.values()) {
      const size = sizes.get(region) ?? { entries: 0, bytes: 0 };
      sizes.set(region, { entries: size.entries + 1, bytes: size.bytes + bytes });
    }
    return this.counters.snapshot(sizes);
  }

  resetStatistics(): void {
    this.counters.reset();
  }

  async healthCheck(): Promise<boolean> {
    return true;
  }

  private async load<T>(key: CacheKey, load: () => Promise<T>, options: CacheWriteOptions): Promise<T> {
    const name = textOf(key);
    const startedAt = this.clock.monotonicMs();
    const running: Load = { tags: options.tags ?? [], fenced: false, result: Promise.resolve().then(load) };
    this.loads.set(name, running);
    try {
      const value = (await running.result) as T;
      const tookMs = this.clock.monotonicMs() - startedAt;
      this.counters.loaded(key.region, tookMs);
      if (!running.fenced) this.store(key, value, options, tookMs);
      return value;
    } catch (error) {
      this.counters.look(key.region, 'errors');
      throw error;
    } finally {
      if (this.loads.get(name) === running) this.loads.delete(name);
    }
  }

  private fresh(key: CacheKey): Entry | undefined {
    if (!this.config.cache.enabled) return undefined;
    const name = textOf(key);
    const entry = this.entries.get(name);
    if (entry && entry.expiresAt <= this.clock.now().getTime()) {
      this.entries.delete(name);
      return undefined;
    }
    return entry;
  }

  private store(key: CacheKey, value: unknown, options: CacheWriteOptions, loadMs: number): void {
    const ttl = options.ttl ?? this.config.cache.ttl[key.region] ?? this.config.cache.defaultTtl;
    if (!this.config.cache.enabled || ttl <= 0 || value === undefined) return;
    const bytes = sizeOf(value);
    if (bytes > MAX_BYTES / 8) return;
    const expiresAt = this.clock.now().getTime() + ttl * 1000;
    const held = typeof value === 'object' && value !== null ? Object.freeze(value) : value;
    this.entries.set(textOf(key), {
      region: key.region,
      value: held,
      tags: options.tags ?? [],
      loadMs,
      expiresAt,
      bytes,
    });
  }

  private async drop(region: CacheRegionName, matches: (name: string) => boolean): Promise<number> {
    this.fence(matches);
    return this.removeWhere((name, entry) => entry.region === region && matches(name));
  }

  private fence(matches: (name: string) => boolean): void {
    for (const [name, load] of this.loads) load.fenced ||= matches(name);
  }

  private removeWhere(matches: (name: string, entry: Entry) => boolean): number {
    const doomed = [...this.entries.entries()].filter(([name, entry]) => matches(name, entry));
    for (const [name, { region }] of doomed) {
      this.entries.delete(name);
      this.counters.look(region, 'invalidations');
    }
    return doomed.length;
  }
}

const textOf = ({ region, owner, name }: CacheKey) => `${region}:${owner}:${name}`;

const wildcard = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*')}$`, 's');

/** Bytes of the value as JSON in UTF-16, the upper bound of what V8 keeps for plain data; at least one. */
function sizeOf(value: unknown): number {
  return Math.max(1, (JSON.stringify(value)?.length ?? 0) * 2);
}
