import { Injectable, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Config, type RedisConfig } from '../../config/config.js';
import { Clock } from '../clock/clock.js';
import { ClockModule } from '../clock/clock.module.js';
import type { NodeRedisService } from './node-redis.service.js';
import { OffRedisService } from './off-redis.service.js';
import { RedisService } from './redis.service.js';

/** Longest that the start waits for a Redis that is well. */
const START_WAIT_MS = 500;

/** Waits a moment at the start, and ends all connections in the last of the shutdown hooks: others still use them before. */
@Injectable()
class RedisLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly redis: RedisService) {}

  async onModuleInit(): Promise<void> {
    await connectionsOf(this.redis)?.settled(START_WAIT_MS);
  }

  onApplicationShutdown(): void {
    connectionsOf(this.redis)?.close();
  }
}

const connectionsOf = (redis: RedisService) =>
  redis instanceof OffRedisService ? undefined : (redis as NodeRedisService);

/** The client and its packages are a quarter of what a start loads: nobody without REDIS_URL waits for them. */
async function connectedRedis(config: RedisConfig, clock: Clock): Promise<RedisService> {
  const { NodeRedisService } = await import('./node-redis.service.js');
  const service = new NodeRedisService(config, { clock, random: Math.random });
  service.start();
  return service;
}

/** Import it where Redis is used (the rooms are listed in .dependency-cruiser.mjs) and inject `RedisService`. */
@Module({
  imports: [ClockModule],
  providers: [
    {
      provide: RedisService,
      inject: [Config, Clock],
      useFactory: ({ redis }: Config, clock: Clock): RedisService | Promise<RedisService> =>
        redis.url === undefined ? new OffRedisService(redis) : connectedRedis(redis, clock),
    },
    RedisLifecycle,
  ],
  exports: [RedisService],
})
export class RedisModule {}
