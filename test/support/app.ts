import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app.js';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load-config.js';
import { PROJECT_ROOT, testDatabase, type TestDatabase } from './database.js';

/** An admin key that every test application knows. */
export const ADMIN_KEY = `tsk_testadmin.${'t'.repeat(43)}`;

type Slices = { readonly [K in keyof Config]?: Config[K] extends object ? Partial<Config[K]> : Config[K] };
export type ConfigOverrides = Slices;

/** The defaults of the product, silent, with the test's key; `overrides` are merged slice by slice. */
export function testConfig(overrides: ConfigOverrides = {}): Config {
  const config = loadConfig({ LOG_LEVEL: 'silent', TECHSPEC_API_KEY: ADMIN_KEY }, PROJECT_ROOT);
  // A busy machine is not what suites are about; those that are give their own deadline.
  const redis = { ...config.redis, deadlineMs: 5000 };
  // Nor are limits, of which a suite would spend a day's share in a second.
  const rateLimit = { ...config.rateLimit, enabled: false };
  const merged: Record<string, unknown> = { ...config, redis, rateLimit };
  for (const [name, value] of Object.entries(overrides)) {
    const base = merged[name];
    const isSlice = typeof value === 'object' && !Array.isArray(value) && typeof base === 'object';
    merged[name] = isSlice ? { ...base, ...value } : value;
  }
  return merged as unknown as Config;
}

type Inject = NestFastifyApplication['inject'];
type Options = Exclude<Parameters<Inject>[0], string | undefined>;
export type Answer = Awaited<ReturnType<NestFastifyApplication['inject']>>;

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly config: Config;
  readonly database: TestDatabase;
  readonly key: string;
  /** A call with the admin key and `Host: localhost`; headers given replace these. */
  call(method: string, url: string, options?: Pick<Options, 'headers' | 'payload'>): Promise<Answer>;
  get(url: string, headers?: Record<string, string>): Promise<Answer>;
  post(url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

/** The real application over a database and a data folder of its own; close it in afterAll. */
export async function testApp(overrides: ConfigOverrides = {}): Promise<TestApp> {
  const database = await testDatabase();
  const dir = mkdtempSync(join(tmpdir(), 'techspec-test-'));
  const config = testConfig({
    ...overrides,
    database: { url: database.url, migrationUrl: database.ownerUrl, poolSize: 5, ...overrides.database },
    data: { dir, ...overrides.data },
  });
  const drop = async () => {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  };
  const app = await createApp(config).catch(async (error: unknown) => {
    await drop();
    throw error;
  });
  const call: TestApp['call'] = (method, url, options = {}) =>
    app.inject({
      method: method as Options['method'],
      url,
      ...options,
      headers: { host: 'localhost', authorization: `Bearer ${ADMIN_KEY}`, ...options.headers },
    });
  return {
    app,
    config,
    database,
    key: ADMIN_KEY,
    call,
    get: (url, headers) => call('GET', url, { headers }),
    post: (url, body, headers) =>
      call('POST', url, {
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    close: async () => {
      await app.close();
      await drop();
    },
  };
}
