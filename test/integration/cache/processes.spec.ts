import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheKey } from '../../../src/shared/cache/cache.types.js';
import { type CacheNode, redisCacheNode } from '../../support/cache.js';
import { suiteIf } from '../../support/optional-suite.js';
import { eventually, redisMissing, type RedisServer, startRedis } from '../../support/redis.js';
import { type RedisCluster, startRedisCluster } from '../../support/redis-cluster.js';
import { newKey } from './contract.js';

Logger.overrideLogger(false);
jest.setTimeout(30_000);

/** A load that tells when it begins and ends when it is let. */
function heldLoad<T>(value: T) {
  let begin = () => undefined as void;
  let end = () => undefined as void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const let_ = new Promise<void>((resolve) => (end = resolve));
  const load = jest.fn(async () => {
    begin();
    await let_;
    return value;
  });
  return { load, begun, end: () => end() };
}

suiteIf(redisMissing, 'several processes on one Redis', () => {
  describe.each(['one server', 'a cluster'])('%s', (what) => {
    let redis: RedisServer | RedisCluster;
    let nodes: CacheNode[];
    const at = (index: number) => nodes[index]?.cache as CacheNode['cache'];
    beforeAll(async () => {
      redis = what === 'a cluster' ? await startRedisCluster() : await startRedis();
      nodes = await Promise.all([0, 1, 2, 3].map(() => redisCacheNode(redis.url)));
    });
    afterAll(async () => {
      for (const node of nodes ?? []) await node.close();
      await redis?.stop();
    });

    it('4 × 125 concurrent misses make one load', async () => {
      const key = newKey();
      const load = jest.fn(() => sleep(50, 'value'));
      const asked = nodes.flatMap(({ cache }) => Array.from({ length: 125 }, () => cache.getOrSet(key, load)));
      expect(new Set(await Promise.all(asked))).toEqual(new Set(['value']));
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('a load that fails in one is the failure of all who wait, without a second load', async () => {
      const key = newKey();
      const load = jest.fn(async () => {
        await sleep(50);
        throw new Error('secret of the one that failed');
      });
      const results = await Promise.allSettled(nodes.map(({ cache }) => cache.getOrSet(key, load)));
      expect(results.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
      expect(load).toHaveBeenCalledTimes(1);
      const messages = results.map((result) => String((result as PromiseRejectedResult).reason));
      expect(messages.filter((message) => message.includes('secret'))).toHaveLength(1);
    });

    it.each<[string, (key: CacheKey) => Promise<unknown>]>([
      ['a delete', (key) => at(1).delete(key)],
      ['a set', (key) => at(1).set(key, 'set')],
      ['a tag', () => at(1).invalidateTags(['late'])],
      ['a pattern', (key) => at(1).invalidatePattern('research', key.owner, `${key.name}*`)],
    ])('%s in one wins over a load that is under way in another', async (_what, act) => {
      const key = newKey();
      const { load, begun, end } = heldLoad('old');
      const waiting = at(0).getOrSet(key, load, { tags: () => ['late'] });
      await begun;
      await act(key);
      end();
      expect(await waiting).toBe('old');
      for (const { cache } of nodes) expect(await cache.get(key)).not.toBe('old');
    });

    it.each<[string, (key: CacheKey) => Promise<unknown>]>([
      ['a delete', (key) => at(0).delete(key)],
      ['a set', (key) => at(0).set(key, 'new')],
      ['a tag', () => at(0).invalidateTags(['all'])],
      ['a pattern', (key) => at(0).invalidatePattern('research', key.owner, `${key.name}*`)],
      ['a counter', (key) => at(0).increment(key)],
    ])('%s reaches the first tier of every process', async (_what, act) => {
      const key = newKey();
      await at(1).set(key, 'old', { tags: ['all'] });
      for (const { cache } of nodes) expect(await cache.get(key)).toBe('old');
      await act(key);
      await eventually(async () => {
        const values = await Promise.all(nodes.map(({ cache }) => cache.get(key)));
        return values.every((value) => value !== 'old');
      }, 'nobody has the old value');
    });

    it('what one loaded the others find, for the time it has left', async () => {
      const key = newKey();
      await at(0).getOrSet(key, async () => ({ a: [1] }), { ttl: 100 });
      await sleep(30);
      const answer = await at(2).lookUp(key, () => Promise.reject(new Error('not again')));
      expect(answer).toMatchObject({ value: { a: [1] }, outcome: 'hit' });
      expect(answer.ttl).toBeLessThan(100);
      expect(answer.age).toBeGreaterThanOrEqual(0.02);
    });

    it('when the process that loads dies, exactly one other loads', async () => {
      const key = newKey();
      const doomed = await redisCacheNode(redis.url);
      const { load: never, begun } = heldLoad('never');
      void doomed.cache.getOrSet(key, never).catch(() => undefined);
      await begun;
      // Its connections are gone at once, and it renews nothing: what a kill -9 leaves behind.
      await doomed.close();
      const load = jest.fn(() => sleep(20, 'value'));
      const values = await Promise.all(nodes.map(({ cache }) => cache.getOrSet(key, load)));
      expect(values).toEqual(Array(4).fill('value'));
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('a value in its grace is served by all while one of them loads', async () => {
      const key = newKey();
      await at(0).getOrSet(key, async () => 'first', { ttl: 0.05, graceTtl: 60 });
      await sleep(80);
      const load = jest.fn(() => sleep(50, 'second'));
      const values = await Promise.all(
        nodes.map(({ cache }) => cache.getOrSet(key, load, { ttl: 60, graceTtl: 60, softTimeoutMs: 0 })),
      );
      expect(values).toEqual(Array(4).fill('first'));
      await eventually(async () => (await at(3).get(key)) === 'second', 'the new value is there');
      expect(load).toHaveBeenCalledTimes(1);
    });
  });
});
