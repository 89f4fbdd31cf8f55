import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Gauge } from 'prom-client';
import { CacheService } from '../cache/cache.service.js';
import type { CacheInvalidationCause, CacheRegionTotals } from '../cache/cache.types.js';
import { ScrapeCollectors } from './scrape-collectors.js';

const OPERATIONS = 'tech_spec_cache_operations_total';
const COALESCED = 'tech_spec_cache_coalesced_total';
const INVALIDATIONS = 'tech_spec_cache_invalidations_total';
const LATENCY_SAVED = 'tech_spec_cache_latency_saved_seconds_total';
const COST_SAVED = 'tech_spec_cache_cost_saved_usd_total';
const HIT_RATIO = 'tech_spec_cache_hit_ratio';
const SIZE = 'tech_spec_cache_size_bytes';

export const CACHE_METRICS = [
  makeCounterProvider({
    name: OPERATIONS,
    help: 'What was asked of the cache, by what it came to and the tier that answered.',
    labelNames: ['operation', 'result', 'region', 'tier'],
  }),
  makeCounterProvider({
    name: COALESCED,
    help: 'Look-ups that waited for a load which another caller had begun.',
    labelNames: ['region'],
  }),
  makeCounterProvider({
    name: INVALIDATIONS,
    help: 'Entries deleted by key, by tag or by pattern.',
    labelNames: ['region', 'cause'],
  }),
  makeCounterProvider({
    name: LATENCY_SAVED,
    help: 'Seconds that loads would have taken which hits made unnecessary.',
    labelNames: ['region'],
  }),
  makeCounterProvider({
    name: COST_SAVED,
    help: 'US dollars that loads would have cost which hits made unnecessary.',
    labelNames: ['region'],
  }),
  makeGaugeProvider({
    name: HIT_RATIO,
    help: 'Hits of all look-ups since the start, 0 to 1; 0 when there was none.',
    labelNames: ['region'],
  }),
  makeGaugeProvider({
    name: SIZE,
    help: 'Bytes of the values in the first tier of this process.',
    labelNames: ['region', 'tier'],
  }),
];

const CAUSES: readonly CacheInvalidationCause[] = ['key', 'tag', 'pattern'];

/** Every combination that can occur; their sum is all that was asked of the cache. */
const OPERATION_CHILDREN: readonly {
  readonly labels: { readonly operation: string; readonly result: string; readonly tier: string };
  readonly count: (totals: CacheRegionTotals) => number;
}[] = [
  { labels: { operation: 'get', result: 'hit', tier: 'l1' }, count: ({ hitsL1 }) => hitsL1 },
  { labels: { operation: 'get', result: 'hit', tier: 'l2' }, count: ({ hitsL2 }) => hitsL2 },
  { labels: { operation: 'get', result: 'stale', tier: 'none' }, count: ({ stale }) => stale },
  { labels: { operation: 'get', result: 'miss', tier: 'none' }, count: ({ misses }) => misses },
  { labels: { operation: 'get', result: 'coalesced', tier: 'none' }, count: ({ coalesced }) => coalesced },
  { labels: { operation: 'get', result: 'error', tier: 'none' }, count: ({ errors }) => errors },
  { labels: { operation: 'load', result: 'success', tier: 'none' }, count: ({ loads }) => loads },
  { labels: { operation: 'set', result: 'error', tier: 'none' }, count: ({ bypassed }) => bypassed },
  { labels: { operation: 'invalidate', result: 'success', tier: 'none' }, count: ({ invalidations }) => invalidations },
];

/** Look-ups, loads and invalidations. */
@Injectable()
export class CacheOutcomeCounters {
  constructor(
    @InjectMetric(OPERATIONS) private readonly operations: Counter,
    @InjectMetric(COALESCED) private readonly coalesced: Counter,
    @InjectMetric(INVALIDATIONS) private readonly invalidations: Counter,
  ) {}

  show(all: readonly CacheRegionTotals[]): void {
    for (const counter of [this.operations, this.coalesced, this.invalidations]) counter.reset();
    for (const totals of all) {
      const { region } = totals;
      for (const { labels, count } of OPERATION_CHILDREN) this.operations.inc({ ...labels, region }, count(totals));
      this.coalesced.inc({ region }, totals.coalesced);
      for (const cause of CAUSES) this.invalidations.inc({ region, cause }, totals.causes[cause]);
    }
  }
}

/** What the cache was good for. */
@Injectable()
export class CacheSavings {
  constructor(
    @InjectMetric(LATENCY_SAVED) private readonly latency: Counter,
    @InjectMetric(COST_SAVED) private readonly cost: Counter,
    @InjectMetric(HIT_RATIO) private readonly ratio: Gauge,
  ) {}

  show(all: readonly CacheRegionTotals[]): void {
    for (const counter of [this.latency, this.cost]) counter.reset();
    for (const totals of all) {
      const { region } = totals;
      this.latency.inc({ region }, totals.latencySavedMs / 1000);
      this.cost.inc({ region }, totals.costSavedUsd);
      this.ratio.set({ region }, hitRatio(totals));
    }
  }
}

/**
 * The cache as metrics, read at the scrape from its totals of the process, which a reset of the statistics leaves alone:
 * no look-up pays for being counted twice, and counters only rise.
 */
@Injectable()
export class CacheMetrics implements OnModuleInit {
  constructor(
    @InjectMetric(SIZE) private readonly size: Gauge,
    private readonly outcomes: CacheOutcomeCounters,
    private readonly savings: CacheSavings,
    private readonly cache: CacheService,
    private readonly collectors: ScrapeCollectors,
  ) {}

  onModuleInit(): void {
    this.collectors.add('cache', () => Promise.resolve(this.collect()));
  }

  private collect(): void {
    const totals = this.cache.totals();
    this.outcomes.show(totals);
    this.savings.show(totals);
    for (const { region, bytes } of this.cache.statistics().regions) this.size.set({ region, tier: 'l1' }, bytes);
  }
}

function hitRatio({ hitsL1, hitsL2, stale, misses, coalesced }: CacheRegionTotals): number {
  const hits = hitsL1 + hitsL2 + stale;
  const all = hits + misses + coalesced;
  return all === 0 ? 0 : hits / all;
}
