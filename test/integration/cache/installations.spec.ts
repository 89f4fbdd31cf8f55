import { Logger } from '@nestjs/common';
import { CacheRedis } from '../../../src/shared/cache/cache-redis.js';
import { testApp } from '../../support/app.js';
import { type CacheNode, redisCacheNode } from '../../support/cache.js';
import { suiteIf } from '../../support/optional-suite.js';
import { eventually, redisMissing, type RedisServer, startRedis } from '../../support/redis.js';
import { newKey } from './contract.js';

Logger.overrideLogger(false);
jest.setTimeout(60_000);

suiteIf(redisMissing, 'installations that share a Redis', () => {
  let redis: RedisServer;
  let nodes: CacheNode[];
  const at = (index: number) => nodes[index]?.cache as CacheNode['cache'];
  beforeAll(async () => {
    redis = await startRedis();
    nodes = [];
    for (const installation of ['a', 'a', 'b']) nodes.push(await redisCacheNode(redis.url, {}, { installation }));
  });
  afterAll(async () => {
    for (const node of nodes ?? []) await node.close();
    await redis?.stop();
  });

  it('never see a value of each other, though workspace and key are the same', async () => {
    const key = newKey();
    await at(0).set(key, 'of a');
    expect([await at(1).get(key), await at(2).get(key)]).toEqual(['of a', undefined]);
    expect(await at(2).getOrSet(key, async () => 'of b')).toBe('of b');
    expect(await at(1).get(key)).toBe('of a');
  });

  it('invalidate nothing of each other by key, tag or pattern', async () => {
    const key = newKey();
    for (const { cache } of nodes) await cache.set(key, 'kept', { tags: ['both'] });
    await at(2).invalidateTags(['both']);
    await at(2).invalidatePattern('research', key.owner, '*');
    await at(2).delete(key);
    expect([await at(0).get(key), await at(1).get(key)]).toEqual(['kept', 'kept']);
    await at(1).invalidatePattern('research', key.owner, `${key.name}*`);
    await eventually(async () => (await at(0).get(key)) === undefined, 'the same installation hears it');
  });

  it('the product is in a room of its own from the first command on', async () => {
    const web = await testApp({ redis: { url: redis.url } });
    const client = await redis.client();
    await eventually(() => web.app.get(CacheRedis, { strict: false }).state === 'up', 'Redis is used');
    const before = new Set(await client.keys('*'));
    expect((await web.get('/whoami')).statusCode).toBe(200);
    expect((await web.get('/v1/criteria')).statusCode).toBe(200);
    const made = (await client.keys('*')).filter((key) => !before.has(key));
    expect(made.length).toBeGreaterThan(0);
    for (const key of made) expect(key).toMatch(/^\{?techspec:2-[0-9a-f]{16}:/);
    await web.close();
  });
});
