import { Module } from '@nestjs/common';
import { makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { CacheModule } from '../cache/cache.module.js';
import { ClockModule } from '../clock/clock.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { BuildInfo } from './build-info.js';
import { CACHE_METRICS, CacheMetrics, CacheOutcomeCounters, CacheSavings } from './cache.metrics.js';
import { CODE_METRICS, CodeMetrics } from './code.metrics.js';
import { DATABASE_POOL_METRICS, DatabasePoolGauges, DatabasePoolMetrics } from './database-pool.metrics.js';
import { DOCUMENT_METRICS, DocumentMetrics } from './document.metrics.js';
import { HTTP_METRICS, HttpMetrics } from './http.metrics.js';
import { QUERY_METRICS, QueryMetrics } from './query.metrics.js';
import { REDIS_METRICS, RedisMetrics, RedisPoolGauges } from './redis.metrics.js';
import { RESEARCH_METRICS, ResearchMetrics } from './research.metrics.js';
import { ScrapeCollectors } from './scrape-collectors.js';
import { NodeMetrics, SessionGauge, WORKFLOW_METRICS, WorkflowMetrics } from './workflow.metrics.js';

const RECORDERS = [
  ScrapeCollectors,
  HttpMetrics,
  NodeMetrics,
  WorkflowMetrics,
  SessionGauge,
  ResearchMetrics,
  DocumentMetrics,
  CodeMetrics,
];

/**
 * The recorders of all families; features import this module and inject the recorder they fill. Recording works whether
 * or not metrics are shown, so that PROMETHEUS_ENABLED=false runs the same code.
 */
@Module({
  imports: [CacheModule, ClockModule, DatabaseModule, RedisModule],
  providers: [
    ...HTTP_METRICS,
    ...WORKFLOW_METRICS,
    ...RESEARCH_METRICS,
    ...DOCUMENT_METRICS,
    ...CODE_METRICS,
    ...CACHE_METRICS,
    ...REDIS_METRICS,
    ...QUERY_METRICS,
    ...DATABASE_POOL_METRICS,
    makeGaugeProvider({ name: 'tech_spec_build_info', help: 'Always 1; what runs.', labelNames: ['version', 'node'] }),
    BuildInfo,
    CacheOutcomeCounters,
    CacheSavings,
    CacheMetrics,
    RedisPoolGauges,
    RedisMetrics,
    QueryMetrics,
    DatabasePoolGauges,
    DatabasePoolMetrics,
    ...RECORDERS,
  ],
  exports: RECORDERS,
})
export class MetricsModule {}
