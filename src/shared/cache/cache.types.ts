import type { CacheRegionName } from './cache-regions.js';

export type { CacheRegionName } from './cache-regions.js';

export interface CacheKey {
  readonly region: CacheRegionName;
  /** Whose value it is: a workspace id, or `public` for what rests on public facts alone. */
  readonly owner: string;
  /** The readable part, e.g. `tech_research:queue-jobs:3f2a…`; unique inside region and owner, of any length and bytes. */
  readonly name: string;
}

export interface CacheWriteOptions {
  /** Seconds (fractions are rounded up to a millisecond); the region's when absent; 0: is not stored. */
  readonly ttl?: number;
  /** Names by which the entry can be invalidated together with others. */
  readonly tags?: readonly string[];
}

export interface CacheLoadOptions<T> {
  /** Seconds, also as a function of the value; the region's when absent or undefined; 0: the value is not stored. */
  readonly ttl?: number | ((value: T) => number | undefined);
  readonly tags?: readonly string[] | ((value: T) => readonly string[]);
  /** Seconds beyond the TTL that a value may be served while its load runs in the background or fails; the region's when absent. */
  readonly graceTtl?: number | ((value: T) => number | undefined);
  /** Milliseconds after which a value in its grace is served instead of waiting for the load, which goes on; the region's when absent. */
  readonly softTimeoutMs?: number;
  /** US dollars that the load cost, and that each hit saves. */
  readonly costUsd?: number | ((value: T) => number);
  /** `reload`: load although a value is stored, and store the new one. */
  readonly mode?: 'reload';
  /** Route template or name of the caller under which the look-up is counted, too. */
  readonly endpoint?: string;
}

/** Where an answer came from: `stale` is a value in its grace, `coalesced` the result of a load that another caller began. */
export type CacheOutcome = 'hit' | 'stale' | 'miss' | 'coalesced' | 'bypass';

/** A value with what HTTP says about it. */
export interface CacheAnswer<T> {
  readonly value: T;
  readonly outcome: CacheOutcome;
  /** Seconds since the value was stored. */
  readonly age: number;
  /** Seconds of freshness left; 0 or less in the grace. */
  readonly ttl: number;
  /** False: nobody will find it again (not cacheable, invalidated meanwhile, caching off). */
  readonly stored: boolean;
  /** The second tier did not take part since it is away. */
  readonly secondTierAway: boolean;
}

/** What happened in a region or for an endpoint since `CacheStatistics.since`. An error is not a miss. */
export interface CacheCounts {
  readonly hitsL1: number;
  readonly hitsL2: number;
  readonly stale: number;
  readonly misses: number;
  /** Loads that failed, and operations of the second tier that failed. */
  readonly errors: number;
  readonly coalesced: number;
  readonly invalidations: number;
  /** Values that were returned and not stored: they can't be serialised or are too large. */
  readonly bypassed: number;
  readonly loads: number;
  readonly loadTimeMs: number;
  readonly latencySavedMs: number;
  readonly costSavedUsd: number;
}

export interface CacheRegionStatistics extends CacheCounts {
  readonly region: CacheRegionName;
  /** Values in this process. */
  readonly entries: number;
  readonly bytes: number;
  /** The TTL in force, seconds, and why it is that long. */
  readonly ttl: number;
  readonly ttlReason: string;
}

export interface CacheEndpointStatistics extends CacheCounts {
  readonly endpoint: string;
}

export interface CacheStatistics {
  /** Start of the process or the last reset. */
  readonly since: Date;
  readonly regions: readonly CacheRegionStatistics[];
  readonly endpoints: readonly CacheEndpointStatistics[];
  readonly firstTier: { readonly entries: number; readonly bytes: number; readonly maxBytes: number };
  /** `off` without REDIS_URL. */
  readonly secondTier: 'off' | 'up' | 'away';
}

/** Why entries were invalidated, as a metric label. */
export type CacheInvalidationCause = 'key' | 'tag' | 'pattern';

/** The counts of a region since the start of the process; a reset of the statistics leaves them alone. */
export interface CacheRegionTotals extends CacheCounts {
  readonly region: CacheRegionName;
  readonly causes: Readonly<Record<CacheInvalidationCause, number>>;
}
