import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Config } from '../../config/config.js';
import { CacheStoreModule } from '../cache/cache-store.module.js';
import { ClockModule } from '../clock/clock.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { InstancesRepository } from './instances.repository.js';
import { LimitStorage } from './limit-storage.js';
import { LiveInstances } from './live-instances.js';

@Module({
  imports: [CacheStoreModule, ClockModule, DatabaseModule],
  providers: [InstancesRepository, LiveInstances, LimitStorage],
  exports: [LimitStorage],
})
class LimitStorageModule {}

const THROTTLER = ThrottlerModule.forRootAsync({
  imports: [LimitStorageModule],
  inject: [Config, LimitStorage],
  useFactory: ({ rateLimit }: Config, storage: LimitStorage) => ({
    throttlers: Object.entries({ address: rateLimit.address, ...rateLimit.classes }).map(([name, rule]) => ({
      name,
      limit: rule.limit,
      ttl: rule.windowMs,
    })),
    storage,
  }),
});

/** The throttler of Nest with our buckets; the edge's guards take from them. */
@Module({ imports: [THROTTLER], exports: [THROTTLER] })
export class RateLimitModule {}
