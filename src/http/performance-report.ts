import type { CacheCounts, CacheRegionName, CacheStatistics } from '../shared/cache/cache.types.js';
import type { DatabasePoolStatistics } from '../shared/database/pool-statistics.js';
import type { RedisStatistics } from '../shared/redis/redis.types.js';
import type { PerformanceReport } from './performance-report.schema.js';

/** Everything the report is computed from; all of one process. */
export interface ReportInput {
  readonly version: string;
  readonly now: Date;
  /** Of the process. */
  readonly uptimeSeconds: number;
  /** Requests since the start, `slow` of them slower than SLOW_REQUEST_MS. */
  readonly requests: { readonly requests: number; readonly totalMs: number; readonly slow: number };
  readonly cache: CacheStatistics;
  readonly redis: RedisStatistics;
  readonly database: DatabasePoolStatistics;
}

const HTTP_REGION: CacheRegionName = 'httpResponses';
const NOTHING: Counted = { hitsL1: 0, hitsL2: 0, stale: 0, misses: 0, coalesced: 0, errors: 0, latencySavedMs: 0 };

type Counted = Pick<CacheCounts, 'hitsL1' | 'hitsL2' | 'stale' | 'misses' | 'coalesced' | 'errors' | 'latencySavedMs'>;
type Answers = PerformanceReport['http_cache']['by_endpoint'][string];

/** The JSON report (row W5): at `GET /metrics` and at `GET /v1/dashboard/performance`. */
export function performanceReport(input: ReportInput): PerformanceReport {
  return {
    service: 'techspec',
    version: input.version,
    status: input.redis.state === 'away' ? 'degraded' : 'ok',
    uptime_seconds: Math.floor(input.uptimeSeconds),
    at: input.now.toISOString(),
    http_cache: httpCache(input.cache),
    redis_pool: redisPool(input.redis, input.now),
    api: api(input.requests),
    websocket: { connections: 0 },
    cache: cacheSection(input.cache),
    database: database(input.database),
  };
}

/** Hits of all look-ups in percent, to two decimals; 0 when there was none. Errors are no look-ups. */
export function hitRatePercent(counts: Omit<Counted, 'errors' | 'latencySavedMs'>): number {
  const hits = counts.hitsL1 + counts.hitsL2 + counts.stale;
  const all = hits + counts.misses + counts.coalesced;
  return all === 0 ? 0 : rounded((hits / all) * 100, 2);
}

function httpCache({ regions, endpoints }: CacheStatistics): PerformanceReport['http_cache'] {
  const counts = regions.find(({ region }) => region === HTTP_REGION) ?? NOTHING;
  // Callers inside the program count under their name, which has no slash: only route templates are HTTP answers.
  const routes = endpoints.filter(({ endpoint }) => endpoint.includes('/'));
  return { ...answers(counts), by_endpoint: Object.fromEntries(routes.map((one) => [one.endpoint, answers(one)])) };
}

function cacheSection({ since, regions, firstTier, secondTier }: CacheStatistics): PerformanceReport['cache'] {
  return {
    since: since.toISOString(),
    ...answers(regions.reduce(sum, NOTHING)),
    cost_saved_usd: rounded(
      regions.reduce((usd, { costSavedUsd }) => usd + costSavedUsd, 0),
      6,
    ),
    entries: firstTier.entries,
    bytes: firstTier.bytes,
    max_bytes: firstTier.maxBytes,
    second_tier: secondTier,
    by_region: Object.fromEntries(regions.map((one) => [one.region, answers(one)])),
  };
}

function answers(counts: Counted): Answers {
  const hits = counts.hitsL1 + counts.hitsL2 + counts.stale;
  return {
    hits,
    misses: counts.misses,
    coalesced: counts.coalesced,
    errors: counts.errors,
    hit_rate_percent: hitRatePercent(counts),
    total_requests: hits + counts.misses + counts.coalesced,
    total_latency_saved_ms: rounded(counts.latencySavedMs, 3),
    avg_latency_saved_ms: hits === 0 ? 0 : rounded(counts.latencySavedMs / hits, 3),
  };
}

function sum(a: Counted, b: Counted): Counted {
  return {
    hitsL1: a.hitsL1 + b.hitsL1,
    hitsL2: a.hitsL2 + b.hitsL2,
    stale: a.stale + b.stale,
    misses: a.misses + b.misses,
    coalesced: a.coalesced + b.coalesced,
    errors: a.errors + b.errors,
    latencySavedMs: a.latencySavedMs + b.latencySavedMs,
  };
}

function redisPool(redis: RedisStatistics, now: Date): PerformanceReport['redis_pool'] {
  const { lastHealthCheck } = redis;
  return {
    state: redis.state,
    topology: redis.topology,
    pool_initialized_at: redis.initializedAt?.toISOString() ?? null,
    last_health_check: lastHealthCheck?.toISOString() ?? null,
    config: {
      max_connections: redis.maxConnections,
      socket_timeout_seconds: redis.socketTimeoutSeconds,
      socket_connect_timeout_seconds: redis.connectTimeoutSeconds,
      health_check_interval_seconds: redis.healthCheckIntervalSeconds,
    },
    pool_info: {
      max_connections: redis.maxConnections,
      available_connections: redis.available,
      in_use_connections: redis.inUse,
      waiting_commands: redis.waiting,
    },
    uptime_seconds: rounded(redis.uptimeSeconds, 3),
    uptime_hours: rounded(redis.uptimeSeconds / 3600, 2),
    seconds_since_last_health_check: lastHealthCheck
      ? Math.max(0, rounded((now.getTime() - lastHealthCheck.getTime()) / 1000, 3))
      : null,
    total_commands_executed: redis.commands,
    total_errors: redis.errors,
  };
}

function api({ requests, totalMs, slow }: ReportInput['requests']): PerformanceReport['api'] {
  return {
    total_requests: requests,
    avg_duration_ms: requests === 0 ? 0 : rounded(totalMs / requests, 3),
    slow_requests: slow,
    slow_request_rate: requests === 0 ? 0 : slow / requests,
  };
}

function database(pool: DatabasePoolStatistics): PerformanceReport['database'] {
  return {
    connections_active: pool.active,
    connections_idle: pool.idle,
    connections_base: pool.base,
    connections_max: pool.max,
    connections_waiting: pool.waiting,
    total_checkouts: pool.checkouts,
    total_checkout_timeouts: pool.timeouts,
    avg_checkout_wait_ms: pool.checkouts === 0 ? 0 : rounded(pool.waitedMs / pool.checkouts, 3),
  };
}

function rounded(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}
