import { Logger } from '@nestjs/common';
import type { RedisConfig } from '../../config/config.js';
import type { Clock } from '../clock/clock.js';
import { NodeRedisService } from './node-redis.service.js';

const WAIT_MS = 2000;

export interface RedisReport {
  readonly kind: 'off' | 'up' | 'away';
  readonly topology?: string;
}

/** What the doctor says about Redis: whether it answers. Changes nothing. */
export async function inspectRedis(config: RedisConfig, clock: Clock): Promise<RedisReport> {
  if (config.url === undefined) return { kind: 'off' };
  const service = new NodeRedisService(config, { clock, random: Math.random });
  // Its warnings are for the log of a service; the caller says what was found.
  Logger.overrideLogger(false);
  try {
    service.start();
    await service.settled(WAIT_MS);
    const { topology } = service.statistics();
    return { kind: service.state === 'up' && (await service.healthCheck()) ? 'up' : 'away', topology };
  } finally {
    service.close();
  }
}
