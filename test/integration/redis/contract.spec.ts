import { createHash } from 'node:crypto';
import { RedisAwayError } from '../../../src/shared/redis/redis-away-error.js';
import type { RedisScript } from '../../../src/shared/redis/redis.types.js';
import { suiteIf } from '../../support/optional-suite.js';
import { eventually, redisMissing, startRedis } from '../../support/redis.js';
import { startRedisCluster } from '../../support/redis-cluster.js';
import { startRedisSentinel } from '../../support/redis-sentinel.js';
import { redisService, type TestRedis } from './redis-kit.js';

interface SetUp {
  readonly url: string;
  /** Of all primaries. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

const TOPOLOGIES: Readonly<Record<string, () => Promise<SetUp>>> = {
  single: async () => {
    const server = await startRedis();
    return {
      url: server.url,
      flush: async () => void (await (await server.client()).flushAll()),
      stop: () => server.stop(),
    };
  },
  sentinel: async () => {
    const set = await startRedisSentinel();
    return {
      url: set.url,
      flush: async () => void (await (await set.primary.client()).flushAll()),
      stop: () => set.stop(),
    };
  },
  cluster: async () => {
    const cluster = await startRedisCluster();
    const flush = async () => {
      for (const primary of cluster.primaries) await (await primary.client()).flushAll();
    };
    return { url: cluster.url, flush, stop: () => cluster.stop() };
  },
};

const script = (source: string): RedisScript => ({
  source,
  sha1: createHash('sha1').update(source).digest('hex'),
});

suiteIf(redisMissing, 'the Redis service', () => {
  describe.each(Object.keys(TOPOLOGIES))('with the topology %s', (name) => {
    let setUp: SetUp;
    let redis: TestRedis;

    beforeAll(async () => {
      setUp = await TOPOLOGIES[name]!();
      redis = await redisService({ url: setUp.url });
    }, 60_000);
    afterAll(async () => {
      redis?.service.close();
      await setUp?.stop();
    });
    beforeEach(() => setUp.flush());

    it('is up after the start and says where it is connected', async () => {
      expect(redis.service.state).toBe('up');
      expect(await redis.service.healthCheck()).toBe(true);
      const statistics = redis.service.statistics();
      expect(statistics).toMatchObject({ state: 'up', topology: name, maxConnections: 10 });
      expect(statistics.initializedAt).toBeInstanceOf(Date);
      expect(statistics.lastHealthCheck).toBeInstanceOf(Date);
    });

    it('stores, reads, expires and deletes', async () => {
      const { service } = redis;
      expect(await service.run((commands) => commands.get('k'))).toBeNull();
      await service.run((commands) => commands.set('k', 'ü\0"', { PX: 60_000 }));
      expect(await service.run((commands) => commands.get('k'))).toBe('ü\0"');
      const left = await service.run((commands) => commands.pTTL('k'));
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(60_000);
      expect(await service.run((commands) => commands.unlink('k'))).toBe(1);
      expect(await service.run((commands) => commands.unlink([]))).toBe(0);
      await service.run((commands) => commands.set('{a}1', 'x'));
      expect(await service.run((commands) => commands.pTTL('{a}1'))).toBe(-1);
      expect(await service.run((commands) => commands.unlink(['{a}1', '{a}2']))).toBe(1);
    });

    it('reads many keys at once, wherever they live, in their order', async () => {
      const { service } = redis;
      const keys = Array.from({ length: 30 }, (_, index) => `many:${index}`);
      await Promise.all(
        keys
          .filter((_, index) => index % 3 > 0)
          .map((key) => service.run((commands) => commands.set(key, `of ${key}`))),
      );
      const expected = keys.map((key, index) => (index % 3 > 0 ? `of ${key}` : null));
      expect(await service.run((commands) => commands.getMany(keys))).toEqual(expected);
      expect(await service.run((commands) => commands.getMany(keys.slice(0, 1)))).toEqual([null]);
      expect(await service.run((commands) => commands.getMany([]))).toEqual([]);
    });

    it('runs a script where its key lives, also one that the server does not know', async () => {
      const echo = script(`return {KEYS[1], ARGV[1], '${Math.random()}'}`);
      for (let index = 0; index < 20; index++)
        expect(await redis.service.run((commands) => commands.script(echo, [`key-${index}`], ['x']))).toEqual(
          expect.arrayContaining([`key-${index}`, 'x']),
        );
    });

    it('finds the keys of all primaries in batches', async () => {
      const keys = Array.from({ length: 600 }, (_, index) => `scan:${index}`);
      await Promise.all(keys.map((key) => redis.service.run((commands) => commands.set(key, '1'), 2000)));
      await redis.service.run((commands) => commands.set('other', '1'));
      const found = new Set<string>();
      let batches = 0;
      await redis.service.scan('scan:*', async (batch) => {
        batches++;
        for (const key of batch) found.add(key);
      });
      expect([...found].sort()).toEqual([...keys].sort());
      expect(batches).toBeGreaterThan(1);
    });

    it('hears what is published, by all listeners of a channel until each ends', async () => {
      const heard: string[] = [];
      const states: boolean[] = [];
      const end = redis.service.subscribe(
        'news',
        (message) => heard.push(`1 ${message}`),
        (up) => states.push(up),
      );
      const endOther = redis.service.subscribe(
        'news',
        (message) => heard.push(`2 ${message}`),
        () => undefined,
      );
      await eventually(() => states.length > 0, 'the subscription stands');
      expect(states).toEqual([true]);
      await redis.service.run((commands) => commands.publish('news', 'a'));
      await eventually(() => heard.length === 2, 'both hear it');
      expect(heard).toEqual(['1 a', '2 a']);
      await endOther();
      await redis.service.run((commands) => commands.publish('news', 'b'));
      await eventually(() => heard.length === 3, 'one hears it');
      expect(heard[2]).toBe('1 b');
      await end();
    });

    it('counts sockets that are really open: in use and available make the maximum', async () => {
      const { inUse, available, maxConnections, waiting } = redis.service.statistics();
      expect(inUse).toBeGreaterThanOrEqual(name === 'cluster' ? 3 : 1);
      expect(inUse + available).toBe(maxConnections);
      expect(waiting).toBe(0);
    });

    it("passes an error of the server on as it is, and stays up: it's an answer", async () => {
      const wrong = script('return redis.call("LPUSH", KEYS[1], "x")');
      await redis.service.run((commands) => commands.set('text', 'x'));
      const failure = redis.service.run((commands) => commands.script(wrong, ['text'], []));
      await expect(failure).rejects.toThrow(/WRONGTYPE/);
      await expect(failure).rejects.not.toBeInstanceOf(RedisAwayError);
      expect(redis.service.state).toBe('up');
    });
  });
});
