import type {
  CacheAnswer,
  CacheKey,
  CacheLoadOptions,
  CacheRegionName,
  CacheRegionTotals,
  CacheStatistics,
  CacheWriteOptions,
} from './cache.types.js';

/**
 * The one cache of the product: two tiers, one load per key in the whole cluster. It never fails a request: a broken
 * tier is passed over, and what can't be stored is returned and counted.
 */
export abstract class CacheService {
  /** The value, or undefined when there is none (or its absence is remembered). */
  abstract get<T>(key: CacheKey): Promise<T | undefined>;
  /** Stores a value; wins over loads of the key that are under way. */
  abstract set<T>(key: CacheKey, value: T, options?: CacheWriteOptions): Promise<void>;
  /** Wins over loads that are under way, on every process. @returns whether there was a value */
  abstract delete(key: CacheKey): Promise<boolean>;
  abstract exists(key: CacheKey): Promise<boolean>;
  /** Deletes what `name` matches with `*` as wildcard, in one region and owner; returns how many. */
  abstract invalidatePattern(region: CacheRegionName, owner: string, pattern: string): Promise<number>;
  /** Deletes what carries one of the tags, of all owners or of one; returns how many. */
  abstract invalidateTags(tags: readonly string[], owner?: string): Promise<number>;
  /**
   * The value, or what `load` gives: one load per key at a time in the whole cluster, shared by all who wait. A failure
   * goes to all waiters, is remembered for a short back-off and is never stored as a value.
   */
  abstract getOrSet<T>(key: CacheKey, load: () => Promise<T>, options?: CacheLoadOptions<T>): Promise<T>;
  /** The same with what HTTP says about the answer; without a promise when this process holds the value. */
  abstract lookUp<T>(
    key: CacheKey,
    load: () => Promise<T>,
    options?: CacheLoadOptions<T>,
  ): CacheAnswer<T> | Promise<CacheAnswer<T>>;
  /**
   * The value that this process holds, where nothing needs doing for it: a look-up that counts as a hit. Undefined says
   * nothing: ask `lookUp`. @param endpoint under which the hit is counted
   */
  abstract held<T>(key: CacheKey, endpoint?: string): CacheAnswer<T> | undefined;
  /** Many keys; those missing are loaded by one call, which returns the values in the order of its argument. */
  abstract getOrSetMany<T>(
    keys: readonly CacheKey[],
    load: (missing: readonly CacheKey[]) => Promise<readonly T[]>,
    options?: CacheLoadOptions<T>,
  ): Promise<readonly T[]>;
  /** Adds to a counter that lives in the second tier when there is one; the first call sets its TTL. @returns the sum */
  abstract increment(key: CacheKey, by?: number, options?: CacheWriteOptions): Promise<number>;
  abstract statistics(): CacheStatistics;
  /** For counters that must only rise: `resetStatistics` does not touch them. */
  abstract totals(): readonly CacheRegionTotals[];
  abstract resetStatistics(): void;
  /** Whether all tiers answer. */
  abstract healthCheck(): Promise<boolean>;
}
