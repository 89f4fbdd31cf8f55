import { Logger } from '@nestjs/common';
import { STORE } from '../../../src/shared/cache/cache-scripts.js';
import type { RedisService } from '../../../src/shared/redis/redis.service.js';
import type { RedisCommands, RedisScript } from '../../../src/shared/redis/redis.types.js';
import { type CacheNode, redisCacheNode } from '../../support/cache.js';
import { suiteIf } from '../../support/optional-suite.js';
import { eventually, redisMissing, type RedisServer, startRedis } from '../../support/redis.js';
import { newKey } from './contract.js';

Logger.overrideLogger(false);
jest.setTimeout(30_000);

type Moment = 'before it is sent' | 'before its answer is given';

/** Holds the first command of a kind back until it is let go. */
function holdOf(script: RedisScript, moment: Moment) {
  let come = () => undefined as void;
  let letGo = () => undefined as void;
  const held = new Promise<void>((resolve) => (come = resolve));
  const goes = new Promise<void>((resolve) => (letGo = resolve));
  let isUsed = false;
  const at = (now: Moment, what: RedisScript): Promise<void> | undefined => {
    if (isUsed || now !== moment || what !== script) return undefined;
    isUsed = true;
    come();
    return goes;
  };
  return { held, letGo: () => letGo(), at };
}

suiteIf(redisMissing, 'what the model found', () => {
  let redis: RedisServer;
  let slow: CacheNode;
  let other: CacheNode;
  let hold: ReturnType<typeof holdOf> | undefined;

  const holding = (service: RedisService): RedisService => {
    const run = service.run.bind(service);
    service.run = (work, deadlineMs) =>
      run((commands) => {
        const script: RedisCommands['script'] = async (what, keys, args) => {
          await hold?.at('before it is sent', what);
          const reply = await commands.script(what, keys, args);
          await hold?.at('before its answer is given', what);
          return reply;
        };
        return work(Object.assign(Object.create(commands) as RedisCommands, { script }));
      }, deadlineMs);
    return service;
  };

  beforeAll(async () => {
    redis = await startRedis();
    slow = await redisCacheNode(redis.url, {}, { wrap: holding });
    other = await redisCacheNode(redis.url);
  });
  afterAll(async () => {
    await slow?.close();
    await other?.close();
    await redis?.stop();
  });
  const heardBySlow = async () => {
    // Messages keep their order: when a later one was heard, the earlier ones were.
    const key = newKey();
    await other.cache.set(key, 1);
    expect(await slow.cache.get(key)).toBe(1);
    await other.cache.set(key, 2);
    await eventually(async () => (await slow.cache.get(key)) === 2, 'messages are heard');
  };

  it('of two sets at once the one that Redis took last stands, also where the other was made', async () => {
    const key = newKey();
    hold = holdOf(STORE, 'before its answer is given');
    const setting = slow.cache.set(key, 'first');
    await hold.held;
    await other.cache.set(key, 'last');
    await heardBySlow();
    hold.letGo();
    await setting;
    expect([await slow.cache.get(key), await other.cache.get(key)]).toEqual(['last', 'last']);
  });

  it('what is set while its tag is invalidated ends with the next invalidation', async () => {
    const key = newKey();
    hold = holdOf(STORE, 'before it is sent');
    const setting = slow.cache.set(key, 'set', { tags: ['race'] });
    await hold.held;
    await other.cache.invalidateTags(['race']);
    hold.letGo();
    await setting;
    expect(await other.cache.get(key)).toBe('set');
    expect(await other.cache.invalidateTags(['race'])).toBe(1);
    await heardBySlow();
    expect([await slow.cache.get(key), await other.cache.get(key)]).toEqual([undefined, undefined]);
  });
});
