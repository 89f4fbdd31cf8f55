import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Config } from '../../../src/config/config.js';
import { Clock } from '../../../src/shared/clock/clock.js';
import type { ListeningPool } from '../../../src/shared/database/checked-pool.js';
import { dataSourceOptions, warmUp } from '../../../src/shared/database/data-source-options.js';
import { PoolLimits } from '../../../src/shared/database/pool-limits.js';
import { runInRequest } from '../../../src/shared/logging/request-context.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';

const BASE = 2;
const OVERFLOW = 2;
const SETTINGS: Config['database'] = {
  poolSize: BASE,
  maxOverflow: OVERFLOW,
  poolTimeoutMs: 1000,
  workerPoolTimeoutMs: 30_000,
  poolRecycleMs: 3_600_000,
  poolPrePing: true,
  repeatedQueryLimit: 0,
  slowQueryMs: 1000,
  readTimeoutMs: 1500,
  writeTimeoutMs: 5000,
  statementTimeoutMs: 30_000,
};

describe('the pool, as the program configures it', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await testDatabase();
  }, 60_000);
  afterAll(() => database.close());
  afterEach(() => source.destroy());

  const open = async (settings: Partial<Config['database']> = {}, extra: object = {}): Promise<ListeningPool> => {
    const config = { database: { ...SETTINGS, ...settings }, log: { level: 'silent' as const, components: {} } };
    const options = dataSourceOptions(config, database.url, () => undefined) as DataSourceOptions & { extra: object };
    source = await new DataSource({ ...options, extra: { ...options.extra, ...extra } }).initialize();
    return (source.driver as unknown as { master: ListeningPool }).master;
  };
  const take = (pool: ListeningPool, count: number) => Promise.all(Array.from({ length: count }, () => pool.connect()));
  const pidOf = (client: pg.PoolClient) => (client as unknown as { processID: number }).processID;
  const opened = async (): Promise<number[]> => {
    const rows = await source.query<{ pid: number }[]>(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'techspec' ORDER BY pid`,
    );
    return rows.map(({ pid }) => pid);
  };
  const until = async (holds: () => boolean | Promise<boolean>) => {
    for (const end = performance.now() + 20_000; !(await holds()); await sleep(10))
      if (performance.now() > end) throw new Error('it did not come to this');
  };

  it('opens its base before anybody asks', async () => {
    await open();
    await warmUp(source, BASE);
    expect(await opened()).toHaveLength(BASE);
  });

  it('closes the overflow when it is idle, and keeps the base however idle', async () => {
    const idleTimeoutMillis = 50;
    const pool = await open({}, { idleTimeoutMillis });
    const clients = await take(pool, BASE + OVERFLOW);
    const next = pool.connect();
    expect(await Promise.race([next, sleep(20, 'none is left')])).toBe('none is left');
    for (const client of clients) client.release();
    (await next).release();
    await until(() => pool.totalCount === BASE);
    await sleep(4 * idleTimeoutMillis);
    expect([pool.totalCount, (await opened()).length]).toEqual([BASE, BASE]);
  });

  it('lends the connection used last, so that those of the overflow become idle', async () => {
    const pool = await open();
    const clients = await take(pool, BASE + OVERFLOW);
    for (const client of clients) client.release();
    const last = clients.at(-1)!;
    for (let turn = 0; turn < 5; turn++) {
      const [client] = await take(pool, 1);
      expect(pidOf(client!)).toBe(pidOf(last));
      client!.release();
    }
  });

  it('replaces a connection that has reached its age: an idle one at once, a lent one when it comes back', async () => {
    const pool = await open({ poolRecycleMs: 1000 });
    const [lent, idle] = await take(pool, 2);
    const old = [pidOf(lent!), pidOf(idle!)];
    idle!.release();
    await until(() => pool.totalCount === 1);
    expect((await lent!.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid).toBe(old[0]);
    await until(() => pool.expiredCount === 1);
    lent!.release();
    const next = await take(pool, 2);
    for (const client of next) {
      expect(old).not.toContain(pidOf(client));
      client.release();
    }
  });

  it('tells a request the same when the driver ends its wait first, as in a process that is busy', async () => {
    const late = new (class extends Clock {
      override monotonicMs = () => 0;
    })();
    const times = { requestWaitMs: 30, workerWaitMs: 30, readMs: 1000, writeMs: 1000, statementMs: 1000 };
    const pool = await open({}, { max: 1, limits: new PoolLimits(times, late) });
    const [client] = await take(pool, 1);
    const inRequest = runInRequest({ requestId: 'one' }, () => pool.connect());
    await expect(inRequest).rejects.toMatchObject({ code: 'database_busy', kind: 'unavailable' });
    await expect(pool.connect()).rejects.not.toHaveProperty('code');
    client!.release();
    expect(pool.waits.totals.timeouts).toBe(2);
  });

  it('counts what it lent, what was waited for it and who got none', async () => {
    const pool = await open({ poolSize: 1, maxOverflow: 0, workerPoolTimeoutMs: 50 });
    const told: number[] = [];
    pool.waits.onWait((ms) => told.push(ms));
    const before = pool.waits.totals;
    const [client] = await take(pool, 1);
    await expect(pool.connect()).rejects.toThrow('timeout exceeded');
    const [next] = await Promise.all([pool.connect(), sleep(20).then(() => client!.release())]);
    next.release();
    const { checkouts, timeouts, waitedMs } = pool.waits.totals;
    expect([checkouts - before.checkouts, timeouts - before.timeouts, told.length]).toEqual([2, 1, 3]);
    expect(waitedMs - before.waitedMs).toBeGreaterThanOrEqual(15);
  });
});
