import { type CacheDecorator, describeMethod, type InvalidationRule } from './cached-method.js';
import type { CacheRegionName } from './cache.types.js';

/** Of the method's arguments, or the same at each call. */
type Given<A extends readonly unknown[], T> = T | ((...args: A) => T);

/** Exactly one of tags, keys and pattern. */
export type CacheInvalidateOptions<A extends readonly unknown[], B extends readonly unknown[]> =
  | {
      readonly tags: Given<A, readonly string[]>;
      /** Only this owner's entries; all owners' when absent. */
      readonly owner?: (...args: B) => string;
    }
  | {
      readonly region: CacheRegionName;
      /** Names as `@Cached({ key })` gives them. */
      readonly keys: Given<A, readonly string[]>;
      /** As for `@Cached`: the workspace of the first argument that has one when absent. */
      readonly owner?: (...args: B) => string;
    }
  | {
      readonly region: CacheRegionName;
      /** `*` is the wildcard. */
      readonly pattern: Given<A, string>;
      readonly owner?: (...args: B) => string;
    };

/**
 * Invalidates after the method has resolved, before its caller goes on; never when it failed. An invalidation that fails is
 * logged and does not fail the call: what was written is written.
 */
export function CacheInvalidate<
  A extends readonly unknown[] = readonly unknown[],
  B extends readonly unknown[] = readonly unknown[],
>(options: CacheInvalidateOptions<A, B>): CacheDecorator<A, B> {
  return (target, name, descriptor) => {
    describeMethod(target, name, descriptor, { invalidations: [options as unknown as InvalidationRule] });
  };
}
