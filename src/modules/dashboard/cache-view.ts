import { hitRatePercent } from '../../http/performance-report.js';
import { CACHE_REGIONS } from '../../shared/cache/cache-regions.js';
import type { CacheCounts, CacheStatistics } from '../../shared/cache/cache.types.js';
import type { CacheOutput } from './cache.schemas.js';

type Counts = Omit<CacheOutput['endpoints'][number], 'endpoint'>;

/** The cache's statistics as operators read them. */
export function cacheView({ since, regions, endpoints, firstTier, secondTier }: CacheStatistics): CacheOutput {
  return {
    since: since.toISOString(),
    firstTier: { entries: firstTier.entries, bytes: firstTier.bytes, maxBytes: firstTier.maxBytes },
    secondTier: { state: secondTier },
    regions: regions.map((one) => ({
      region: one.region,
      scope: CACHE_REGIONS[one.region].scope,
      ttlSeconds: one.ttl,
      ttlReason: one.ttlReason,
      entries: one.entries,
      bytes: one.bytes,
      ...countsView(one),
    })),
    endpoints: endpoints.map((one) => ({ endpoint: one.endpoint, ...countsView(one) })),
  };
}

function countsView(counts: CacheCounts): Counts {
  return {
    hits: { l1: counts.hitsL1, l2: counts.hitsL2 },
    stale: counts.stale,
    misses: counts.misses,
    coalesced: counts.coalesced,
    errors: counts.errors,
    bypassed: counts.bypassed,
    invalidations: counts.invalidations,
    hitRatePercent: hitRatePercent(counts),
    loads: counts.loads,
    loadTimeMs: microseconds(counts.loadTimeMs),
    latencySavedMs: microseconds(counts.latencySavedMs),
    costSaved: { amount: counts.costSavedUsd.toFixed(6), currency: 'USD' },
  };
}

/** Milliseconds, to a microsecond: what is beyond is noise of the clock. */
const microseconds = (ms: number) => Math.round(ms * 1000) / 1000;
