import { loadConfig } from '../../config/load-config.js';
import { Clock } from '../clock/clock.js';
import { cacheNode } from '../../../test/support/cache.js';
import type { CacheService } from './cache.service.js';
import type { CacheKey } from './cache.types.js';

class HeldClock extends Clock {
  ms = 1_000_000;
  override nowMs() {
    return this.ms;
  }
  override monotonicMs() {
    return this.ms;
  }
}

const key = (name: string, owner = 'w1'): CacheKey => ({ region: 'research', owner, name });
const clock = new HeldClock();
let cache: CacheService;
beforeEach(() => {
  cache = cacheNode(loadConfig({}, process.cwd()), clock).cache;
});

/** A load that ends when told to. */
function gate<T>() {
  let open: (value: T) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const result = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { open: (value: T) => open(value), fail: (error: Error) => fail(error), load: jest.fn(() => result) };
}

describe('the first cache tier', () => {
  it('loads a key once for all who ask at the same time', async () => {
    const { load, open } = gate<number>();
    const waiting = Array.from({ length: 500 }, () => cache.getOrSet(key('a'), load));
    open(42);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([42]));
    expect(load).toHaveBeenCalledTimes(1);
    expect(cache.statistics().regions.find(({ region }) => region === 'research')).toMatchObject({
      misses: 1,
      coalesced: 499,
      loads: 1,
      errors: 0,
    });
  });

  it('shares a failure once, gives it to who asks within the back-off, and does not store it', async () => {
    const { load, fail } = gate<number>();
    const waiting = Array.from({ length: 50 }, () => cache.getOrSet(key('a'), load));
    fail(new Error('down'));
    const results = await Promise.allSettled(waiting);
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(load).toHaveBeenCalledTimes(1);
    await expect(cache.getOrSet(key('a'), async () => 1)).rejects.toThrow('down');
    clock.ms += 1000;
    await expect(cache.getOrSet(key('a'), async () => 1)).resolves.toBe(1);
  });

  it('also shares a load that throws before its first await', async () => {
    await expect(
      cache.getOrSet(key('a'), () => {
        throw new Error('at once');
      }),
    ).rejects.toThrow('at once');
    clock.ms += 1000;
    await expect(cache.getOrSet(key('a'), async () => 2)).resolves.toBe(2);
  });

  it.each([
    ['deleted', () => cache.delete(key('a'))],
    ['invalidated by pattern', () => cache.invalidatePattern('research', 'w1', '*')],
    ['invalidated by tag', () => cache.invalidateTags(['pkg:a'])],
    ['set', () => cache.set(key('a'), 'newer')],
  ])('does not let a running load overwrite a key that was %s meanwhile', async (_how, act) => {
    const { load, open } = gate<string>();
    const waiting = cache.getOrSet(key('a'), load, { tags: ['pkg:a'] });
    await act();
    open('older');
    await expect(waiting).resolves.toBe('older');
    expect(await cache.get(key('a'))).not.toBe('older');
  });

  it('starts a new load for who comes after an invalidation', async () => {
    const first = gate<string>();
    const early = cache.getOrSet(key('a'), first.load);
    await cache.delete(key('a'));
    const late = cache.getOrSet(key('a'), async () => 'new');
    first.open('old');
    expect([await early, await late, await cache.get(key('a'))]).toEqual(['old', 'new', 'new']);
  });

  it('keeps null, 0, empty text and false as values', async () => {
    for (const value of [null, 0, '', false]) {
      const load = jest.fn(async () => value);
      await cache.getOrSet(key(String(value)), load);
      expect(await cache.getOrSet(key(String(value)), load)).toBe(value);
      expect(load).toHaveBeenCalledTimes(1);
    }
  });

  it('forgets at the end of the TTL, the region’s unless one is given', async () => {
    await cache.set(key('short'), 1, { ttl: 10 });
    await cache.set(key('long'), 1);
    clock.ms += 10_000;
    expect([await cache.exists(key('short')), await cache.exists(key('long'))]).toEqual([false, true]);
    clock.ms += 86_400_000;
    expect(await cache.exists(key('long'))).toBe(false);
  });

  it('keeps owners apart, in patterns too, and takes other signs than * literally', async () => {
    await cache.set(key('a.b'), 1);
    await cache.set(key('axb'), 1);
    await cache.set(key('a.b', 'w2'), 1);
    expect(await cache.invalidatePattern('research', 'w1', 'a.*')).toBe(1);
    expect(await cache.exists(key('axb'))).toBe(true);
    expect(await cache.exists(key('a.b', 'w2'))).toBe(true);
  });

  it('loads what is missing of many keys in one call', async () => {
    await cache.set(key('b'), 'B');
    const load = jest.fn(async (missing: readonly CacheKey[]) => missing.map(({ name }) => name.toUpperCase()));
    expect(await cache.getOrSetMany([key('a'), key('b'), key('c')], load)).toEqual(['A', 'B', 'C']);
    expect(load).toHaveBeenCalledTimes(1);
    expect(load.mock.calls[0]?.[0].map(({ name }) => name)).toEqual(['a', 'c']);
  });

  it('increments, keeping the time left', async () => {
    await cache.increment(key('n'), 2, { ttl: 10 });
    clock.ms += 6000;
    expect(await cache.increment(key('n'))).toBe(3);
    clock.ms += 5000;
    expect(await cache.exists(key('n'))).toBe(false);
  });

  it('counts the time that hits save', async () => {
    await cache.getOrSet(key('a'), async () => {
      clock.ms += 250;
      return 1;
    });
    await cache.get(key('a'));
    await cache.getOrSet(key('a'), async () => 2);
    expect(cache.statistics().regions[0]).toMatchObject({
      hitsL1: 2,
      latencySavedMs: 500,
      loadTimeMs: 250,
      entries: 1,
    });
    cache.resetStatistics();
    expect(cache.statistics().regions[0]).toMatchObject({ hitsL1: 0, entries: 1 });
  });

  it('stores nothing when caching is switched off', async () => {
    const off = cacheNode(loadConfig({ CACHE_ENABLED: 'false' }, process.cwd()), clock).cache;
    await off.set(key('a'), 1);
    expect(await off.get(key('a'))).toBeUndefined();
  });
});
