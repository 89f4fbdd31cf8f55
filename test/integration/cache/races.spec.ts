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
function holdOf(script: RedisScript | 'GET', moment: Moment) {
  let come = () => undefined as void;
  let letGo = () => undefined as void;
  const held = new Promise<void>((resolve) => (come = resolve));
  const goes = new Promise<void>((resolve) => (letGo = resolve));
  let isUsed = false;
  const at = (now: Moment, what: RedisScript | 'GET'): Promise<void> | undefined => {
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
        const get: RedisCommands['get'] = async (text) => {
          const reply = await commands.get(text);
          await hold?.at('before its answer is given', 'GET');
          return reply;
        };
        return work(Object.assign(Object.create(commands) as RedisCommands, { script, get }));
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

  it('what was read while its tag was invalidated elsewhere is not kept', async () => {
    const key = newKey();
    await other.cache.set(key, 'old', { tags: ['read'] });
    await heardBySlow();
    hold = holdOf('GET', 'before its answer is given');
    const getting = slow.cache.get(key);
    await hold.held;
    await other.cache.invalidateTags(['read']);
    await heardBySlow();
    hold.letGo();
    expect(await getting).toBe('old');
    expect(await slow.cache.get(key)).toBeUndefined();
  });

  it('who asks after a tag was invalidated gets no value with it that an earlier question had found in its grace', async () => {
    const key = newKey();
    const options = { tags: ['mine'], graceTtl: 60, softTimeoutMs: 0 };
    await other.cache.getOrSet(key, async () => 'old', { ...options, tags: ['theirs'], ttl: 0.02 });
    await new Promise((resolve) => setTimeout(resolve, 40));
    let end = (_value: string) => undefined as void;
    const loaded = new Promise<string>((resolve) => (end = resolve));
    expect(await slow.cache.getOrSet(key, () => loaded, options)).toBe('old');
    await other.cache.invalidateTags(['theirs']);
    await heardBySlow();
    const asked = slow.cache.getOrSet(key, async () => 'new', options);
    end('new');
    expect(await asked).toBe('new');
  });

  it('what was read while another loaded anew is not kept', async () => {
    const key = newKey();
    await other.cache.set(key, 'old');
    await heardBySlow();
    hold = holdOf('GET', 'before its answer is given');
    const getting = slow.cache.get(key);
    await hold.held;
    await other.cache.getOrSet(key, async () => 'new', { mode: 'reload' });
    await heardBySlow();
    hold.letGo();
    await getting;
    expect(await slow.cache.get(key)).toBe('new');
  });
});

suiteIf(redisMissing, 'a process whose subscription is down', () => {
  it('serves nothing in its grace that was invalidated', async () => {
    const redis = await startRedis();
    const other = await redisCacheNode(redis.url);
    let cut = () => undefined as void;
    const deaf = await redisCacheNode(
      redis.url,
      {},
      {
        wrap: (service) => {
          const subscribe = service.subscribe.bind(service);
          let isCut = false;
          service.subscribe = (channel, onMessage, onState) => {
            cut = () => {
              isCut = true;
              onState(false);
            };
            return subscribe(channel, (text) => (isCut ? undefined : onMessage(text)), onState);
          };
          return service;
        },
      },
    );
    const key = newKey();
    const options = { graceTtl: 60, softTimeoutMs: 0 };
    await deaf.cache.getOrSet(key, async () => 'old', { ...options, ttl: 0.02 });
    await new Promise((resolve) => setTimeout(resolve, 40));
    cut();
    await other.cache.delete(key);
    expect(await deaf.cache.getOrSet(key, async () => 'new', options)).toBe('new');
    await deaf.close();
    await other.close();
    await redis.stop();
  }, 20_000);
});
