import { setTimeout as sleep } from 'node:timers/promises';
import { CacheService } from '../../../src/shared/cache/cache.service.js';
import { testApp, type TestApp } from '../../support/app.js';
import { suiteIf } from '../../support/optional-suite.js';
import { redisMissing, type RedisServer, startRedis } from '../../support/redis.js';
import { HOME } from './dashboard-kit.js';

suiteIf(redisMissing, 'the dashboard of two instances that share a Redis', () => {
  let redis: RedisServer;
  let one: TestApp;
  let other: TestApp;
  const cacheOf = (web: TestApp) => web.app.get(CacheService, { strict: false });
  const key = { region: 'research', owner: HOME, name: 'shared' } as const;
  const isUp = async (web: TestApp) => {
    for (let tries = 0; tries < 200; tries++) {
      const { checks } = (await web.get('/health')).json<{ checks: { redis: string } }>();
      if (checks.redis === 'up') return;
      await sleep(25);
    }
  };

  beforeAll(async () => {
    redis = await startRedis();
    // The registry of metrics belongs to the process: the application made last is the one that can be scraped.
    one = await testApp({ redis: { url: redis.url } });
    other = await testApp({ redis: { url: redis.url } });
    await Promise.all([isUp(one), isUp(other)]);
  }, 90_000);
  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await redis.stop();
  });

  it('an invalidation at one is one at the other', async () => {
    await cacheOf(one).set(key, { from: 'one' });
    const load = () => Promise.resolve({ from: 'other' });
    await expect(cacheOf(other).getOrSet(key, load)).resolves.toEqual({ from: 'one' });
    const answer = await one.post('/v1/cache/invalidate', { region: 'research', key: 'shared' });
    expect(answer.json()).toEqual({ invalidated: 1 });
    await expect(cacheOf(one).exists(key)).resolves.toBe(false);
    for (let tries = 0; tries < 200 && (await cacheOf(other).exists(key)); tries++) await sleep(10);
    await expect(cacheOf(other).exists(key)).resolves.toBe(false);
  });

  it('a value of the other instance counts as a hit of the second tier, and Redis as used', async () => {
    const text = (await other.get('/metrics')).body;
    const values = (...parts: string[]) =>
      text
        .split('\n')
        .filter((line) => !line.startsWith('#') && parts.every((part) => line.includes(part)))
        .map((line) => Number(line.split(' ')[1]));
    expect(values('cache_operations_total', 'result="hit"', 'tier="l2"', 'region="research"')).toEqual([1]);
    expect(values('redis_commands_total')[0]).toBeGreaterThan(0);
    expect(values('redis_pool_in_use')[0]).toBeGreaterThan(0);
    const report = (await other.get('/v1/dashboard/performance')).json<{
      redis_pool: { state: string; pool_info: Record<string, number> };
    }>();
    const { pool_info: pool, state } = report.redis_pool;
    expect(state).toBe('up');
    expect((pool['in_use_connections'] ?? 0) + (pool['available_connections'] ?? 0)).toBe(pool['max_connections']);
  });
});
