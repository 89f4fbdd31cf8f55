/** How a region keeps its values; what is absent takes the default. */
export interface CacheRegion {
  /** `workspace`: the owner of a key must be a workspace; `public`: values rest on public facts and all may share them. */
  readonly scope: 'workspace' | 'public';
  /** Seconds beyond the TTL that a value may be served while its load runs or fails; default 0. */
  readonly graceTtl?: number;
  /** Milliseconds of waiting for a load before a value in its grace is served; default 0, at once. */
  readonly softTimeoutMs?: number;
  /** Seconds that the absence of a value (`undefined`) is remembered; absent: an absence is not stored. */
  readonly missTtl?: number;
  /** Milliseconds that a failure is given to who asks again, without a new load; default 1000, 0: to the waiters alone. */
  readonly failureBackoffMs?: number;
  /** Bounds in seconds between which the TTL follows what is observed (row Q4); absent: the TTL is fixed. */
  readonly adaptive?: { readonly min: number; readonly max: number };
  /** Largest value that is stored, in bytes of memory (an upper bound, some 2-5 × its JSON); default 16 MB. */
  readonly maxBytes?: number;
}

const ADAPTIVE = { min: 30, max: 3600 } as const;

/**
 * The regions of the product, the one place where they are declared. The TTL of each is the setting
 * `CACHE_TTL_<NAME>` (rows T3 and P14), else CACHE_DEFAULT_TTL. A new module adds its line here.
 */
export const CACHE_REGIONS = {
  // A document rests on it: an old answer only while no new one can be had.
  research: { scope: 'workspace', graceTtl: 3600, softTimeoutMs: 30_000 },
  codeAnalysis: { scope: 'workspace' },
  apiInference: { scope: 'workspace' },
  searchResults: { scope: 'workspace', graceTtl: 3600 },
  networkMetadata: { scope: 'workspace' },
  analysisResults: { scope: 'workspace' },
  sessionList: { scope: 'workspace' },
  statistics: { scope: 'workspace', adaptive: ADAPTIVE },
  dashboard: { scope: 'workspace' },
  criteria: { scope: 'workspace' },
  httpResponses: { scope: 'workspace', failureBackoffMs: 0, maxBytes: 8 * 1024 * 1024 },
  releases: { scope: 'public' },
} as const satisfies Readonly<Record<string, CacheRegion>>;

export type CacheRegionName = keyof typeof CACHE_REGIONS;

/** A region's declaration with all its optional parts. */
export const regionOf = (name: CacheRegionName): CacheRegion => CACHE_REGIONS[name];

export const CACHE_REGION_NAMES = Object.keys(CACHE_REGIONS) as readonly CacheRegionName[];
