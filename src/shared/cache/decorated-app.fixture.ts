import { ConsoleLogger, Injectable, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '../../config/config.module.js';
import { loadConfig } from '../../config/load-config.js';
import type { WorkspaceScope } from '../database/workspace-scope.js';
import { CacheDecorators } from './cache-decorators.js';
import { CacheInvalidate } from './cache-invalidate.decorator.js';
import { Cached } from './cached.decorator.js';
import { CacheModule } from './cache.module.js';

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

/** An application of the cache and these providers, closed after the test. */
export const start = (...providers: Provider[]) => startWith({}, ...providers);

/** The same with settings. */
export async function startWith(environment: Record<string, string>, ...providers: Provider[]) {
  const config = loadConfig({ LOG_LEVEL: 'silent', ...environment }, process.cwd());
  const app = await Test.createTestingModule({
    imports: [ConfigModule.register(config), CacheModule, DiscoveryModule],
    providers: [CacheDecorators, ...providers],
  })
    .setLogger(new ConsoleLogger({ logLevels: [] }))
    .compile();
  opened.push(app);
  await app.init();
  return app;
}

/** Counts what really ran. */
export class Runs {
  readonly calls: string[] = [];
  run<T>(name: string, value: T): Promise<T> {
    this.calls.push(name);
    return Promise.resolve(value);
  }
}

@Injectable()
export class Prices extends Runs {
  private readonly currency = 'EUR';
  failing = false;

  @Cached({ region: 'criteria' })
  async of(scope: WorkspaceScope, item: string, options: { net?: boolean } = {}) {
    return this.run(`of ${scope.workspaceId} ${item}`, { item, currency: this.currency, net: options.net === true });
  }

  @Cached({ region: 'criteria', key: (_scope: WorkspaceScope, item: string) => `list:${item}`, tags: ['prices'] })
  async list(scope: WorkspaceScope, item: string): Promise<string[]> {
    return this.run(`list ${scope.workspaceId} ${item}`, [item]);
  }

  @CacheInvalidate({ tags: ['prices'] })
  async importAll(): Promise<string> {
    if (this.failing) throw new Error('import failed');
    return 'imported';
  }

  @CacheInvalidate({ region: 'criteria', keys: (_scope: WorkspaceScope, item: string) => [`list:${item}`] })
  async rename(_scope: WorkspaceScope, _item: string): Promise<void> {}

  @CacheInvalidate({ region: 'criteria', pattern: 'list:*' })
  async clear(_scope: WorkspaceScope): Promise<void> {}

  @Cached({ region: 'criteria' })
  async everywhere(item: string): Promise<string> {
    return this.run('everywhere', item);
  }

  @Cached({ region: 'releases' })
  async known(item: unknown): Promise<string> {
    return this.run('known', String(item));
  }

  @Cached({ region: 'criteria', owner: (workspace: string) => workspace, ttl: (value: number) => (value > 1 ? 60 : 0) })
  async count(_workspace: string, value: number): Promise<number> {
    return this.run(`count ${value}`, value);
  }
}
