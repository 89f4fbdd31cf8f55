import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Drain } from '../../../src/shared/health/drain.js';
import { testApp, type TestApp } from '../../support/app.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { suiteIf } from '../../support/optional-suite.js';
import { redisMissing, type RedisServer, startRedis } from '../../support/redis.js';

describe('probes', () => {
  /** Held over all tests, so that the server is not stopped and started between them. */
  let server: TestDatabase;
  let web: TestApp;
  beforeAll(async () => {
    server = await testDatabase();
  }, 60_000);
  afterAll(() => server.close());
  const get = (url: string) => web.call('GET', url, { headers: { authorization: '' } });
  beforeEach(async () => {
    web = await testApp();
  }, 60_000);
  afterEach(() => web.close());

  it('need no key and are not stored by anything between', async () => {
    for (const url of ['/health', '/health/live', '/health/ready']) {
      const answer = await get(url);
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    }
    expect((await get('/health/ready')).json()).toEqual({
      status: 'ready',
      checks: { database: 'up', migrations: 'up' },
    });
    expect((await get('/health')).json()).toMatchObject({
      status: 'ok',
      version: web.config.version,
      role: 'all',
      checks: { database: 'up', migrations: 'up', redis: 'off' },
      degraded: [],
    });
  });

  it('draining: not ready, connections are closed, everything else goes on', async () => {
    web.app.get(Drain).begin();
    const ready = await get('/health/ready');
    expect([ready.statusCode, ready.json<{ status: string }>().status]).toEqual([503, 'draining']);
    const answer = await web.get('/whoami');
    expect([answer.statusCode, answer.headers['connection']]).toEqual([200, 'close']);
    expect((await get('/health/live')).statusCode).toBe(200);
  });

  it('the database away: alive but not ready, calls say 503 and when to come back, and it heals by itself', async () => {
    const name = new URL(web.database.url).pathname.slice(1);
    const owner = new URL(web.database.ownerUrl);
    owner.pathname = '/postgres';
    const admin = new pg.Client({ connectionString: owner.toString() });
    await admin.connect();
    const allow = (yes: boolean) => admin.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS ${yes}`);
    await allow(false);
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [name]);
    try {
      expect((await get('/health/live')).statusCode).toBe(200);
      const ready = await get('/health/ready');
      expect([ready.statusCode, ready.headers['retry-after'], ready.json()]).toEqual([
        503,
        '2',
        { status: 'not-ready', checks: { database: 'down', migrations: 'down' } },
      ]);
      expect((await get('/health')).json()).toMatchObject({ status: 'degraded', checks: { database: 'down' } });
      const call = await web.get('/whoami');
      expect([call.statusCode, call.headers['retry-after']]).toEqual([503, '2']);
      expect(call.json<{ code: string }>().code).toBe('database_unavailable');
    } finally {
      await allow(true);
      await admin.end();
    }
    expect((await get('/health/ready')).statusCode).toBe(200);
    expect((await web.get('/whoami')).statusCode).toBe(200);
  });
});

suiteIf(redisMissing, 'probes with Redis', () => {
  let redis: RedisServer;
  let web: TestApp;
  beforeAll(async () => {
    redis = await startRedis();
    web = await testApp({ redis: { url: redis.url } });
  }, 60_000);
  afterAll(async () => {
    await web.close();
    await redis.stop();
  });
  const summary = async () => {
    const answer = await web.get('/health');
    const { status, checks, degraded } = answer.json<{
      status: string;
      checks: { redis: string };
      degraded: string[];
    }>();
    return { code: answer.statusCode, status, redis: checks.redis, degraded: degraded.length };
  };
  const until = async (wanted: string) => {
    for (let tries = 0; tries < 200; tries++) {
      if ((await summary()).redis === wanted) return;
      await sleep(50);
    }
  };

  it('say what it is, and away it degrades the service and leaves it ready', async () => {
    await until('up');
    expect(await summary()).toEqual({ code: 200, status: 'ok', redis: 'up', degraded: 0 });
    await redis.stop();
    await until('away');
    expect(await summary()).toEqual({ code: 200, status: 'degraded', redis: 'away', degraded: 1 });
    const ready = await web.get('/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([
      200,
      { status: 'ready', checks: { database: 'up', migrations: 'up' } },
    ]);
    const report = await web.get('/metrics', { accept: 'application/json' });
    expect(report.json()).toMatchObject({ status: 'degraded', redis_pool: { state: 'away' } });
  }, 30_000);
});
