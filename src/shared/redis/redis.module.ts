import { Injectable, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../clock/clock.js';
import { ClockModule } from '../clock/clock.module.js';
import { NodeRedisService } from './node-redis.service.js';
import { OffRedisService } from './off-redis.service.js';
import { RedisService } from './redis.service.js';

/** Longest that the start waits for a Redis that is well. */
const START_WAIT_MS = 500;

/** Waits a moment at the start, and ends all connections in the last of the shutdown hooks: others still use them before. */
@Injectable()
class RedisLifecycle implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly redis: RedisService) {}

  async onModuleInit(): Promise<void> {
    if (this.redis instanceof NodeRedisService) await this.redis.settled(START_WAIT_MS);
  }

  onApplicationShutdown(): void {
    if (this.redis instanceof NodeRedisService) this.redis.close();
  }
}

/** Import it where Redis is used (the rooms are listed in .dependency-cruiser.mjs) and inject `RedisService`. */
@Module({
  imports: [ClockModule],
  providers: [
    {
      provide: RedisService,
      inject: [Config, Clock],
      useFactory: ({ redis }: Config, clock: Clock): RedisService => {
        if (redis.url === undefined) return new OffRedisService(redis);
        const service = new NodeRedisService(redis, { clock, random: Math.random });
        service.start();
        return service;
      },
    },
    RedisLifecycle,
  ],
  exports: [RedisService],
})
export class RedisModule {}
