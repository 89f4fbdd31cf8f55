import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CacheModule as NestCacheModule } from '@nestjs/cache-manager';
import { ClockModule } from '../clock/clock.module.js';
import { RedisModule } from '../redis/redis.module.js';
import { CacheCounters } from './cache-counters.js';
import { CacheDecorators } from './cache-decorators.js';
import { CacheEngine } from './cache-engine.js';
import { CachePolicy } from './cache-policy.js';
import { CacheService } from './cache.service.js';
import { CacheRedis } from './cache-redis.js';
import { CacheStoreModule } from './cache-store.module.js';
import { EntryMaker } from './entry-maker.js';
import { FirstTier } from './first-tier.js';
import { Invalidator } from './invalidator.js';
import { Loader } from './loader.js';
import { LocalState } from './local-state.js';
import { SecondTier } from './second-tier.js';
import { SharedTier } from './shared-tier.js';
import { StoreClient } from './store-client.js';

const SECOND_TIER = NestCacheModule.registerAsync({
  imports: [CacheStoreModule],
  inject: [StoreClient, CacheRedis],
  useFactory: async (client: StoreClient, redis: CacheRedis) => ({
    stores: redis.state === 'off' ? [] : [await connectedStore(client)],
  }),
});

/** Redis-yet loads every module of Redis: nobody without REDIS_URL waits for them. */
async function connectedStore(client: StoreClient) {
  const { storeOf } = await import('./cache-store.js');
  return storeOf(client);
}

/** The cache of the product: import it where something is worth keeping and inject `CacheService`. */
@Module({
  imports: [ClockModule, RedisModule, CacheStoreModule, DiscoveryModule, SECOND_TIER],
  providers: [
    CacheCounters,
    CacheDecorators,
    CachePolicy,
    EntryMaker,
    {
      provide: FirstTier,
      inject: [CachePolicy],
      useFactory: ({ firstTierBytes }: CachePolicy) => new FirstTier(firstTierBytes),
    },
    Invalidator,
    Loader,
    LocalState,
    SecondTier,
    SharedTier,
    CacheEngine,
    { provide: CacheService, useExisting: CacheEngine },
  ],
  exports: [CacheService, CacheStoreModule],
})
export class CacheModule {}
