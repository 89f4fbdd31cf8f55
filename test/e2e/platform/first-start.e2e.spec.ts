import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createApp } from '../../../src/app.js';
import { FirstKeyNotice } from '../../../src/http/first-key-notice.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { ADMIN_KEY, type ConfigOverrides, testConfig } from '../../support/config.js';

describe('the first start', () => {
  /** Held over all tests, so that the server is not stopped and started between them. */
  let server: TestDatabase;
  let database: TestDatabase;
  let dir: string;
  beforeAll(async () => {
    server = await testDatabase();
  }, 60_000);
  afterAll(() => server.close());
  beforeEach(async () => {
    database = await testDatabase();
    dir = mkdtempSync(join(tmpdir(), 'techspec-first-'));
  }, 60_000);
  afterEach(async () => {
    await database.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const start = (overrides: ConfigOverrides = {}) =>
    createApp(
      testConfig({
        database: { url: database.url, migrationUrl: database.ownerUrl, poolSize: 2 },
        data: { dir },
        identity: { apiKey: undefined },
        // Several applications in one process would share one registry of Node's own metrics.
        metrics: { enabled: false },
        ...overrides,
      }),
    );
  const whoami = async (app: Awaited<ReturnType<typeof start>>, key: string, host = 'localhost') =>
    (await app.inject({ url: '/whoami', headers: { host, 'x-api-key': key } })).statusCode;
  const rows = async <T extends object>(sql: string): Promise<T[]> => {
    const client = new pg.Client({ connectionString: database.ownerUrl });
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('makes one admin key: told once, kept as a hash, written for its owner alone, in the audit log', async () => {
    const app = await start();
    const key = app.get(FirstKeyNotice).take() ?? '';
    expect(key).toMatch(/^tsk_firstkey\.[\w-]{43}$/);
    expect(app.get(FirstKeyNotice).take()).toBeUndefined();
    expect(await whoami(app, key)).toBe(200);
    const file = join(dir, 'api-key');
    expect(readFileSync(file, 'utf8')).toBe(`${key}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const [stored] = await rows<{ row: string }>('SELECT k::text AS row FROM api_keys k');
    expect(stored?.row).not.toContain(key.split('.')[1]);
    const audit = await rows<{ actor: string; action: string; subject: string }>(
      'SELECT actor, action, subject FROM audit_log',
    );
    expect(audit).toEqual([{ actor: 'system', action: 'api-key.created', subject: 'api-key/firstkey' }]);
    await app.close();
    const again = await start();
    expect(again.get(FirstKeyNotice).take()).toBeUndefined();
    expect(await whoami(again, key)).toBe(200);
    await again.close();
  });

  it('several processes at once make one key, and the file holds the one that works', async () => {
    const apps = await Promise.all([start(), start(), start()]);
    const told = apps.map((app) => app.get(FirstKeyNotice).take()).filter(Boolean);
    expect(told).toHaveLength(1);
    const key = readFileSync(join(dir, 'api-key'), 'utf8').trim();
    expect(key).toBe(told[0]);
    for (const app of apps) expect(await whoami(app, key)).toBe(200);
    expect(await rows('SELECT 1 FROM api_keys')).toHaveLength(1);
    await Promise.all(apps.map((app) => app.close()));
  });

  it('a file of an older key is replaced and loses its open mode', async () => {
    writeFileSync(join(dir, 'api-key'), 'old', { mode: 0o644 });
    const app = await start();
    expect(statSync(join(dir, 'api-key')).mode & 0o777).toBe(0o600);
    await app.close();
  });

  it('without a key of the environment only this machine is answered', async () => {
    const app = await start();
    const key = app.get(FirstKeyNotice).take() ?? '';
    expect(await whoami(app, key, '127.0.0.1:3000')).toBe(200);
    expect(await whoami(app, key, 'rebound.example')).toBe(421);
    await app.close();
  });

  it('without a key of the environment another HOST refuses to start and leaves no key', async () => {
    await expect(start({ http: { host: '0.0.0.0' } })).rejects.toThrow(/HOST=0\.0\.0\.0 .*needs TECHSPEC_API_KEY/);
    expect(await rows('SELECT 1 FROM api_keys')).toEqual([]);
  });

  it('a data folder that cannot be written stops the start and leaves no key', async () => {
    const file = join(dir, 'not-a-folder');
    writeFileSync(file, '');
    await expect(start({ data: { dir: join(file, 'data') } })).rejects.toThrow(/can't be written .*TECHSPEC_DATA/);
    expect(await rows('SELECT 1 FROM api_keys')).toEqual([]);
  });

  it('the key of the environment is taken, its change follows, and other names are answered', async () => {
    const given = await start({ identity: { apiKey: ADMIN_KEY } });
    expect(given.get(FirstKeyNotice).take()).toBeUndefined();
    expect(await whoami(given, ADMIN_KEY, 'techspec.example')).toBe(200);
    await given.close();
    const changed = `tsk_testadmin.${'n'.repeat(43)}`;
    const app = await start({ identity: { apiKey: changed }, http: { host: '0.0.0.0' } });
    expect([await whoami(app, changed), await whoami(app, ADMIN_KEY)]).toEqual([200, 401]);
    await app.close();
  });

  it('a revoked key stops working within a second, in every process', async () => {
    const app = await start();
    const key = app.get(FirstKeyNotice).take() ?? '';
    expect(await whoami(app, key)).toBe(200);
    await rows('UPDATE api_keys SET revoked_at = now() RETURNING id');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await whoami(app, key)).toBe(401);
    await app.close();
  });
});
