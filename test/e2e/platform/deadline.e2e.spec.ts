import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { RequestTiming } from '../../../src/http/request-timing.js';
import { DatabasePool } from '../../../src/shared/database/pool-statistics.js';
import { HttpMetrics } from '../../../src/shared/metrics/http.metrics.js';
import type { TestApp } from '../../support/app.js';
import { testAppWith } from '../../support/app-with.js';
import { ScriptedRegistry } from '../../support/registry.js';
import { DEADLINE_MS, SlowController, upstream } from './deadline-kit.js';

interface Got {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
  readonly headers: IncomingMessage['headers'];
}

describe('the deadline of a request', () => {
  let web: TestApp;
  let database: DataSource;
  let registry: ScriptedRegistry;
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    registry = await ScriptedRegistry.start();
    upstream.url = registry.url;
    web = await testAppWith([SlowController], {
      http: { requestDeadlineMs: DEADLINE_MS },
      database: { poolSize: 2, maxOverflow: 0, poolTimeoutMs: 5000 },
    });
    database = web.app.get(DataSource, { strict: false });
    await web.app.listen(0, '127.0.0.1');
  }, 60_000);
  afterAll(async () => {
    await upstream.origin?.close();
    await registry?.close();
    await web?.close();
    process.off('unhandledRejection', note);
  });
  afterEach(async () => {
    // Whatever was given up ends without a word, and gives its connection back.
    await until(() => web.app.get(DatabasePool, { strict: false }).statistics().active === 0);
    expect(unhandled).toEqual([]);
    for (let n = 0; n < 4; n += 1) expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  const open = (path: string, method = 'GET', headers: Record<string, string> = {}): ClientRequest => {
    const { port } = (web.app.getHttpServer() as { address(): AddressInfo }).address();
    const all = { host: 'localhost', authorization: `Bearer ${web.key}`, ...headers };
    return request({ agent: false, method, port, host: '127.0.0.1', path, headers: all }).on('error', () => undefined);
  };
  const call = async (path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Got> => {
    const began = performance.now();
    const [answer] = (await once(open(path, method, headers).end(), 'response')) as [IncomingMessage];
    let body = '';
    for await (const chunk of answer) body += String(chunk);
    return { status: answer.statusCode ?? 0, body, ms: performance.now() - began, headers: answer.headers };
  };
  /** Statements of the service that the server runs at this moment. */
  const running = async () => {
    const rows = await database.query<{ query: string }[]>(
      `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`,
    );
    return rows.map(({ query }) => query);
  };
  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (const end = performance.now() + 5000; !(await holds()); await sleep(10))
      if (performance.now() > end) throw new Error('it did not come to this');
  };
  const expectGivenUp = (got: Got) => {
    expect(got.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(got.body)).toMatchObject({
      status: 504,
      code: 'deadline_exceeded',
      requestId: got.headers['x-request-id'],
    });
    expect([got.status, got.headers['cache-control']]).toEqual([504, 'no-store']);
    expect(got.ms).toBeGreaterThan(DEADLINE_MS - 20);
    expect(got.ms).toBeLessThan(DEADLINE_MS + 2000);
  };

  it.each(['query', 'queries', 'cached'])(
    'ends a statement at the server, and keeps its connection: %s',
    async (path) => {
      const backends = async () =>
        (
          await database.query<{ pid: number }[]>(
            `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'techspec' ORDER BY pid`,
          )
        ).map(({ pid }) => pid);
      await Promise.all([database.query('SELECT 1'), database.query('SELECT 1')]);
      const before = await backends();
      expectGivenUp(await call(`/slow/${path}`));
      await until(async () => (await running()).length === 0);
      expect(await backends()).toEqual(before);
      expect(before.length).toBeGreaterThanOrEqual(2);
    },
  );

  it('ends a wait for a connection; what comes too late goes back', async () => {
    const holders = await Promise.all(
      [0, 1].map(async () => {
        const runner = database.createQueryRunner();
        await runner.connect();
        return runner;
      }),
    );
    const got = await call('/slow/backend');
    for (const holder of holders) await holder.release();
    expectGivenUp(got);
    expect((await call('/slow/backend')).status).toBe(200);
  });

  it('tells what was waited for, before the line of the request is written', async () => {
    const told = jest.spyOn(RequestTiming.prototype, 'add');
    const lines = jest.spyOn(HttpMetrics.prototype, 'finished');
    expectGivenUp(await call('/slow/query'));
    await until(() => lines.mock.calls.some(([{ endpoint }]) => endpoint === '/slow/query'));
    const spans = told.mock.calls.map(([span]) => span);
    expect(spans.map(({ name }) => name)).toEqual(['pool', 'database']);
    expect(spans[1]!.durationMs).toBeGreaterThan(DEADLINE_MS - 50);
    expect(Math.max(...told.mock.invocationCallOrder)).toBeLessThan(Math.max(...lines.mock.invocationCallOrder));
    told.mockRestore();
    lines.mockRestore();
  });

  it('ends authentication that waits, before any handler', async () => {
    const holders = await Promise.all(
      [0, 1].map(async () => {
        const runner = database.createQueryRunner();
        await runner.connect();
        return runner;
      }),
    );
    const got = await call('/v1/criteria', 'GET', { authorization: `Bearer tsk_unknown001.${'x'.repeat(43)}` });
    for (const holder of holders) await holder.release();
    expectGivenUp(got);
  });

  it('ends a call of an upstream, which is not to blame', async () => {
    registry.publish('a', { version: '1.0.0' }).misbehave('*', { kind: 'hang' });
    expectGivenUp(await call('/slow/upstream'));
    await until(() => registry.calls.length > 0);
    expect(upstream.results).toEqual([]);
    registry.behave();
    const healthy = await call('/slow/upstream');
    expect([healthy.status, upstream.results]).toEqual([200, ['ok']]);
  });

  it('answers though the handler obeys nobody; what comes of it later is dropped', async () => {
    // The server complains, and tells the address, when somebody answers twice.
    const complaints = jest.spyOn(web.app.getHttpAdapter().getInstance().log, 'warn');
    expectGivenUp(await call('/slow/nothing'));
    expectGivenUp(await call('/slow/failing'));
    await until(() => SlowController.after.includes('nothing'));
    await sleep(DEADLINE_MS);
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  });

  it('leaves the connection of the caller to its next call', async () => {
    const got = await web.call('GET', '/slow/nothing');
    expect([got.statusCode, (await web.get('/whoami')).statusCode]).toEqual([504, 200]);
  });

  it('of a write: nothing of it is kept, or all', async () => {
    const count = async (name: string) =>
      (await database.query<{ n: number }[]>('SELECT count(*)::int AS n FROM workspaces WHERE name = $1', [name]))[0]
        ?.n;
    expectGivenUp(await call('/slow/write', 'POST'));
    await until(async () => (await running()).length === 0);
    expect(await count('half a write')).toBe(0);
    expectGivenUp(await call('/slow/write-then-wait', 'POST'));
    await until(async () => (await count('a whole write')) === 1);
  });

  it('does not hold for an event stream, nor for what it asks the database', async () => {
    const got = await call('/slow/stream');
    expect(got.body.match(/data: (\d)/g)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `data: ${n}`));
    expect(got.ms).toBeGreaterThan(DEADLINE_MS * 1.8);
  });

  it('does not hold for work without a request', async () => {
    await expect(database.query(`SELECT pg_sleep(${(DEADLINE_MS * 1.5) / 1000})`)).resolves.toHaveLength(1);
  });

  describe('a client that goes away', () => {
    it('ends what it only wanted to read', async () => {
      const client = open('/slow/query').end();
      await until(async () => (await running()).length === 1);
      const began = performance.now();
      client.destroy();
      await until(async () => (await running()).length === 0);
      expect(performance.now() - began).toBeLessThan(DEADLINE_MS - 100);
    });

    it('ends no write', async () => {
      const client = open('/slow/abandoned', 'POST').end();
      await until(async () => (await running()).length === 1);
      client.destroy();
      const kept = () => database.query<unknown[]>(`SELECT 1 FROM workspaces WHERE name = 'an abandoned write'`);
      await until(async () => (await kept()).length === 1);
    });

    it('ends nothing that somebody else waits for', async () => {
      const client = open('/slow/shared').end();
      await until(async () => (await running()).length === 1);
      const other = call('/slow/shared');
      await sleep(DEADLINE_MS / 10);
      client.destroy();
      const got = await other;
      expect([got.status, got.headers['cache-status']]).toEqual([200, 'techspec; fwd=miss; collapsed']);
    });
  });
});
