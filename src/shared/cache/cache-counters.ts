import { CACHE_REGION_NAMES } from './cache-regions.js';
import type {
  CacheCounts,
  CacheEndpointStatistics,
  CacheInvalidationCause,
  CacheRegionName,
  CacheRegionTotals,
} from './cache.types.js';
import type { Entry } from './first-tier.js';

type Counts = { -readonly [name in keyof CacheCounts]: CacheCounts[name] };
export type CountName = 'stale' | 'misses' | 'errors' | 'coalesced' | 'invalidations' | 'bypassed';

const zero = (): Counts => ({
  hitsL1: 0,
  hitsL2: 0,
  stale: 0,
  misses: 0,
  errors: 0,
  coalesced: 0,
  invalidations: 0,
  bypassed: 0,
  loads: 0,
  loadTimeMs: 0,
  latencySavedMs: 0,
  costSavedUsd: 0,
});

/** Endpoints are route templates, hence few; what is beyond is counted together. */
const MOST_ENDPOINTS = 500;
const OTHER = 'other';

/**
 * What happened, by region and by endpoint. Each is counted twice: for the process (never reset, for Prometheus, whose
 * counters must only rise) and since the last reset (for people): the second is the first minus what it was at the reset.
 */
export class CacheCounters {
  /** An object, not a map: a look-up by a constant name costs a third. */
  private readonly regions = Object.fromEntries(CACHE_REGION_NAMES.map((region) => [region, zero()])) as Record<
    CacheRegionName,
    Counts
  >;
  private readonly endpoints = new Map<string, Counts>();
  private readonly causes = new Map<CacheRegionName, Record<CacheInvalidationCause, number>>(
    CACHE_REGION_NAMES.map((region) => [region, { key: 0, tag: 0, pattern: 0 }]),
  );
  private regionsAtReset = new Map<CacheRegionName, Counts>();
  private endpointsAtReset = new Map<string, Counts>();

  hit(tier: 'hitsL1' | 'hitsL2' | 'stale', entry: Entry, endpoint: string | undefined): void {
    const counts = this.of(entry.key.region);
    counts[tier] += 1;
    counts.latencySavedMs += entry.loadMs;
    counts.costSavedUsd += entry.costUsd;
    if (endpoint === undefined) return;
    const own = this.endpoint(endpoint);
    own[tier] += 1;
    own.latencySavedMs += entry.loadMs;
    own.costSavedUsd += entry.costUsd;
  }

  add(region: CacheRegionName, name: CountName, endpoint?: string): void {
    this.of(region)[name] += 1;
    if (endpoint !== undefined) this.endpoint(endpoint)[name] += 1;
  }

  invalidated(region: CacheRegionName, cause: CacheInvalidationCause, count: number): void {
    this.of(region).invalidations += count;
    const causes = this.causes.get(region);
    if (causes) causes[cause] += count;
  }

  loaded(region: CacheRegionName, tookMs: number, endpoint?: string): void {
    for (const counts of [this.of(region), ...(endpoint === undefined ? [] : [this.endpoint(endpoint)])]) {
      counts.loads += 1;
      counts.loadTimeMs += tookMs;
    }
  }

  /** Look-ups since the start of the process. */
  lookUps(region: CacheRegionName): { readonly hits: number; readonly misses: number } {
    const { hitsL1, hitsL2, misses } = this.of(region);
    return { hits: hitsL1 + hitsL2, misses };
  }

  /** Since the last reset. */
  regionCounts(region: CacheRegionName): CacheCounts {
    return difference(this.of(region), this.regionsAtReset.get(region));
  }

  /** Since the last reset, those that were asked at all. */
  endpointCounts(): readonly CacheEndpointStatistics[] {
    return [...this.endpoints].map(([endpoint, counts]) => ({
      endpoint,
      ...difference(counts, this.endpointsAtReset.get(endpoint)),
    }));
  }

  /** Since the start of the process. */
  totals(): readonly CacheRegionTotals[] {
    return CACHE_REGION_NAMES.map((region) => ({
      region,
      ...this.of(region),
      causes: { ...(this.causes.get(region) ?? { key: 0, tag: 0, pattern: 0 }) },
    }));
  }

  reset(): void {
    this.regionsAtReset = copied(new Map(CACHE_REGION_NAMES.map((region) => [region, this.of(region)])));
    this.endpointsAtReset = copied(this.endpoints);
  }

  private of(region: CacheRegionName): Counts {
    return this.regions[region];
  }

  private endpoint(name: string): Counts {
    const known = this.endpoints.get(name);
    if (known !== undefined) return known;
    const counted = this.endpoints.size < MOST_ENDPOINTS ? name : OTHER;
    const counts = this.endpoints.get(counted) ?? zero();
    this.endpoints.set(counted, counts);
    return counts;
  }
}

const copied = <K>(map: ReadonlyMap<K, Counts>) => new Map([...map].map(([key, counts]) => [key, { ...counts }]));

function difference(now: Counts, then: Counts | undefined): CacheCounts {
  if (then === undefined) return { ...now };
  const names = Object.keys(now) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, now[name] - then[name]])) as unknown as CacheCounts;
}
