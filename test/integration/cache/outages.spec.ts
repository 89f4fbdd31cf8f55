import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { CacheKey } from '../../../src/shared/cache/cache.types.js';
import { type CacheNode, redisCacheNode } from '../../support/cache.js';
import { suiteIf } from '../../support/optional-suite.js';
import { eventually, redisMissing, type RedisServer, startRedis } from '../../support/redis.js';
import { newKey } from './contract.js';

Logger.overrideLogger(false);
jest.setTimeout(30_000);

suiteIf(redisMissing, 'a Redis that fails', () => {
  let redis: RedisServer;
  let node: CacheNode;
  let other: CacheNode;
  beforeEach(async () => {
    redis = await startRedis();
    // Long enough for a busy machine, short enough to wait for.
    node = await redisCacheNode(redis.url, { redis: { deadlineMs: 400 } });
    other = await redisCacheNode(redis.url, { redis: { deadlineMs: 400 } });
  });
  afterEach(async () => {
    redis.thaw();
    await node.close();
    await other.close();
    await redis.stop();
  });
  const isUp = (one: CacheNode) => one.redis?.state === 'up' && one.bus.hears;
  const isAway = (one: CacheNode) => one.redis?.state === 'away';
  const errors = ({ cache }: CacheNode) => cache.statistics().regions.reduce((sum, region) => sum + region.errors, 0);

  /** Everything a request may do; all of it must work, whatever Redis does. */
  async function useAll(key: CacheKey): Promise<void> {
    expect(await node.cache.getOrSet(key, async () => 'loaded')).toBe('loaded');
    await node.cache.set(key, 'set');
    expect(await node.cache.get(key)).toBe('set');
    expect(await node.cache.increment({ ...key, name: `${key.name}:n` })).toBeGreaterThan(0);
    await node.cache.invalidatePattern('research', key.owner, `${key.name}*`);
    await node.cache.invalidateTags(['outage']);
    await node.cache.delete(key);
    expect(await node.cache.get(key)).toBeUndefined();
  }

  it('hung: nothing fails, one call waits for its deadline, the next do not, and it is used again once it answers', async () => {
    redis.freeze();
    await useAll(newKey());
    expect(isAway(node)).toBe(true);
    expect(errors(node)).toBeGreaterThan(0);
    const lookUps = Array.from({ length: 200 }, () => node.cache.getOrSet(newKey(), async () => 1));
    expect(await Promise.all(lookUps)).toEqual(Array(200).fill(1));
    redis.thaw();
    await eventually(() => isUp(node), 'Redis is used again');
    await eventually(async () => {
      const key = newKey();
      await node.cache.set(key, 'shared');
      return (await other.cache.get(key)) === 'shared';
    }, 'others find what it stores');
  });

  it('refused: nothing fails, the first tier goes on, and a new server is used as soon as it is there', async () => {
    const key = newKey();
    await node.cache.set(key, 'kept');
    const { port } = redis;
    await redis.stop();
    expect(await node.cache.get(key)).toBe('kept');
    await useAll(newKey());
    redis = await startRedis({ port });
    await eventually(() => isUp(node) && isUp(other), 'the new server is used');
    await useAll(newKey());
    const client = await redis.client();
    await eventually(async () => {
      await node.cache.set(newKey(), 1);
      return (await client.dbSize()) > 0;
    }, 'values are stored in it');
  });

  it('full: nothing fails, what was stored is found, and an older value never stays where a newer was set', async () => {
    const key = newKey();
    await node.cache.set(key, 'old');
    const client = await redis.client();
    await client.configSet('maxmemory', '1mb');
    await useAll(newKey());
    expect(isAway(node)).toBe(false);
    await node.cache.set(key, 'new');
    await eventually(async () => (await other.cache.get(key)) !== 'old', 'the old value is gone everywhere');
    expect(await node.cache.getOrSet(newKey(), async () => 'x'.repeat(1000))).toHaveLength(1000);
    await client.configSet('maxmemory', '0');
    await eventually(async () => {
      const again = newKey();
      await node.cache.set(again, 'stored');
      return (await other.cache.get(again)) === 'stored';
    }, 'values are stored again');
  });

  it('flushed: nothing fails, values are loaded anew', async () => {
    const key = newKey();
    await other.cache.set(key, 'value');
    await (await redis.client()).flushAll();
    expect(await node.cache.getOrSet(key, async () => 'again')).toBe('again');
    await useAll(newKey());
  });

  it.each<[string, (key: CacheKey) => Promise<unknown>]>([
    ['a delete', (key) => node.cache.delete(key)],
    ['a set', (key) => node.cache.set(key, 'newer')],
    ['a tag', () => node.cache.invalidateTags(['away'])],
    ['a pattern', (key) => node.cache.invalidatePattern('research', key.owner, `${key.name}*`)],
  ])('%s while Redis was away is replayed before Redis is used again', async (_what, act) => {
    const key = newKey();
    await node.cache.set(key, 'old', { tags: ['away'] });
    redis.freeze();
    await node.cache.get(newKey());
    await eventually(() => isAway(node), 'Redis is away');
    await act(key);
    redis.thaw();
    await eventually(() => isUp(node), 'Redis is back');
    expect(await node.cache.get(key)).not.toBe('old');
    await eventually(async () => (await other.cache.get(key)) !== 'old', 'nor do others have it');
  });

  it('a load that began before an outage stores nothing that was deleted during it', async () => {
    const key = newKey();
    let finish = () => undefined as void;
    const waiting = node.cache.getOrSet(key, () => new Promise((resolve) => (finish = () => resolve('old') as void)));
    await sleep(50);
    redis.freeze();
    await node.cache.delete(key);
    finish();
    expect(await waiting).toBe('old');
    redis.thaw();
    await eventually(() => isUp(node), 'Redis is back');
    expect([await node.cache.get(key), await other.cache.get(key)]).toEqual([undefined, undefined]);
  });

  it('after its subscription was cut a process trusts nothing it has not read anew', async () => {
    const key = newKey();
    await node.cache.set(key, 'old');
    const client = await redis.client();
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
    await other.cache.set(key, 'new');
    await eventually(() => isUp(node) && isUp(other), 'the subscriptions stand again');
    expect(await node.cache.get(key)).toBe('new');
  });
});

suiteIf(redisMissing, 'messages that are lost', () => {
  it('are noticed within two beats, and the first tier is emptied', async () => {
    const redis = await startRedis();
    let deaf = false;
    // A subscription that loses what is told of keys, as a network may, and stays connected.
    const deafen = { isLost: (text: string) => deaf && text.includes('"k"') };
    const teller = await redisCacheNode(redis.url);
    const node = await redisCacheNode(
      redis.url,
      {},
      {
        wrap: (service) => {
          const subscribe = service.subscribe.bind(service);
          service.subscribe = (channel, onMessage, onState) =>
            subscribe(channel, (text) => (deafen.isLost(text) ? undefined : onMessage(text)), onState);
          return service;
        },
      },
    );
    const key = newKey();
    await teller.cache.set(key, 'old');
    // The first beats of the teller must have been heard: from there on its numbers are followed.
    await sleep(1200);
    expect(await node.cache.get(key)).toBe('old');
    deaf = true;
    await teller.cache.set(key, 'new');
    expect(await node.cache.get(key)).toBe('old');
    await eventually(async () => (await node.cache.get(key)) === 'new', 'the loss is noticed', 5000);
    await node.close();
    await teller.close();
    await redis.stop();
  }, 20_000);
});
