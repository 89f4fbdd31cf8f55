import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { Config } from '../../../src/config/config.js';
import { Clock } from '../../../src/shared/clock/clock.js';
import { DatabaseModule } from '../../../src/shared/database/database.module.js';
import { defineQuery } from '../../../src/shared/database/named-queries.js';
import { QueryPlans } from '../../../src/shared/database/query-plans.js';
import { QueryProfiler } from '../../../src/shared/database/query-profiler.js';
import { runInTransaction } from '../../../src/shared/database/transaction.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { Deadlines } from '../../../src/shared/deadline/deadline.js';
import { runInRequest } from '../../../src/shared/logging/request-context.js';
import { testConfig } from '../../support/config.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';

const SLOW_MS = 40;
const REPEATS = 3;
const HOME = mintWorkspaceScope('00000000-0000-7000-8000-000000000001');
/** Stands wherever a value can; it may be seen nowhere. */
const CANARY = 'canary-7f3a9c';

defineQuery({
  name: 'test.writes',
  about: 'Would write, if it could',
  statement: () => ({
    text: `INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), $1)`,
    parameters: ['by a plan'],
  }),
});
defineQuery({
  name: 'test.long',
  about: 'Takes long',
  statement: () => ({ text: 'SELECT pg_sleep(20)', parameters: [] }),
});
defineQuery({
  name: 'test.writes-in-with',
  about: 'Hides that it writes',
  statement: () => ({
    text: `WITH x AS (INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), $1) RETURNING id) SELECT * FROM x`,
    parameters: ['by a plan'],
  }),
});

@Module({})
class SettingsModule {
  static with(config: Config): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}

type Line = Readonly<Record<string, unknown>>;

describe('the profiler', () => {
  let database: TestDatabase;
  let app: TestingModule;
  let source: DataSource;
  let profiler: QueryProfiler;
  let plans: QueryPlans;
  let warn: jest.SpyInstance;

  beforeAll(async () => {
    database = await testDatabase();
    const own = { url: database.url, migrationUrl: database.ownerUrl, poolSize: 2, maxOverflow: 2 };
    const config = testConfig({ database: { ...own, slowQueryMs: SLOW_MS, repeatedQueryLimit: REPEATS } });
    app = await Test.createTestingModule({ imports: [SettingsModule.with(config), DatabaseModule] }).compile();
    await app.init();
    [source, profiler, plans] = [app.get(DataSource), app.get(QueryProfiler), app.get(QueryPlans)];
  });
  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  });
  afterEach(() => warn.mockRestore());
  afterAll(async () => {
    await app?.close();
    await database?.close();
  });

  const lines = (message: string): Line[] =>
    (warn.mock.calls as Line[][]).flatMap(([line]) => (line?.['msg'] === message ? [line] : []));
  const until = async (holds: () => boolean) => {
    for (const end = Date.now() + 5000; !holds(); await sleep(5))
      if (Date.now() > end) throw new Error('it did not come to this');
  };
  const statisticsOf = (part: string) => profiler.top(1000).find(({ shape }) => shape.text.includes(part));
  const inRequest = <T>(requestId: string, work: () => Promise<T>) =>
    runInRequest({ requestId, route: '/v1/things/:id' }, work);
  const slowly = (name: string) =>
    source.query(`SELECT id, name, pg_sleep(0.06)::text FROM workspaces WHERE name <> $1`, [name]);

  it('tells a slow query with its request, its rows and its text, and none of its values', async () => {
    await inRequest('r-1', () => slowly(CANARY));
    const line = lines('slow query').find(({ requestId }) => requestId === 'r-1');
    expect(line).toMatchObject({
      route: '/v1/things/:id',
      requestId: 'r-1',
      query: 'SELECT id, name, pg_sleep(?)::text FROM workspaces WHERE name <> ?',
      rows: (await source.query<unknown[]>('SELECT id FROM workspaces')).length,
    });
    expect(line?.['ms']).toBeGreaterThanOrEqual(SLOW_MS);
    expect(JSON.stringify(warn.mock.calls)).not.toContain(CANARY);
  });

  it('tells how the server goes about a slow query, once for its shape', async () => {
    const ask = () => source.query(`SELECT pg_sleep(0.06), count(*) FROM jobs WHERE kind = $1`, [CANARY]);
    await ask();
    const entry = statisticsOf('count(*) FROM jobs');
    const told = () => lines('plan of a slow query').filter(({ shape }) => shape === entry?.shape.id);
    await until(() => told().length === 1);
    await ask();
    await sleep(100);
    expect(told()).toHaveLength(1);
    expect(entry).toMatchObject({ count: 2, slow: 2 });
    expect(entry?.plan?.steps.map(({ node }) => node)).toEqual(['Aggregate', expect.stringContaining('Scan')]);
    expect(entry?.plan?.steps[1]).toMatchObject({ relation: 'jobs', conditions: ['Filter: (kind = ?::text)'] });
    // Planned, not run: there is nothing to tell of a run.
    expect(entry?.plan).not.toHaveProperty('executionMs');
    expect(JSON.stringify(entry)).not.toContain(CANARY);
  });

  it('plans a slow write without writing again', async () => {
    await source.query(`INSERT INTO workspaces (id, name) SELECT gen_random_uuid(), $1 FROM pg_sleep(0.06)`, ['once']);
    await until(() => statisticsOf('FROM pg_sleep')?.plan !== undefined);
    expect(statisticsOf('FROM pg_sleep')?.shape.operation).toBe('insert');
    expect(await source.query(`SELECT 1 FROM workspaces WHERE name = 'once'`)).toHaveLength(1);
  });

  it('tells of a slow query that failed, by its code', async () => {
    const failing = runInTransaction(source, (manager) => manager.query('SELECT pg_sleep(20) AS never'), {
      statementTimeoutMs: 60,
    });
    await expect(failing).rejects.toThrow('statement timeout');
    const failed = lines('slow query').filter((line) => 'failed' in line);
    expect(failed).toEqual([expect.objectContaining({ failed: '57014', route: 'background' })]);
    expect(statisticsOf('AS never')).toMatchObject({ count: 1, errors: 1, slow: 1, rows: 0 });
  });

  it('knows what each shape cost and who asked last, whatever the values', async () => {
    const ask = (n: number) => source.query(`SELECT $1::int AS counted`, [n]);
    for (const n of [1, 2, 3]) await ask(n);
    expect(statisticsOf('AS counted')).toMatchObject({ count: 3, errors: 0, rows: 3, lastRoute: 'background' });
    await inRequest('r-2', () => ask(4));
    const entry = statisticsOf('AS counted');
    expect(entry).toMatchObject({ count: 4, lastRoute: '/v1/things/:id' });
    expect(entry!.totalMs).toBeGreaterThanOrEqual(entry!.maxMs);
  });

  it('holds no more shapes than it may, and keeps those that took long', async () => {
    for (let n = 0; n < 600; n += 1)
      profiler.ended({ text: `SELECT c${n} FROM t`, parameters: [] }, n === 0 ? 30 : 0.001, { rows: 0 });
    expect(profiler.top(10_000).length).toBe(500);
    expect(statisticsOf('SELECT c0 FROM t')).toBeDefined();
    expect(statisticsOf('SELECT c1 FROM t')).toBeUndefined();
  });

  it('counts the check of an idle connection for no request', async () => {
    // One connection, idle for longer than it is taken unchecked.
    await source.query('SELECT 1');
    await sleep(1100);
    const seen: [string, string | undefined][] = [];
    const end = profiler.listen(({ shape, request }) => seen.push([shape.text, request?.requestId]));
    await inRequest('r-8', () => source.query('SELECT 1 AS after_idle'));
    end();
    expect(seen).toEqual([
      ['SELECT ?', undefined],
      ['SELECT ? AS after_idle', 'r-8'],
    ]);
  });

  describe('a request that asks the same again and again', () => {
    const AGAIN = 'one query again and again in one request: load its rows together';
    const one = (n: number) => source.query(`SELECT $1::int AS repeated`, [n]);

    it('is told once, with query and route', async () => {
      await inRequest('r-3', async () => {
        for (let n = 0; n <= REPEATS + 5; n += 1) await one(n);
      });
      expect(lines(AGAIN)).toEqual([
        {
          msg: AGAIN,
          count: REPEATS + 1,
          route: '/v1/things/:id',
          requestId: 'r-3',
          shape: expect.any(String),
          query: 'SELECT ?::int AS repeated',
        },
      ]);
    });

    it('is not told within the limit, nor of several requests, transactions, streams or the background', async () => {
      for (const id of ['r-4', 'r-5'])
        await inRequest(id, async () => {
          for (let n = 0; n < REPEATS; n += 1) await one(n);
        });
      for (let n = 0; n <= REPEATS; n += 1) await one(n);
      await inRequest('r-6', async () => {
        for (let n = 0; n <= REPEATS; n += 1) await runInTransaction(source, () => Promise.resolve());
      });
      const answered = new Deadlines(10_000, new Clock()).begin();
      answered.lift();
      const stream = async () => {
        for (let n = 0; n <= REPEATS; n += 1) await one(n);
      };
      await runInRequest({ requestId: 'r-7', route: '/stream' }, stream, answered);
      expect(lines(AGAIN)).toEqual([]);
    });
  });

  describe('the plan of a named query', () => {
    it('is not to be had for what has no name', async () => {
      await expect(plans.named('SELECT 1', HOME, false)).rejects.toMatchObject({ code: 'query_unknown' });
    });

    it.each(['test.writes', 'test.writes-in-with'])('that writes is made, and never run: %s', async (name) => {
      expect((await plans.named(name, HOME, false)).steps.length).toBeGreaterThan(0);
      await expect(plans.named(name, HOME, true)).rejects.toThrow('read-only transaction');
      expect(await source.query(`SELECT 1 FROM workspaces WHERE name = 'by a plan'`)).toEqual([]);
    });

    it('that runs too long is given up, and said so', async () => {
      await expect(plans.named('test.long', HOME, true)).rejects.toMatchObject({ code: 'query_plan_timeout' });
      const running = await source.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(20)%' AND pid <> pg_backend_pid()`,
      );
      expect(running).toEqual([]);
      expect((await plans.named('test.long', HOME, false)).steps[0]?.node).toBe('Result');
    });
  });
});
