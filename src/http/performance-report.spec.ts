import type { CacheCounts, CacheRegionName, CacheStatistics } from '../shared/cache/cache.types.js';
import type { RedisStatistics } from '../shared/redis/redis.types.js';
import { performanceReport, type ReportInput } from './performance-report.js';
import { performanceReportSchema } from './performance-report.schema.js';

const NOW = new Date('2026-01-31T09:30:00.000Z');

const counts = (some: Partial<CacheCounts> = {}): CacheCounts => ({
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
  ...some,
});
const region = (name: CacheRegionName, some: Partial<CacheCounts> = {}) => ({
  region: name,
  entries: 1,
  bytes: 100,
  ttl: 300,
  ttlReason: 'as configured',
  ...counts(some),
});

const CACHE: CacheStatistics = {
  since: new Date('2026-01-31T08:00:00.000Z'),
  regions: [
    region('research', { hitsL1: 1, misses: 1, latencySavedMs: 2000, costSavedUsd: 0.01 }),
    region('httpResponses', { hitsL1: 5, hitsL2: 2, stale: 1, misses: 1, coalesced: 1, errors: 3, latencySavedMs: 80 }),
  ],
  endpoints: [
    { endpoint: '/v1/criteria', ...counts({ hitsL1: 3, misses: 1, latencySavedMs: 30 }) },
    { endpoint: 'gap-researcher', ...counts({ hitsL1: 1 }) },
  ],
  firstTier: { entries: 2, bytes: 200, maxBytes: 1000 },
  secondTier: 'up',
};
const REDIS: RedisStatistics = {
  state: 'up',
  topology: 'single',
  initializedAt: new Date('2026-01-31T08:00:00.000Z'),
  lastHealthCheck: new Date('2026-01-31T09:29:45.500Z'),
  maxConnections: 50,
  inUse: 2,
  available: 48,
  waiting: 1,
  uptimeSeconds: 5400,
  commands: 120,
  errors: 4,
  socketTimeoutSeconds: 5,
  connectTimeoutSeconds: 5,
  healthCheckIntervalSeconds: 30,
};
const INPUT: ReportInput = {
  version: '0.1.0',
  now: NOW,
  uptimeSeconds: 5401.9,
  requests: { requests: 8, totalMs: 20, slow: 2 },
  cache: CACHE,
  redis: REDIS,
  database: { active: 1, idle: 4, base: 5, max: 30, waiting: 0, checkouts: 8, waitedMs: 10, timeouts: 3 },
};

describe('the JSON performance report', () => {
  it('counts HTTP answers from the cache: an error is not a miss, a value in its grace is a hit', () => {
    expect(performanceReport(INPUT).http_cache).toEqual({
      hits: 8,
      misses: 1,
      coalesced: 1,
      errors: 3,
      hit_rate_percent: 80,
      total_requests: 10,
      total_latency_saved_ms: 80,
      avg_latency_saved_ms: 10,
      by_endpoint: {
        '/v1/criteria': {
          hits: 3,
          misses: 1,
          coalesced: 0,
          errors: 0,
          hit_rate_percent: 75,
          total_requests: 4,
          total_latency_saved_ms: 30,
          avg_latency_saved_ms: 10,
        },
      },
    });
  });

  it('sums all regions of the cache', () => {
    const { cache } = performanceReport(INPUT);
    expect(cache).toMatchObject({
      since: '2026-01-31T08:00:00.000Z',
      hits: 9,
      misses: 2,
      total_requests: 12,
      total_latency_saved_ms: 2080,
      cost_saved_usd: 0.01,
      entries: 2,
      bytes: 200,
      max_bytes: 1000,
      second_tier: 'up',
    });
    expect(Object.keys(cache.by_region)).toEqual(['research', 'httpResponses']);
  });

  it('tells of the connections to Redis what row W2 asks', () => {
    expect(performanceReport(INPUT).redis_pool).toEqual({
      state: 'up',
      topology: 'single',
      pool_initialized_at: '2026-01-31T08:00:00.000Z',
      last_health_check: '2026-01-31T09:29:45.500Z',
      config: {
        max_connections: 50,
        socket_timeout_seconds: 5,
        socket_connect_timeout_seconds: 5,
        health_check_interval_seconds: 30,
      },
      pool_info: { max_connections: 50, available_connections: 48, in_use_connections: 2, waiting_commands: 1 },
      uptime_seconds: 5400,
      uptime_hours: 1.5,
      seconds_since_last_health_check: 14.5,
      total_commands_executed: 120,
      total_errors: 4,
    });
  });

  it('without Redis says so, and null for what never happened', () => {
    const redis: RedisStatistics = {
      ...REDIS,
      state: 'off',
      topology: 'none',
      initializedAt: undefined,
      lastHealthCheck: undefined,
    };
    const report = performanceReport({ ...INPUT, redis });
    expect(report.status).toBe('ok');
    expect(report.redis_pool).toMatchObject({
      state: 'off',
      pool_initialized_at: null,
      last_health_check: null,
      seconds_since_last_health_check: null,
    });
  });

  it('tells of the connections to the database and of the waits for them', () => {
    expect(performanceReport(INPUT).database).toEqual({
      connections_active: 1,
      connections_idle: 4,
      connections_base: 5,
      connections_max: 30,
      connections_waiting: 0,
      total_checkouts: 8,
      total_checkout_timeouts: 3,
      avg_checkout_wait_ms: 1.25,
    });
    const database = { ...INPUT.database, checkouts: 0, waitedMs: 0 };
    expect(performanceReport({ ...INPUT, database }).database.avg_checkout_wait_ms).toBe(0);
  });

  it('is degraded while Redis is away, and only then', () => {
    const status = (state: RedisStatistics['state']) =>
      performanceReport({ ...INPUT, redis: { ...REDIS, state } }).status;
    expect([status('up'), status('away'), status('off')]).toEqual(['ok', 'degraded', 'ok']);
  });

  it('divides by nothing before the first request', () => {
    const report = performanceReport({
      ...INPUT,
      requests: { requests: 0, totalMs: 0, slow: 0 },
      cache: { ...CACHE, regions: [], endpoints: [] },
    });
    expect(report.api).toEqual({ total_requests: 0, avg_duration_ms: 0, slow_requests: 0, slow_request_rate: 0 });
    expect(report.http_cache).toMatchObject({ hit_rate_percent: 0, avg_latency_saved_ms: 0, total_requests: 0 });
  });

  it('is what its schema says, and so is the example of the schema', () => {
    const report = performanceReport(INPUT);
    const parsed = performanceReportSchema.strict().parse(report);
    expect(parsed).toEqual(report);
    expect(report.api).toEqual({ total_requests: 8, avg_duration_ms: 2.5, slow_requests: 2, slow_request_rate: 0.25 });
    const example = performanceReportSchema.meta()?.['example'];
    expect(performanceReportSchema.parse(example)).toEqual(example);
  });
});
