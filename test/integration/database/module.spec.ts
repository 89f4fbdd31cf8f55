import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { DynamicModule } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../../src/config/config.js';
import { DatabaseConnection } from '../../../src/shared/database/database-connection.js';
import { DatabaseModule } from '../../../src/shared/database/database.module.js';
import { inspectDatabase } from '../../../src/shared/database/inspect-database.js';
import { runInTransaction } from '../../../src/shared/database/transaction.js';
import type { TestDatabase } from '../../support/database.js';
import { testDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';

@Module({})
class TestConfigModule {
  static with(value: Partial<Config>): DynamicModule {
    return {
      module: TestConfigModule,
      global: true,
      providers: [{ provide: Config, useValue: value }],
      exports: [Config],
    };
  }
}

function config(url: string, migrationUrl: string): Pick<Config, 'root' | 'role' | 'log' | 'data' | 'database'> {
  return {
    root: PROJECT_ROOT,
    role: 'all',
    data: { dir: '/none', retentionDays: 90, codeRetentionDays: 90 },
    log: { level: 'silent', components: {} },
    database: {
      url,
      migrationUrl,
      poolSize: 2,
      maxOverflow: 1,
      poolTimeoutMs: 300,
      workerPoolTimeoutMs: 300,
      poolRecycleMs: 3_600_000,
      poolPrePing: true,
      slowQueryMs: 100,
      repeatedQueryLimit: 0,
      readTimeoutMs: 400,
      writeTimeoutMs: 400,
      statementTimeoutMs: 400,
    },
  };
}

async function start(database: TestDatabase) {
  const builder = Test.createTestingModule({
    imports: [TestConfigModule.with(config(database.url, database.ownerUrl)), DatabaseModule],
  });
  const app = await builder.compile();
  await app.init();
  return { app, source: app.get(DataSource), connection: app.get(DatabaseConnection) };
}

describe('the database of the program', () => {
  let database: TestDatabase;
  let running: Awaited<ReturnType<typeof start>>;

  beforeEach(async () => {
    database = await testDatabase();
    running = await start(database);
  });

  afterEach(async () => {
    await running.app.close();
    await database.close();
  });

  const sessions = (): Promise<{ n: number }[]> =>
    running.source.query(`SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'techspec'`);

  it('opens the base of its pool at the start, works as the role without DDL and is ready', async () => {
    expect(await sessions()).toEqual([{ n: 2 }]);
    await expect(running.source.query('CREATE TABLE mine (id int)')).rejects.toThrow('permission denied');
    expect(await running.connection.ready()).toBe(true);
    expect(running.connection.embedded).toBe(false);
  });

  it('has no checkout beyond base and overflow, and says so in time', async () => {
    const runners = Array.from({ length: 3 }, () => running.source.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.connect()));
    await expect(running.source.query('SELECT 1')).rejects.toThrow('timeout');
    await Promise.all(runners.map((runner) => runner.release()));
    await expect(running.source.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('ends a statement that takes too long', async () => {
    await expect(running.source.query('SELECT pg_sleep(30)')).rejects.toThrow('statement timeout');
  });

  it('survives the loss of its idle connections', async () => {
    await running.source.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user`);
    // The order to end is given at once and obeyed a moment later.
    while (((await sessions())[0]?.n ?? 0) > 1) await sleep(10);
    const three = Array.from({ length: 3 }, () => running.source.query(`SELECT 1 AS one, pg_sleep(0.05)::text`));
    await expect(Promise.all(three)).resolves.toHaveLength(3);
    expect(await running.connection.ready()).toBe(true);
  });

  it('is not ready when the schema is older, and ready again when it is not', async () => {
    const settings = config(database.url, database.ownerUrl);
    const owner = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
    const [row] = await owner
      .query(
        `DELETE FROM schema_migrations WHERE id = (SELECT max(id) FROM schema_migrations) RETURNING timestamp, name`,
      )
      .then(([rows]) => rows);
    expect(await running.connection.ready()).toBe(false);
    expect((await running.connection.schema()).pending).toEqual([row.name]);
    expect((await inspectDatabase(settings)).problem).toContain('npm run migrate');
    await owner.query('INSERT INTO schema_migrations (timestamp, name) VALUES ($1, $2)', [row.timestamp, row.name]);
    expect(await running.connection.ready()).toBe(true);
    await owner.destroy();
    expect(await inspectDatabase(settings)).toMatchObject({ kind: 'given', schema: { pending: [] } });
    expect((await inspectDatabase(settings)).problem).toBeUndefined();
  });

  it('tells at the start and in the doctor of more processes than the server lets connections in, and starts', async () => {
    const settings = config(database.url, database.ownerUrl);
    const [{ allowed }] = await running.source.query<[{ allowed: number }]>(
      `SELECT current_setting('max_connections')::int AS allowed`,
    );
    await running.source.query(
      `INSERT INTO worker_heartbeats (executor_id, role) SELECT n::text, 'worker' FROM generate_series(1, $1::int) AS n`,
      [allowed],
    );
    const expected = new RegExp(`^The ${allowed} processes may open ${allowed * 16} connections .*: raise its`);
    expect((await inspectDatabase(settings)).tooMany).toMatch(expected);
    const warned = jest.spyOn(Logger.prototype, 'warn');
    const second = await start(database);
    await second.app.close();
    const lines = warned.mock.calls.map(([line]) => String(line)).filter((line) => line.includes('may open'));
    warned.mockRestore();
    expect(lines).toEqual([expect.stringContaining(`The ${allowed + 1} processes may open`)]);
    await running.source.query(`UPDATE worker_heartbeats SET seen_at = now() - interval '1 minute'`);
    expect((await inspectDatabase(settings)).tooMany).toBeUndefined();
  });

  it('tells a role that may do more than work with rows', async () => {
    const asApplication = await inspectDatabase(config(database.url, database.ownerUrl));
    expect(asApplication.tooMuch).toBeUndefined();
    const { tooMuch } = await inspectDatabase(config(database.ownerUrl, database.ownerUrl));
    expect(tooMuch).toMatch(/(is a superuser|owns our tables).*: give DATABASE_URL a role without these rights/);
  });

  it('runs a transaction again that was the victim of a deadlock, and none that failed by itself', async () => {
    let tries = 0;
    const result = await runInTransaction(running.source, async (manager) => {
      tries += 1;
      await manager.query(`INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'once')`);
      if (tries === 1) await manager.query(`DO $$ BEGIN RAISE deadlock_detected; END $$`);
      return 'done';
    });
    expect([result, tries]).toEqual(['done', 2]);
    expect(await running.source.query(`SELECT count(*)::int AS n FROM workspaces WHERE name = 'once'`)).toEqual([
      { n: 1 },
    ]);

    tries = 0;
    const failing = runInTransaction(running.source, async (manager) => {
      tries += 1;
      await manager.query(`INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'once')`);
    });
    await expect(failing).rejects.toThrow('duplicate key');
    expect(tries).toBe(1);
  });
});
