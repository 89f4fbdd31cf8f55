import { Logger } from '@nestjs/common';
import { type CacheNode, cacheNode, redisCacheNode } from '../../support/cache.js';
import { testConfig } from '../../support/config.js';
import { suiteIf } from '../../support/optional-suite.js';
import { redisMissing, startRedis } from '../../support/redis.js';
import { startRedisCluster } from '../../support/redis-cluster.js';
import { cacheContract } from './contract.js';

Logger.overrideLogger(false);
jest.setTimeout(30_000);

describe('the cache in memory alone', () => {
  const node = cacheNode(testConfig());
  cacheContract(() => node);
});

suiteIf(redisMissing, 'the cache on Redis', () => {
  describe.each([
    ['both tiers', {}],
    ['the second tier alone', { cache: { memoryBytes: 0 } }],
  ])('one server, %s', (_what, overrides) => {
    let node: CacheNode;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      const server = await startRedis();
      stop = () => server.stop();
      node = await redisCacheNode(server.url, overrides);
    });
    afterAll(async () => {
      await node?.close();
      await stop?.();
    });
    cacheContract(() => node);
  });

  describe('a cluster of three primaries', () => {
    let node: CacheNode;
    let stop: () => Promise<void>;
    beforeAll(async () => {
      const cluster = await startRedisCluster();
      stop = () => cluster.stop();
      node = await redisCacheNode(cluster.url);
    });
    afterAll(async () => {
      await node?.close();
      await stop?.();
    });
    cacheContract(() => node);
  });
});
