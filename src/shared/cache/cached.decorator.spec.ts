import { Injectable } from '@nestjs/common';
import { mintWorkspaceScope } from '../database/workspace-scope.mint.js';
import { CacheInvalidate } from './cache-invalidate.decorator.js';
import { Cached } from './cached.decorator.js';
import { CachedWhen } from './cached-when.decorator.js';
import { CacheService } from './cache.service.js';
import { Prices, Runs, start } from './decorated-app.fixture.js';

const one = mintWorkspaceScope('workspace-1');
const two = mintWorkspaceScope('workspace-2');

describe('@Cached', () => {
  it('runs a method once for equal arguments, whatever the order of their members', async () => {
    const prices = (await start(Prices)).get(Prices);
    const answers = await Promise.all([
      prices.of(one, 'a', { net: true }),
      prices.of(one, 'a', { net: true }),
      prices.of({ ...one }, 'a', { net: true }),
    ]);
    expect(answers.every((answer) => answer.currency === 'EUR')).toBe(true);
    await prices.of(one, 'a');
    await prices.of(one, 'a', undefined);
    await prices.of(one, 'b');
    expect(prices.calls).toEqual(['of workspace-1 a', 'of workspace-1 a', 'of workspace-1 b']);
  });

  it('never gives a workspace the value of another', async () => {
    const prices = (await start(Prices)).get(Prices);
    await prices.list(one, 'a');
    await prices.list(two, 'a');
    await prices.list(one, 'a');
    expect(prices.calls).toEqual(['list workspace-1 a', 'list workspace-2 a']);
  });

  it('stores under the key that it is given, where CacheService finds it', async () => {
    const app = await start(Prices);
    await app.get(Prices).list(one, 'a');
    const cache = app.get(CacheService);
    expect(await cache.get({ region: 'criteria', owner: 'workspace-1', name: 'list:a' })).toEqual(['a']);
    const endpoints = cache.statistics().endpoints.map(({ endpoint }) => endpoint);
    expect(endpoints).toContain('Prices.list');
  });

  it('names the method and the remedy when nobody owns the value', async () => {
    const prices = (await start(Prices)).get(Prices);
    await expect(prices.everywhere('a')).rejects.toThrow(
      /^Prices\.everywhere is cached in region criteria, .* pass the WorkspaceScope, or give the decorator an owner\.$/,
    );
    expect(prices.calls).toEqual([]);
  });

  it('shares the values of a public region, and tells null from an absent argument', async () => {
    const prices = (await start(Prices)).get(Prices);
    for (const item of ['a', 'a', null, undefined, undefined]) await prices.known(item);
    expect(prices.calls).toHaveLength(3);
  });

  it('runs uncached what arguments that are no data would confuse', async () => {
    const prices = (await start(Prices)).get(Prices);
    expect(await prices.known(new Date(0))).not.toBe(await prices.known(new Date(1e12)));
    await prices.known(new Date(0));
    expect(prices.calls).toHaveLength(3);
  });

  it('asks the value for its TTL, and the owner function for the owner', async () => {
    const prices = (await start(Prices)).get(Prices);
    for (const value of [1, 1, 2, 2]) await prices.count('w', value);
    expect(prices.calls).toEqual(['count 1', 'count 1', 'count 2']);
  });

  it('passes failures on and stores none', async () => {
    @Injectable()
    class Failing extends Runs {
      @Cached({ region: 'releases' })
      async find(_item: string): Promise<string> {
        this.calls.push('find');
        throw new TypeError('gone');
      }
    }
    const app = await start(Failing);
    await expect(app.get(Failing).find('a')).rejects.toThrow(new TypeError('gone'));
    expect(app.get(CacheService).statistics().firstTier.entries).toBe(0);
  });
});

describe('@CacheInvalidate', () => {
  it.each<[string, (prices: Prices) => Promise<unknown>, string[]]>([
    ['tags, of all owners', (prices) => prices.importAll(), ['list workspace-1 a', 'list workspace-2 a']],
    ['keys, of the owner in the arguments', (prices) => prices.rename(one, 'a'), ['list workspace-1 a']],
    ['a pattern, of the owner in the arguments', (prices) => prices.clear(two), ['list workspace-2 a']],
  ])('by %s, so that the next call runs', async (_name, change, expected) => {
    const prices = (await start(Prices)).get(Prices);
    await prices.list(one, 'a');
    await prices.list(two, 'a');
    prices.calls.length = 0;
    await change(prices);
    await prices.list(one, 'a');
    await prices.list(two, 'a');
    expect(prices.calls).toEqual(expected);
  });

  it('does not invalidate when the method failed', async () => {
    const prices = (await start(Prices)).get(Prices);
    await prices.list(one, 'a');
    prices.failing = true;
    await expect(prices.importAll()).rejects.toThrow('import failed');
    await prices.list(one, 'a');
    expect(prices.calls).toEqual(['list workspace-1 a']);
  });

  it('does not fail the call when the invalidation fails', async () => {
    const app = await start(Prices);
    jest.spyOn(app.get(CacheService), 'invalidateTags').mockRejectedValue(new Error('away'));
    await expect(app.get(Prices).importAll()).resolves.toBe('imported');
  });
});

describe('the types', () => {
  it('fit the method, and only methods of an instance are decorated', () => {
    expect(() => {
      class Wrong {
        // @ts-expect-error -- not asynchronous
        @Cached({ region: 'releases' })
        sync(item: string): string {
          return item;
        }
        // @ts-expect-error -- the key takes a number, the method text
        @Cached({ region: 'releases', key: (item: number) => String(item) })
        async otherArgument(item: string): Promise<string> {
          return item;
        }
        // @ts-expect-error -- the tags take two arguments, the method has one
        @Cached({ region: 'releases', tags: (_item: string, more: string) => [more] })
        async fewerArguments(item: string): Promise<string> {
          return item;
        }
        // @ts-expect-error -- the TTL looks at another value
        @Cached({ region: 'releases', ttl: (value: number) => value })
        async otherValue(item: string): Promise<string> {
          return item;
        }
        // @ts-expect-error -- the predicate takes a number
        @CachedWhen((item: number) => item > 0)
        async otherPredicate(item: string): Promise<string> {
          return item;
        }
        // @ts-expect-error -- the keys take a number
        @CacheInvalidate({ region: 'releases', keys: (item: number) => [String(item)] })
        async otherKeys(item: string): Promise<void> {
          expect(item).toBeDefined();
        }
        // @ts-expect-error -- no such region
        @Cached({ region: 'nowhere' })
        async otherRegion(item: string): Promise<string> {
          return item;
        }
        // Fewer and wider arguments fit.
        @Cached({
          region: 'releases',
          key: (item: string | number) => String(item),
          ttl: (value: unknown) => Number(value),
        })
        async fits(item: string, _more: number): Promise<string> {
          return item;
        }
      }
      return Wrong;
    }).not.toThrow();
    expect(() => {
      class Static {
        @Cached({ region: 'releases' })
        static async find(item: string): Promise<string> {
          return item;
        }
      }
      return Static;
    }).toThrow('find: cache decorators go on methods of an instance');
  });
});
