import type { CacheRegionName, CacheRegionStatistics } from './cache.types.js';

type Count = 'hits' | 'misses' | 'errors' | 'coalesced' | 'invalidations';
type Counters = Record<Count | 'loads' | 'loadTimeMs' | 'latencySavedMs', number>;

const REGIONS: readonly CacheRegionName[] = [
  'research',
  'codeAnalysis',
  'apiInference',
  'searchResults',
  'networkMetadata',
  'analysisResults',
  'sessionList',
  'statistics',
  'dashboard',
  'criteria',
];
const zero = (): Counters => ({
  hits: 0,
  misses: 0,
  errors: 0,
  coalesced: 0,
  invalidations: 0,
  loads: 0,
  loadTimeMs: 0,
  latencySavedMs: 0,
});

/** What happened, by region, since the start or the last reset. An error is not a miss. */
export class CacheRegionCounters {
  private counters = new Map(REGIONS.map((region) => [region, zero()]));

  /** `savedMs`: how long the load took that this hit made unnecessary. */
  look(region: CacheRegionName, what: Count, savedMs = 0): void {
    const counters = this.of(region);
    counters[what] += 1;
    counters.latencySavedMs += savedMs;
  }

  loaded(region: CacheRegionName, tookMs: number): void {
    const counters = this.of(region);
    counters.loads += 1;
    counters.loadTimeMs += tookMs;
  }

  snapshot(sizes: ReadonlyMap<CacheRegionName, { entries: number; bytes: number }>): readonly CacheRegionStatistics[] {
    return REGIONS.map((region) => ({
      region,
      ...this.of(region),
      ...(sizes.get(region) ?? { entries: 0, bytes: 0 }),
    }));
  }

  reset(): void {
    this.counters = new Map(REGIONS.map((region) => [region, zero()]));
  }

  private of(region: CacheRegionName): Counters {
    const counters = this.counters.get(region) ?? zero();
    this.counters.set(region, counters);
    return counters;
  }
}
