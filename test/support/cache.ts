import { createCache } from 'cache-manager';
import type { Config } from '../../src/config/config.js';
import { CacheCounters } from '../../src/shared/cache/cache-counters.js';
import { CacheEngine } from '../../src/shared/cache/cache-engine.js';
import { CacheRedis } from '../../src/shared/cache/cache-redis.js';
import { CachePolicy } from '../../src/shared/cache/cache-policy.js';
import { storeOf } from '../../src/shared/cache/cache-store.js';
import { EntryMaker } from '../../src/shared/cache/entry-maker.js';
import { FirstTier } from '../../src/shared/cache/first-tier.js';
import { InvalidationBus } from '../../src/shared/cache/invalidation-bus.js';
import { Invalidator } from '../../src/shared/cache/invalidator.js';
import { Loader } from '../../src/shared/cache/loader.js';
import { LocalState } from '../../src/shared/cache/local-state.js';
import { SecondTier } from '../../src/shared/cache/second-tier.js';
import { SharedTier } from '../../src/shared/cache/shared-tier.js';
import { StoreClient } from '../../src/shared/cache/store-client.js';
import { Clock, Randomness } from '../../src/shared/clock/clock.js';
import { NodeRedisService } from '../../src/shared/redis/node-redis.service.js';
import { RedisService } from '../../src/shared/redis/redis.service.js';
import { testConfig, type ConfigOverrides } from './config.js';
import { eventually } from './redis.js';

/** Redis switched off, as without REDIS_URL. */
export const noRedis = {
  state: 'off',
  onState: () => () => undefined,
} as unknown as RedisService;

export interface NodeOptions {
  /** Puts a double between the cache and Redis. */
  readonly wrap?: (redis: RedisService) => RedisService;
  /** Of another installation on the same Redis. */
  readonly installation?: string;
}

/** A cache on a Redis of its own connections, as another process has it; ready once Redis was reached and messages are heard. */
export async function redisCacheNode(
  url: string,
  overrides: ConfigOverrides = {},
  { wrap = (redis) => redis, installation }: NodeOptions = {},
): Promise<CacheNode> {
  const config = testConfig({ ...overrides, redis: { url, ...overrides.redis } });
  const redis = new NodeRedisService(config.redis, { clock: new Clock(), random: Math.random });
  redis.start();
  await redis.settled(5000);
  const node = cacheNode(config, new Clock(), wrap(redis), installation);
  await eventually(() => redis.state !== 'up' || node.bus.hears, 'messages are heard');
  return {
    ...node,
    redis,
    close: async () => {
      await node.close();
      redis.close();
    },
  };
}

export interface CacheNode {
  readonly redis?: NodeRedisService;
  readonly cache: CacheEngine;
  readonly bus: InvalidationBus;
  readonly local: LocalState;
  close(): Promise<void>;
}

/** One process's cache, put together as CacheModule does it: several of them on one Redis are several processes. */
export function cacheNode(
  config: Config,
  clock = new Clock(),
  redis: RedisService = noRedis,
  installation?: string,
): CacheNode {
  const room = new CacheRedis(redis);
  if (installation !== undefined) room.useInstallation(installation);
  const bus = new InvalidationBus(room, clock);
  const client = new StoreClient(room, bus);
  const counters = new CacheCounters();
  const policy = new CachePolicy(config);
  const second = new SecondTier(createCache({ stores: [storeOf(client)] }) as never, client, room, bus);
  const shared = new SharedTier(second, bus, counters);
  const local = new LocalState(new FirstTier(policy.firstTierBytes), counters);
  const maker = new EntryMaker(policy, counters, clock, new Randomness());
  const invalidator = new Invalidator(local, shared, bus, room);
  const loader = new Loader(local, shared, bus, maker, clock);
  invalidator.onModuleInit();
  return {
    cache: new CacheEngine(local, loader, invalidator, maker, clock),
    bus,
    local,
    close: async () => {
      invalidator.onApplicationShutdown();
      await bus.onApplicationShutdown();
    },
  };
}
