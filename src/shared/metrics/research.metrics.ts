import { Injectable } from '@nestjs/common';
import { InjectMetric, makeCounterProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';
import { Counter, Histogram } from 'prom-client';
import { DURATION_BUCKETS } from './buckets.js';

const REQUESTS = 'tech_spec_tech_research_requests_total';
const DURATION = 'tech_spec_tech_research_duration_seconds';
const SEARCHES = 'tech_spec_tech_research_web_searches_total';
const COST = 'tech_spec_search_cost_usd_total';

export const RESEARCH_METRICS = [
  makeCounterProvider({ name: REQUESTS, help: 'Gaps researched, by category.', labelNames: ['category'] }),
  makeHistogramProvider({
    name: DURATION,
    help: 'Seconds to research one gap, cached answers included.',
    labelNames: ['category'],
    buckets: DURATION_BUCKETS,
  }),
  makeCounterProvider({ name: SEARCHES, help: 'Web searches made, by category.', labelNames: ['category'] }),
  makeCounterProvider({ name: COST, help: 'US dollars paid for searches, by provider.', labelNames: ['provider'] }),
];

/** Research of gaps. Categories and providers are closed sets that research declares once. */
@Injectable()
export class ResearchMetrics {
  constructor(
    @InjectMetric(REQUESTS) private readonly requests: Counter,
    @InjectMetric(DURATION) private readonly duration: Histogram,
    @InjectMetric(SEARCHES) private readonly searches: Counter,
    @InjectMetric(COST) private readonly cost: Counter,
  ) {}

  /** Makes every child exist at 0; called once with the closed sets of the feature. */
  declare(categories: readonly string[], providers: readonly string[] = []): void {
    for (const category of categories) {
      this.requests.inc({ category }, 0);
      this.duration.zero({ category });
      this.searches.inc({ category }, 0);
    }
    for (const provider of providers) this.cost.inc({ provider }, 0);
  }

  researched(category: string, seconds: number): void {
    this.requests.inc({ category });
    this.duration.observe({ category }, seconds);
  }

  searched(category: string, provider: string, costUsd: number): void {
    this.searches.inc({ category });
    this.cost.inc({ provider }, costUsd);
  }
}
