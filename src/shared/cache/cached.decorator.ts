import { type CacheDecorator, type CachedRule, describeMethod } from './cached-method.js';
import type { CacheRegionName } from './cache.types.js';

export interface CachedOptions<
  A extends readonly unknown[],
  B extends readonly unknown[],
  C extends readonly unknown[],
  Value,
> {
  readonly region: CacheRegionName;
  /** The whole name of the entry in its region and owner; else class, method and the SHA-256 of the arguments. */
  readonly key?: (...args: A) => string;
  /** Seconds, also as a function of the value (0: is not stored); the region's when absent. */
  readonly ttl?: number | ((value: Value) => number);
  readonly tags?: readonly string[] | ((...args: B) => readonly string[]);
  /** Whose value it is; else the workspace of the first argument that has one, or `public` in a public region. */
  readonly owner?: (...args: C) => string;
}

/**
 * Answers a method from the cache: one run per key at a time in the whole cluster, as `CacheService.getOrSet`. Works on the
 * providers of the application from its start; calls by `super` and from a constructor go to the method itself.
 */
export function Cached<
  A extends readonly unknown[] = readonly unknown[],
  B extends readonly unknown[] = readonly unknown[],
  C extends readonly unknown[] = readonly unknown[],
  Value = unknown,
>(options: CachedOptions<A, B, C, Value>): CacheDecorator<A, B, C, Value> {
  return (target, name, descriptor) => {
    describeMethod(target, name, descriptor, { cached: [options as unknown as CachedRule] });
  };
}
