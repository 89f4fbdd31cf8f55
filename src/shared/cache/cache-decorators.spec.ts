import { Injectable, Scope, SetMetadata } from '@nestjs/common';
import { mintWorkspaceScope } from '../database/workspace-scope.mint.js';
import type { WorkspaceScope } from '../database/workspace-scope.js';
import { CacheInvalidate } from './cache-invalidate.decorator.js';
import { Cached } from './cached.decorator.js';
import { CachedWhen } from './cached-when.decorator.js';
import { CacheService } from './cache.service.js';
import { Prices, Runs, start } from './decorated-app.fixture.js';

const one = mintWorkspaceScope('workspace-1');

const Marked = SetMetadata('marked', true);
/** Puts another function in the method's place, as tracing does. */
const Traced: MethodDecorator = (_target, _name, descriptor) => {
  const inner = descriptor.value as unknown as (...args: unknown[]) => unknown;
  const traced = function (this: Runs, ...args: unknown[]) {
    this.calls.push('traced');
    return inner.apply(this, args);
  };
  (descriptor as PropertyDescriptor).value = traced;
};

@Injectable()
class Composed extends Runs {
  @Traced
  @Cached({ region: 'releases' })
  @CachedWhen((item: string) => item !== 'never')
  @CacheInvalidate({ tags: ['composed'] })
  @Marked
  async first(item: string): Promise<string> {
    return this.run('ran', item);
  }

  @Marked
  @CacheInvalidate({ tags: ['composed'] })
  @CachedWhen((item: string) => item !== 'never')
  @Cached({ region: 'releases' })
  @Traced
  async second(item: string): Promise<string> {
    return this.run('ran', item);
  }
}

describe('decorators together', () => {
  it.each(['first', 'second'] as const)('mean the same in any order, below and above others (%s)', async (name) => {
    const app = await start(Composed);
    const composed = app.get(Composed);
    const invalidate = jest.spyOn(app.get(CacheService), 'invalidateTags');
    for (const item of ['a', 'a', 'never', 'never']) await composed[name](item);
    expect(composed.calls.filter((call) => call === 'ran')).toHaveLength(3);
    expect(composed.calls.filter((call) => call === 'traced')).toHaveLength(3);
    expect(invalidate).toHaveBeenCalledTimes(3);
    expect(composed[name].length).toBe(Composed.prototype[name].length);
    expect(composed[name].name).toBe(Composed.prototype[name].name);
    expect(Reflect.getMetadata('marked', composed.second)).toBe(true);
  });
});

describe('the binding', () => {
  it('leaves a method that a subclass overrides to the subclass, and binds what it inherits', async () => {
    @Injectable()
    class Special extends Prices {
      override async list(_scope: WorkspaceScope, item: string): Promise<string[]> {
        return this.run('special', [item]);
      }
    }
    const special = (await start(Special)).get(Special);
    for (let call = 0; call < 2; call += 1) {
      await special.list(one, 'a');
      await special.of(one, 'a');
    }
    expect(special.calls).toEqual(['special', 'of workspace-1 a', 'special']);
  });

  it('keeps two classes of one parent apart', async () => {
    @Injectable()
    class Left extends Prices {}
    @Injectable()
    class Right extends Prices {}
    const app = await start(Left, Right);
    await app.get(Left).of(one, 'a');
    await app.get(Right).of(one, 'a');
    expect([app.get(Left).calls, app.get(Right).calls]).toEqual([['of workspace-1 a'], ['of workspace-1 a']]);
    expect(Object.getOwnPropertyNames(Prices.prototype)).toContain('of');
    expect(Object.hasOwn(app.get(Left), 'of') && !Object.hasOwn(new Prices(), 'of')).toBe(true);
  });

  it('refuses two instances of one class that would share their values, unless their key says how they differ', async () => {
    class Plain extends Runs {
      @Cached({ region: 'releases' })
      async find(item: string) {
        return this.run('find', item);
      }
    }
    await expect(start(Plain, { provide: 'other', useClass: Plain })).rejects.toThrow(
      /^Plain\.find is cached by its arguments, but has two instances \(\w+ provides other\) that may differ: give @Cached a key\.$/,
    );
    class Keyed extends Runs {
      @Cached({ region: 'releases', key: (item: string) => item })
      async find(item: string) {
        return this.run('find', item);
      }
    }
    await start(Keyed, { provide: 'other', useClass: Keyed });
  });

  it('binds an alias once and values that were made by hand', async () => {
    const made = new Composed();
    const app = await start({ provide: 'made', useValue: made }, { provide: 'alias', useExisting: 'made' });
    await app.get<Composed>('alias').second('a');
    await app.get<Composed>('made').second('a');
    expect(made.calls).toEqual(['traced', 'ran']);
    const again = await start({ provide: 'made', useValue: made });
    await again.get<Composed>('made').second('a');
    await again.get<Composed>('made').second('a');
    expect(made.calls).toEqual(['traced', 'ran', 'traced', 'ran']);
  });

  it('runs no getter of a provider', async () => {
    const read = jest.fn();
    class Lazy {
      get costly(): string {
        read();
        return 'made';
      }
      @Cached({ region: 'releases' })
      async find(item: string) {
        return item;
      }
    }
    await start(Lazy);
    expect(read).not.toHaveBeenCalled();
  });

  it.each([
    ['request', Scope.REQUEST],
    ['transient', Scope.TRANSIENT],
  ])('stops the start for a provider of %s scope, whose instances it would never see', async (_name, scope) => {
    @Injectable({ scope })
    class Scoped {
      @Cached({ region: 'releases' })
      async find(item: string) {
        return item;
      }
    }
    await expect(start(Scoped)).rejects.toThrow(
      'Scoped.find is cached, but belongs to a provider that is made by request or by injection: make it a singleton, or call CacheService.',
    );
  });

  it('stops the start for a provider that depends on the request', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Request {}
    @Injectable()
    class Dependent {
      constructor(readonly request: Request) {}
      @CacheInvalidate({ tags: ['a'] })
      async change() {}
    }
    await expect(start(Request, Dependent)).rejects.toThrow(/^Dependent\.change is cached, but/);
  });

  it('stops the start for decorators that contradict each other, and for an instance that is frozen', async () => {
    class Twice {
      @Cached({ region: 'releases' })
      @Cached({ region: 'releases', ttl: 1 })
      async find(item: string) {
        return item;
      }
    }
    await expect(start(Twice)).rejects.toThrow('Twice.find has @Cached twice: keep one.');
    class Alone {
      @CachedWhen((item: string) => item !== '')
      async find(item: string) {
        return item;
      }
    }
    await expect(start(Alone)).rejects.toThrow('Alone.find has @CachedWhen without @Cached');
    const frozen = { provide: 'frozen', useValue: Object.freeze(new Composed()) };
    await expect(start(frozen)).rejects.toThrow("can't be cached: its instance is frozen.");
  });
});
