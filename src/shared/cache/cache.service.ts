import type { CacheKey, CacheRegionName, CacheRegionStatistics, CacheWriteOptions } from './cache.types.js';

/** The one cache of the product; implementations must never fail a request: a broken tier is a miss. */
export abstract class CacheService {
  abstract get<T>(key: CacheKey): Promise<T | undefined>;
  abstract set<T>(key: CacheKey, value: T, options?: CacheWriteOptions): Promise<void>;
  abstract delete(key: CacheKey): Promise<boolean>;
  abstract exists(key: CacheKey): Promise<boolean>;
  /** Deletes what `name` matches with `*` as wildcard, in one region and owner; returns how many. */
  abstract invalidatePattern(region: CacheRegionName, owner: string, pattern: string): Promise<number>;
  abstract invalidateTags(tags: readonly string[]): Promise<number>;
  /** The value, or what `load` gives: one load per key at a time, shared by all who wait. Failures are not stored. */
  abstract getOrSet<T>(key: CacheKey, load: () => Promise<T>, options?: CacheWriteOptions): Promise<T>;
  abstract getOrSetMany<T>(
    keys: readonly CacheKey[],
    load: (missing: readonly CacheKey[]) => Promise<readonly T[]>,
    options?: CacheWriteOptions,
  ): Promise<readonly T[]>;
  abstract increment(key: CacheKey, by?: number, options?: CacheWriteOptions): Promise<number>;
  abstract statistics(): readonly CacheRegionStatistics[];
  abstract resetStatistics(): void;
  abstract healthCheck(): Promise<boolean>;
}
