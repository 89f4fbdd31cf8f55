import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/app.js';
import type { Config } from '../../src/config/config.js';
import { ADMIN_KEY, testConfig, type ConfigOverrides } from './config.js';
import { testDatabase, type TestDatabase } from './database.js';

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
