import { z } from 'zod';

const count = z.int().min(0);
const milliseconds = z.number().min(0);
const percent = z.number().min(0).max(100);
const time = z.iso.datetime();

const answers = {
  hits: count.meta({ description: 'Answered by the cache, also by a value in its grace' }),
  misses: count.meta({ description: 'Had to be made' }),
  coalesced: count.meta({ description: 'Waited for an answer that another request had begun to make' }),
  errors: count.meta({ description: 'Loads and operations of the second tier that failed; an error is not a miss' }),
  hit_rate_percent: percent.meta({ description: 'Hits of all requests; 0 when there was none' }),
  total_requests: count.meta({ description: 'Hits, misses and coalesced' }),
  total_latency_saved_ms: milliseconds.meta({ description: 'What the hits would have taken to make' }),
  avg_latency_saved_ms: milliseconds.meta({ description: 'Of one hit' }),
};

const httpCache = z.object({ ...answers, by_endpoint: z.record(z.string(), z.object(answers)) });

const redisPool = z.object({
  state: z.enum(['off', 'up', 'away']).meta({ description: '`off` without REDIS_URL' }),
  topology: z.enum(['none', 'single', 'sentinel', 'cluster']),
  pool_initialized_at: time.nullable().meta({ description: 'When the first connection was made; null: never' }),
  last_health_check: time.nullable(),
  config: z.object({
    max_connections: count,
    socket_timeout_seconds: z.number(),
    socket_connect_timeout_seconds: z.number(),
    health_check_interval_seconds: z.number(),
  }),
  pool_info: z.object({
    max_connections: count.meta({ description: 'Cap on the sockets that are opened' }),
    available_connections: count.meta({ description: 'How many more may be opened' }),
    in_use_connections: count.meta({ description: 'Sockets open now' }),
    waiting_commands: count.meta({ description: 'Commands that wait for their answer' }),
  }),
  uptime_seconds: z.number().min(0),
  uptime_hours: z.number().min(0),
  seconds_since_last_health_check: z.number().min(0).nullable(),
  total_commands_executed: count,
  total_errors: count,
});

const api = z.object({
  total_requests: count,
  avg_duration_ms: milliseconds,
  slow_requests: count,
  slow_request_rate: z.number().min(0).max(1).meta({ description: '0 to 1' }),
});

const websocket = z
  .object({ connections: count })
  .meta({ description: 'There is no WebSocket endpoint yet, so connections are 0 and nothing else is counted' });

const cache = z.object({
  since: time.meta({ description: 'Start of the process or the last reset' }),
  ...answers,
  cost_saved_usd: z.number().min(0),
  entries: count.meta({ description: 'Values in this process' }),
  bytes: count,
  max_bytes: count,
  second_tier: z.enum(['off', 'up', 'away']),
  by_region: z.record(z.string(), z.object(answers)),
});

const database = z.object({
  connections_active: count,
  connections_idle: count,
  connections_base: count.meta({ description: 'Kept open however idle' }),
  connections_max: count.meta({ description: 'The most that are opened: base and overflow' }),
  connections_waiting: count.meta({ description: 'Callers who wait for a connection' }),
  total_checkouts: count.meta({ description: 'Connections lent since the start' }),
  total_checkout_timeouts: count.meta({ description: 'Callers who got none within DB_POOL_TIMEOUT' }),
  avg_checkout_wait_ms: milliseconds.meta({ description: 'Of those who got one' }),
});

const sample = {
  hits: 90,
  misses: 8,
  coalesced: 2,
  errors: 0,
  hit_rate_percent: 90,
  total_requests: 100,
  total_latency_saved_ms: 4500,
  avg_latency_saved_ms: 50,
};

/** The JSON report of one process (row W5). */
export const performanceReportSchema = z
  .object({
    service: z.literal('techspec'),
    version: z.string(),
    status: z.enum(['ok', 'degraded']).meta({ description: '`degraded`: REDIS_URL is set and Redis is away' }),
    uptime_seconds: count,
    at: time,
    http_cache: httpCache,
    redis_pool: redisPool,
    api,
    websocket,
    cache,
    database,
  })
  .meta({
    example: {
      service: 'techspec',
      version: '0.1.0',
      status: 'ok',
      uptime_seconds: 3600,
      at: '2026-01-31T09:30:00.000Z',
      http_cache: { ...sample, by_endpoint: { '/v1/criteria': sample } },
      redis_pool: {
        state: 'up',
        topology: 'single',
        pool_initialized_at: '2026-01-31T08:30:00.000Z',
        last_health_check: '2026-01-31T09:29:45.000Z',
        config: {
          max_connections: 50,
          socket_timeout_seconds: 5,
          socket_connect_timeout_seconds: 5,
          health_check_interval_seconds: 30,
        },
        pool_info: { max_connections: 50, available_connections: 48, in_use_connections: 2, waiting_commands: 0 },
        uptime_seconds: 3600,
        uptime_hours: 1,
        seconds_since_last_health_check: 15,
        total_commands_executed: 1200,
        total_errors: 0,
      },
      api: { total_requests: 240, avg_duration_ms: 3.2, slow_requests: 0, slow_request_rate: 0 },
      websocket: { connections: 0 },
      cache: {
        since: '2026-01-31T08:30:00.000Z',
        ...sample,
        cost_saved_usd: 0.75,
        entries: 40,
        bytes: 81920,
        max_bytes: 67108864,
        second_tier: 'up',
        by_region: { httpResponses: sample },
      },
      database: {
        connections_active: 1,
        connections_idle: 19,
        connections_base: 20,
        connections_max: 30,
        connections_waiting: 0,
        total_checkouts: 5400,
        total_checkout_timeouts: 0,
        avg_checkout_wait_ms: 0.05,
      },
    },
  });

export type PerformanceReport = z.infer<typeof performanceReportSchema>;
