import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheKey } from '../../../src/shared/cache/cache.types.js';
import type { CacheNode } from '../../support/cache.js';

let names = 0;
/** A key nobody else has. */
export const newKey = (owner = 'w1'): CacheKey => ({
  region: 'research',
  owner,
  name: `tech_research:test:${++names}`,
});

/** What every tier and topology keeps, so that memory and Redis can't drift apart. */
export function cacheContract(node: () => CacheNode): void {
  const cache = () => node().cache;
  const nobody = () => Promise.reject(new Error('must not be loaded'));

  it.each([
    ['text', 'ä €\u2028 "quoted" \\ \n'],
    ['a list', [1, 'two', null, [3.5, -0.001, 1e300]]],
    ['an object', { a: { b: [true, false] }, 'key with spaces': '' }],
    ['null', null],
    ['zero', 0],
    ['empty text', ''],
    ['false', false],
  ])('%s survives a round trip and is a value', async (_what, value) => {
    const key = newKey();
    await cache().set(key, value);
    expect(await cache().get(key)).toEqual(value);
    expect(await cache().exists(key)).toBe(true);
    expect(await cache().getOrSet(key, nobody)).toEqual(value);
  });

  it.each([
    ['spaces and signs', 'a b*c?[d]{e}^\\%'],
    ['other scripts', '日本語 ✓'],
    ['colons', 'a:b::c'],
    ['nothing', ''],
    ['a thousand letters', 'x'.repeat(900)],
  ])('a name of %s is a name', async (_what, name) => {
    const key = { ...newKey(), name: `${newKey().name}${name}` };
    await cache().set(key, name);
    expect(await cache().get(key)).toBe(name);
    expect(await cache().delete(key)).toBe(true);
    expect(await cache().get(key)).toBeUndefined();
  });

  it.each([
    ['longer than a kilobyte', 'x'.repeat(2000)],
    ['half a surrogate pair', '\ud800'],
  ])('a name %s is passed by: loaded each time, never a wrong value', async (_what, name) => {
    const key = { ...newKey(), name };
    await cache().set(key, 'stored');
    expect(await cache().get(key)).toBeUndefined();
    expect(await cache().getOrSet(key, async () => 'loaded')).toBe('loaded');
    expect(await cache().delete(key)).toBe(false);
  });

  it.each([
    ['a date', new Date(0)],
    ['a map', new Map([[1, 2]])],
    ['not a number', Number.NaN],
    ['a function', () => 1],
    ['a big integer', 10n],
    ['more than its region takes', 'x'.repeat(9_000_000)],
  ])('%s is given to the caller, counted and not stored', async (_what, value) => {
    const key = newKey();
    const before = bypassed();
    expect(await cache().getOrSet(key, async () => ({ value }))).toEqual({ value });
    expect(await cache().exists(key)).toBe(false);
    expect(bypassed()).toBe(before + 1);
  });
  const bypassed = () =>
    cache()
      .statistics()
      .regions.reduce((sum, region) => sum + region.bypassed, 0);

  it.each([0, -1, Number.NaN])('with a TTL of %d nothing is stored, and what was there is gone', async (ttl) => {
    const key = newKey();
    await cache().set(key, 'old');
    await cache().set(key, 'new', { ttl });
    expect(await cache().get(key)).toBeUndefined();
  });

  it.each([0.0305, 1e12])('a TTL of %d seconds is taken', async (ttl) => {
    const key = newKey();
    await cache().set(key, 1, { ttl });
    expect(await cache().get(key)).toBe(1);
    await sleep(60);
    expect(await cache().get(key)).toBe(ttl < 1 ? undefined : 1);
  });

  it('500 concurrent misses make one load', async () => {
    const load = jest.fn(() => sleep(20, 'value'));
    const key = newKey();
    const values = await Promise.all(Array.from({ length: 500 }, () => cache().getOrSet(key, load)));
    expect(new Set(values)).toEqual(new Set(['value']));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('500 that wait for a failing load share one failure, and who asks at once gets the same', async () => {
    const load = jest.fn(async () => {
      await sleep(20);
      throw new Error('no luck');
    });
    const key = newKey();
    const results = await Promise.allSettled(Array.from({ length: 500 }, () => cache().getOrSet(key, load)));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(cache().getOrSet(key, load)).rejects.toThrow();
    expect(load).toHaveBeenCalledTimes(1);
  });

  it.each<[string, (key: CacheKey) => Promise<unknown>]>([
    ['a delete', (key) => cache().delete(key)],
    ['a tag', () => cache().invalidateTags(['contract'])],
    ['a pattern', (key) => cache().invalidatePattern('research', key.owner, `${key.name}*`)],
  ])('%s during a load wins over its value', async (_what, act) => {
    const key = newKey();
    let begun = () => undefined as void;
    const loading = new Promise<void>((resolve) => (begun = resolve));
    let finish = () => undefined as void;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const waiting = cache().getOrSet(
      key,
      async () => {
        begun();
        await finished;
        return 'old';
      },
      { tags: () => ['contract'] },
    );
    await loading;
    await act(key);
    finish();
    expect(await waiting).toBe('old');
    expect(await cache().get(key)).toBeUndefined();
    expect(await cache().getOrSet(key, async () => 'new')).toBe('new');
  });

  it('a tag takes what carries it, of one owner or of all, and nothing else', async () => {
    const [a, b, c] = [newKey('w1'), newKey('w2'), newKey('w1')];
    await cache().set(a, 1, { tags: ['npm:express', 'other'] });
    await cache().set(b, 2, { tags: ['npm:express'] });
    await cache().set(c, 3, { tags: ['npm:fastify'] });
    expect(await cache().invalidateTags(['npm:express'], 'w1')).toBe(1);
    expect([await cache().get(a), await cache().get(b), await cache().get(c)]).toEqual([undefined, 2, 3]);
    await cache().set(a, 1, { tags: ['npm:express'] });
    expect(await cache().invalidateTags(['npm:express', 'npm:fastify'])).toBe(3);
  });

  it('a pattern takes what matches, in its region and owner alone', async () => {
    const name = newKey().name;
    const key = (end: string, owner = 'w1'): CacheKey => ({ region: 'research', owner, name: `${name}:${end}` });
    for (const one of [key('a.b'), key('axb'), key('a b'), key('a.b', 'w2')]) await cache().set(one, 1);
    expect(await cache().invalidatePattern('research', 'w1', `${name}:a.*`)).toBe(1);
    expect(await cache().invalidatePattern('criteria', 'w1', `${name}*`)).toBe(0);
    expect(await cache().invalidatePattern('research', 'w1', `${name}:a *`)).toBe(1);
    expect([await cache().exists(key('axb')), await cache().exists(key('a.b', 'w2'))]).toEqual([true, true]);
  });

  it('counters add up under concurrency and keep their end', async () => {
    const key = newKey();
    await Promise.all(Array.from({ length: 100 }, () => cache().increment(key, 2, { ttl: 100 })));
    expect(await cache().increment(key, -0.5)).toBe(199.5);
    expect(await cache().get(key)).toBe(199.5);
  });

  it('many keys are loaded by few calls, each once', async () => {
    const keys = Array.from({ length: 20 }, () => newKey());
    await cache().set(keys[3] as CacheKey, 'stored');
    const asked: string[] = [];
    const load = jest.fn(async (missing: readonly CacheKey[]) => {
      asked.push(...missing.map(({ name }) => name));
      return missing.map(({ name }) => name);
    });
    const values = await cache().getOrSetMany(keys, load);
    expect(values).toEqual(keys.map(({ name }, index) => (index === 3 ? 'stored' : name)));
    expect(asked.sort()).toEqual(
      keys
        .filter((_key, index) => index !== 3)
        .map(({ name }) => name)
        .sort(),
    );
    expect(load.mock.calls.length).toBeLessThanOrEqual(5);
  });

  it('in its grace a value is served at once while one load makes the next', async () => {
    const key = newKey();
    await cache().getOrSet(key, async () => 'first', { ttl: 0.03, graceTtl: 10 });
    await sleep(50);
    const load = jest.fn(() => sleep(20, 'second'));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => cache().lookUp(key, load, { ttl: 10, graceTtl: 10, softTimeoutMs: 0 })),
    );
    expect(answers.map(({ value, outcome }) => `${outcome} ${value}`)).toEqual(Array(10).fill('stale first'));
    await sleep(60);
    expect(await cache().get(key)).toBe('second');
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('a soft timeout waits so long for the new value, and when the load fails the old one is served', async () => {
    const options = { ttl: 0.03, graceTtl: 10, softTimeoutMs: 500 };
    const [quick, failing] = [newKey(), newKey()];
    for (const key of [quick, failing]) await cache().getOrSet(key, async () => 'first', options);
    await sleep(50);
    expect(await cache().getOrSet(quick, () => sleep(10, 'second'), options)).toBe('second');
    expect(await cache().lookUp(failing, () => Promise.reject(new Error('down')), options)).toMatchObject({
      value: 'first',
      outcome: 'stale',
    });
  });

  it('reload loads although a value is there, and stores the new one', async () => {
    const key = newKey();
    await cache().set(key, 'old');
    expect(await cache().getOrSet(key, async () => 'new', { mode: 'reload' })).toBe('new');
    expect(await cache().get(key)).toBe('new');
  });
}
