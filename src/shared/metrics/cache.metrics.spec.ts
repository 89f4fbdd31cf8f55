import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import { CACHE_REGION_NAMES } from '../cache/cache-regions.js';
import { CacheService } from '../cache/cache.service.js';
import type { CacheRegionTotals } from '../cache/cache.types.js';
import { RedisService } from '../redis/redis.service.js';
import type { RedisStatistics } from '../redis/redis.types.js';
import { CACHE_METRICS, CacheMetrics, CacheOutcomeCounters, CacheSavings } from './cache.metrics.js';
import { REDIS_METRICS, RedisMetrics, RedisPoolGauges } from './redis.metrics.js';
import { ScrapeCollectors } from './scrape-collectors.js';

const ZERO: Omit<CacheRegionTotals, 'region'> = {
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
  causes: { key: 0, tag: 0, pattern: 0 },
};

describe('the families of the cache and of Redis', () => {
  let totals: CacheRegionTotals[];
  let redis: Pick<RedisStatistics, 'maxConnections' | 'inUse' | 'waiting' | 'commands' | 'errors'>;
  let collectors: ScrapeCollectors;
  const scrape = async () => {
    await collectors.run();
    return register.metrics();
  };
  const valueOf = (text: string, sample: string) =>
    Number(new RegExp(`^${sample.replace(/[{}|]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1]);

  beforeEach(async () => {
    register.clear();
    totals = CACHE_REGION_NAMES.map((region) => ({ region, ...ZERO }));
    redis = { maxConnections: 50, inUse: 0, waiting: 0, commands: 0, errors: 0 };
    const module = await Test.createTestingModule({
      providers: [
        ScrapeCollectors,
        ...CACHE_METRICS,
        CacheOutcomeCounters,
        CacheSavings,
        CacheMetrics,
        ...REDIS_METRICS,
        RedisPoolGauges,
        RedisMetrics,
        {
          provide: CacheService,
          useValue: {
            totals: () => totals,
            statistics: () => ({ regions: totals.map(({ region }) => ({ region, bytes: 7 })) }),
          },
        },
        { provide: RedisService, useValue: { statistics: () => redis } },
      ],
    }).compile();
    await module.init();
    collectors = module.get(ScrapeCollectors);
  });
  afterEach(() => register.clear());

  it('every child of the closed sets is there at 0 before anything happened', async () => {
    const text = await scrape();
    const children = (name: string) => [...text.matchAll(new RegExp(`^tech_spec_${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))];
    const regions = CACHE_REGION_NAMES.length;
    for (const [name, count] of [
      ['cache_operations_total', 9 * regions],
      ['cache_coalesced_total', regions],
      ['cache_invalidations_total', 3 * regions],
      ['cache_latency_saved_seconds_total', regions],
      ['cache_cost_saved_usd_total', regions],
      ['cache_hit_ratio', regions],
      ['redis_commands_total', 1],
      ['redis_errors_total', 1],
      ['redis_pool_in_use', 1],
      ['redis_pool_waiting', 1],
    ] as const)
      expect([name, children(name).map(([, value]) => value)]).toEqual([
        name,
        Array.from({ length: count }, () => '0'),
      ]);
  });

  it('shows totals as they stand, however often it is asked', async () => {
    totals[0] = {
      region: 'research',
      ...ZERO,
      hitsL1: 5,
      hitsL2: 2,
      stale: 1,
      misses: 1,
      coalesced: 1,
      errors: 3,
      invalidations: 4,
      causes: { key: 1, tag: 3, pattern: 0 },
      latencySavedMs: 1500,
      costSavedUsd: 0.25,
    };
    redis = { maxConnections: 50, inUse: 3, waiting: 2, commands: 12, errors: 1 };
    await scrape();
    const text = await scrape();
    const get = (result: string, tier: string) =>
      Number(
        text
          .split('\n')
          .find((line) =>
            ['operation="get"', `result="${result}"`, `tier="${tier}"`, 'region="research"'].every((label) =>
              line.includes(label),
            ),
          )
          ?.split(' ')[1],
      );
    expect([get('hit', 'l1'), get('hit', 'l2'), get('stale', 'none'), get('miss', 'none')]).toEqual([5, 2, 1, 1]);
    expect(valueOf(text, 'tech_spec_cache_invalidations_total{region="research",cause="tag"}')).toBe(3);
    expect(valueOf(text, 'tech_spec_cache_latency_saved_seconds_total{region="research"}')).toBe(1.5);
    expect(valueOf(text, 'tech_spec_cache_cost_saved_usd_total{region="research"}')).toBe(0.25);
    expect(valueOf(text, 'tech_spec_cache_hit_ratio{region="research"}')).toBe(0.8);
    expect(valueOf(text, 'tech_spec_redis_pool_size')).toBe(50);
    expect(valueOf(text, 'tech_spec_redis_pool_in_use')).toBe(3);
    expect(valueOf(text, 'tech_spec_redis_commands_total')).toBe(12);
  });
});
