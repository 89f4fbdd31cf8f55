/** The regions of the product; each has a TTL setting `CACHE_TTL_<NAME>` (seconds). */
export type CacheRegionName =
  | 'research'
  | 'codeAnalysis'
  | 'apiInference'
  | 'searchResults'
  | 'networkMetadata'
  | 'analysisResults'
  | 'sessionList'
  | 'statistics'
  | 'dashboard'
  | 'criteria';

export interface CacheKey {
  readonly region: CacheRegionName;
  /** Whose value it is: a workspace id, or `public` for what rests on public facts alone. */
  readonly owner: string;
  /** The readable part, e.g. `tech_research:queue-jobs:3f2a…`; unique inside region and owner. */
  readonly name: string;
}

export interface CacheWriteOptions {
  /** Seconds; the region's default when absent. */
  readonly ttl?: number;
  /** Names by which the entry can be invalidated together with others. */
  readonly tags?: readonly string[];
}

export interface CacheRegionStatistics {
  readonly region: CacheRegionName;
  readonly hits: number;
  readonly misses: number;
  readonly errors: number;
  readonly coalesced: number;
  readonly invalidations: number;
  readonly loads: number;
  readonly loadTimeMs: number;
  readonly latencySavedMs: number;
  readonly entries: number;
  readonly bytes: number;
}
