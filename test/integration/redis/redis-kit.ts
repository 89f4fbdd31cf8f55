import { Logger } from '@nestjs/common';
import type { RedisConfig } from '../../../src/config/config.js';
import { Clock } from '../../../src/shared/clock/clock.js';
import { NodeRedisService } from '../../../src/shared/redis/node-redis.service.js';

export interface TestRedis {
  readonly service: NodeRedisService;
  /** Lines of the log, `level message`. */
  readonly log: readonly string[];
}

export const redisConfig = (overrides: Partial<RedisConfig> = {}): RedisConfig => ({
  url: undefined,
  maxConnections: 10,
  socketTimeoutMs: 5000,
  connectTimeoutMs: 5000,
  healthCheckIntervalMs: 30_000,
  deadlineMs: 45,
  ...overrides,
});

/** A started service; the caller closes it. It has waited for its first state, but not that it is `up`. */
export async function redisService(
  overrides: Partial<RedisConfig>,
  { waitMs = 5000, idleMs = 60_000 } = {},
): Promise<TestRedis> {
  const log = captureLog();
  const service = new NodeRedisService(redisConfig(overrides), { clock: new Clock(), random: Math.random, idleMs });
  service.start();
  await service.settled(waitMs);
  return { service, log };
}

/** Catches what is logged from now on by this test file. */
export function captureLog(): string[] {
  const lines: string[] = [];
  const at = (level: string) => (message: unknown) => void lines.push(`${level} ${String(message)}`);
  Logger.overrideLogger({ log: at('info'), warn: at('warn'), error: at('error'), debug: () => undefined });
  return lines;
}
