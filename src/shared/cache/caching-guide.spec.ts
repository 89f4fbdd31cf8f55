import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { mintWorkspaceScope } from '../database/workspace-scope.mint.js';
import type { WorkspaceScope } from '../database/workspace-scope.js';
import { CACHE_REGION_NAMES } from './cache-regions.js';
import { Cached } from './cached.decorator.js';
import { CacheInvalidate } from './cache-invalidate.decorator.js';
import { CacheModule } from './cache.module.js';
import { CacheService } from './cache.service.js';
import type { CacheKey } from './cache.types.js';
import { start } from './decorated-app.fixture.js';

interface Rates {
  readonly currency: string;
  readonly perEuro: number;
}

/** What the guide's module has beside the cache. */
@Injectable()
class RatesRepository {
  readonly asked: string[] = [];
  private perEuro = 1;
  async newest({ workspaceId }: WorkspaceScope, currency: string): Promise<Rates> {
    this.asked.push(`${workspaceId} ${currency}`);
    return { currency, perEuro: this.perEuro };
  }
  async add(_scope: WorkspaceScope, { perEuro }: Rates): Promise<void> {
    this.perEuro = perEuro;
  }
}

// guide: five lines
@Injectable()
export class RatesService {
  constructor(private readonly rates: RatesRepository) {}

  @Cached({ region: 'statistics', tags: ['rates'] })
  async of(scope: WorkspaceScope, currency: string): Promise<Rates> {
    return this.rates.newest(scope, currency);
  }

  @CacheInvalidate({ tags: ['rates'], owner: ({ workspaceId }: WorkspaceScope) => workspaceId })
  async replace(scope: WorkspaceScope, rates: Rates): Promise<void> {
    await this.rates.add(scope, rates);
  }
}

@Module({ imports: [CacheModule], providers: [RatesRepository, RatesService], exports: [RatesService] })
export class RatesModule {}
// guide: end

// guide: by hand
@Injectable()
export class RatesByHand {
  constructor(
    private readonly rates: RatesRepository,
    private readonly cache: CacheService,
  ) {}

  async of(scope: WorkspaceScope, currency: string): Promise<Rates> {
    return this.cache.getOrSet(keyOf(scope, currency), () => this.rates.newest(scope, currency), {
      ttl: ({ perEuro }) => (perEuro > 0 ? 900 : 30),
      tags: ['rates'],
    });
  }

  async replace(scope: WorkspaceScope, rates: Rates): Promise<void> {
    await this.rates.add(scope, rates);
    await this.cache.delete(keyOf(scope, rates.currency));
  }
}

function keyOf(scope: WorkspaceScope, currency: string): CacheKey {
  return { region: 'statistics', owner: scope.workspaceId, name: `rates:${currency}` };
}
// guide: end

const one = mintWorkspaceScope('workspace-1');
const two = mintWorkspaceScope('workspace-2');
const read = (path: string) => readFileSync(join(process.cwd(), path), 'utf8');

describe('docs/caching.md', () => {
  it.each([RatesService, RatesByHand])('shows code that works: %p', async (service) => {
    const app = await start(RatesRepository, service);
    const rates = app.get<RatesService>(service);
    const repository = app.get(RatesRepository);
    expect(await rates.of(one, 'USD')).toEqual({ currency: 'USD', perEuro: 1 });
    await rates.of(one, 'USD');
    await rates.of(two, 'USD');
    expect(repository.asked).toEqual(['workspace-1 USD', 'workspace-2 USD']);
    await rates.replace(one, { currency: 'USD', perEuro: 1.1 });
    expect((await rates.of(one, 'USD')).perEuro).toBe(1.1);
    await rates.of(two, 'USD');
    expect(repository.asked).toEqual(['workspace-1 USD', 'workspace-2 USD', 'workspace-1 USD']);
  });

  it('shows this code and no other', () => {
    const shown = [...read('docs/caching.md').matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code?.trim());
    const tested = [
      ...read('src/shared/cache/caching-guide.spec.ts').matchAll(/\n\/\/ guide: (?!end).*\n([^]*?)\/\/ guide: end/g),
    ];
    expect(tested).toHaveLength(2);
    expect(shown).toEqual(tested.map(([, code]) => code?.trim()));
  });

  it('lists every region', () => {
    const rows = [...read('docs/caching.md').matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
    expect(rows).toEqual(CACHE_REGION_NAMES);
  });
});
