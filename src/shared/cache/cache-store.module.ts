import { Module } from '@nestjs/common';
import { ClockModule } from '../clock/clock.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { CacheRedis } from './cache-redis.js';
import { InvalidationBus } from './invalidation-bus.js';
import { StoreClient } from './store-client.js';

/** What the cache manager of Nest is made with. */
@Module({
  imports: [ClockModule, RedisModule],
  providers: [CacheRedis, InvalidationBus, StoreClient],
  exports: [CacheRedis, InvalidationBus, StoreClient],
})
export class CacheStoreModule {}
