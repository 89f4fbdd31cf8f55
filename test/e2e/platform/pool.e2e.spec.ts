import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Post } from '@nestjs/common';
import pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { Limit } from '../../../src/http/limit.decorator.js';
import { Public } from '../../../src/http/public.decorator.js';
import { DeclaredReads } from '../../../src/shared/database/declared-reads.js';
import { DatabasePool } from '../../../src/shared/database/pool-statistics.js';
import { runInTransaction } from '../../../src/shared/database/transaction.js';
import type { TestApp } from '../../support/app.js';
import { testAppWith } from '../../support/app-with.js';

const READ_MS = 100;
const WRITE_MS = 500;
const SETTINGS = {
  poolSize: 1,
  maxOverflow: 1,
  poolTimeoutMs: 100,
  readTimeoutMs: READ_MS,
  writeTimeoutMs: WRITE_MS,
};
/** Longer than what it is for may take, and shorter than the next longer use. */
const TOO_LONG_TO_READ = `SELECT pg_sleep(0.2)::text AS slept`;
const TOO_LONG_TO_WRITE = `SELECT pg_sleep(5)::text AS slept`;

/** What requests do with the database, one each. */
@Public()
@Limit('default')
@Controller('uses')
class UsesController {
  constructor(
    private readonly database: DataSource,
    private readonly reads: DeclaredReads,
  ) {}

  @Get('backend')
  backend() {
    return this.reads.read((reader) => reader.query('SELECT pg_backend_pid() AS pid'));
  }

  @Get('long-read')
  longRead() {
    return this.reads.read((reader) => reader.query(TOO_LONG_TO_READ));
  }

  @Get('writing-read')
  writingRead() {
    return this.reads.read((reader) => reader.query(`DELETE FROM workspaces`));
  }

  @Post('write')
  write() {
    return this.database.query(TOO_LONG_TO_READ);
  }

  @Post('long-write')
  longWrite() {
    return runInTransaction(this.database, async (manager) => {
      await manager.query(`INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'too late')`);
      await manager.query(TOO_LONG_TO_WRITE);
    });
  }

  @Post('own-limit')
  ownLimit() {
    const sql = `SELECT pg_sleep(${(WRITE_MS * 1.4) / 1000})::text AS slept`;
    return runInTransaction(this.database, (manager) => manager.query<unknown[]>(sql), { statementTimeoutMs: 20_000 });
  }
}

describe('requests and workers on one pool', () => {
  let web: TestApp;
  let database: DataSource;
  let pool: DatabasePool;
  beforeAll(async () => {
    web = await testAppWith([UsesController], { database: SETTINGS });
    database = web.app.get(DataSource, { strict: false });
    pool = web.app.get(DatabasePool, { strict: false });
  }, 60_000);
  afterAll(() => web.close());

  const holdAll = async (): Promise<QueryRunner[]> => {
    const runners = [0, 1].map(() => database.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.connect()));
    return runners;
  };
  const refusal = async (method: string, path: string) => {
    const answer = await web.call(method, path);
    return [answer.statusCode, answer.json<{ code?: string }>().code, answer.headers['retry-after']];
  };
  const metric = async (name: string) => {
    const { body } = await web.get('/metrics');
    return Number(new RegExp(`^tech_spec_db_${name} (\\S+)$`, 'm').exec(body)?.[1]);
  };

  it('a request that gets no connection in time is told when to come back; a worker waits on', async () => {
    const before = await metric('connection_timeouts_total');
    const held = await holdAll();
    const worker = database.query<{ one: number }[]>('SELECT 1 AS one');
    try {
      for (let turn = 0; turn < 3; turn++)
        expect(await refusal('GET', '/uses/backend')).toEqual([503, 'database_busy', '2']);
      expect(await Promise.race([worker, sleep(50, 'waits')])).toBe('waits');
    } finally {
      for (const runner of held) await runner.release();
    }
    expect(await worker).toEqual([{ one: 1 }]);
    expect((await web.get('/uses/backend')).statusCode).toBe(200);
    expect((await metric('connection_timeouts_total')) - before).toBe(3);
  });

  it('whoever gave up leaves the queue: nobody waits for nothing', async () => {
    const held = await holdAll();
    await Promise.all(Array.from({ length: 20 }, () => web.get('/uses/backend')));
    for (let turn = 0; pool.statistics().waiting > 0 && turn < 300; turn++) await sleep(10);
    const { waiting, active } = pool.statistics();
    for (const runner of held) await runner.release();
    expect([waiting, active]).toEqual([0, 2]);
  });

  it('shows places and waits of the pool', async () => {
    const { body } = await web.get('/metrics');
    expect(await metric('connections_max')).toBe(2);
    expect(await metric('connection_wait_seconds_count')).toBeGreaterThan(0);
    expect(body).toContain('tech_spec_db_connection_wait_seconds_bucket{le="0.002"}');
    const { timeouts } = pool.statistics();
    expect(timeouts).toBeGreaterThanOrEqual(23);
    const report = (await web.get('/metrics', { accept: 'application/json' })).json<{ database: object }>();
    expect(report.database).toMatchObject({
      connections_base: 1,
      connections_max: 2,
      total_checkout_timeouts: timeouts,
    });
  });

  it('ends a declared read sooner than a write, and a write sooner than a worker', async () => {
    expect(await refusal('GET', '/uses/long-read')).toEqual([503, 'database_timeout', '2']);
    expect((await web.post('/uses/write')).json()).toEqual([{ slept: '' }]);
    expect(await refusal('POST', '/uses/long-write')).toEqual([503, 'database_timeout', '2']);
    await expect(database.query(`SELECT pg_sleep(${(WRITE_MS * 1.5) / 1000})::text AS slept`)).resolves.toHaveLength(1);
    expect(await database.query(`SELECT 1 FROM workspaces WHERE name = 'too late'`)).toEqual([]);
  });

  it('a list of sessions is a declared read, and waits for no lock longer than one may', async () => {
    const owner = new pg.Client({ connectionString: web.database.ownerUrl });
    await owner.connect();
    try {
      await owner.query('BEGIN');
      await owner.query('LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
      const answer = await web.get('/v1/sessions?q=locked');
      expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2']);
      expect(answer.json<{ detail: string }>().detail).toContain(`longer than ${READ_MS / 1000} s`);
    } finally {
      await owner.end();
    }
    expect((await web.get('/v1/sessions?q=locked')).statusCode).toBe(200);
  });

  it('lets a transaction have a limit of its own', async () => {
    expect((await web.post('/uses/own-limit')).json()).toEqual([{ slept: '' }]);
  });

  it('keeps the connection whose statement it ended', async () => {
    const backend = async () => (await web.get('/uses/backend')).json<{ pid: number }[]>()[0]?.pid;
    const before = await backend();
    await refusal('GET', '/uses/long-read');
    expect(await backend()).toBe(before);
  });

  it('refuses to write in a declared read', async () => {
    expect((await refusal('GET', '/uses/writing-read'))[0]).toBe(500);
    expect(await database.query(`SELECT count(*)::int > 0 AS kept FROM workspaces`)).toEqual([{ kept: true }]);
  });
});
