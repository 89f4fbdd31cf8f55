import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { ALL_MIGRATIONS } from '../../../migrations/all-migrations.js';
import type { ConcurrentMigration } from '../../../migrations/all-migrations.js';
import { testDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { APP_ROLE } from '../../../src/shared/database/embedded/initialise.js';
import { migrate } from '../../../src/shared/database/migrate.js';
import { migrationNames } from '../../../src/shared/database/schema-state.js';
import type { TestDatabase } from '../../support/database.js';

const CONFIG = { root: PROJECT_ROOT };

describe('migrating', () => {
  let base: TestDatabase;
  let url: string;
  let name: string;

  async function sql(statement: string, target = url): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client(target);
    await client.connect();
    try {
      return (await client.query(statement)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  beforeEach(async () => {
    base = await testDatabase();
    const parsed = new URL(base.ownerUrl);
    name = `${parsed.pathname.slice(1)}_empty`;
    await sql(`CREATE DATABASE ${name} TEMPLATE template0`, base.ownerUrl);
    parsed.pathname = `/${name}`;
    url = parsed.href;
  });

  afterEach(async () => {
    await sql(`DROP DATABASE ${name} WITH (FORCE)`, base.ownerUrl);
    await base.close();
  });

  it('is done by one of eight processes that start together; the others wait and skip', async () => {
    const reports = await Promise.all(Array.from({ length: 8 }, () => migrate({ url, appRole: APP_ROLE }, CONFIG)));
    expect(reports.filter(({ applied }) => applied.length > 0)).toEqual([
      { applied: migrationNames(), engineMigrated: true, newer: [] },
    ]);
    expect(reports.filter(({ engineMigrated }) => engineMigrated)).toHaveLength(1);
    expect(await sql('SELECT count(*)::int AS n FROM schema_migrations')).toEqual([{ n: migrationNames().length }]);
  });

  it('finds nothing to do the second time, and accepts a schema newer than this release', async () => {
    await migrate({ url, appRole: APP_ROLE }, CONFIG);
    await sql(`INSERT INTO schema_migrations (timestamp, name) VALUES (1999999999999, 'Later1999999999999')`);
    await sql(`COMMENT ON SCHEMA dbos IS 'engine 999.0.0, open to ${APP_ROLE}'`);
    const report = await migrate({ url, appRole: APP_ROLE }, CONFIG);
    expect(report).toEqual({ applied: [], engineMigrated: false, newer: ['Later1999999999999'] });
  });

  it('says how to migrate when the role may not', async () => {
    const app = new URL(base.url);
    app.pathname = `/${name}`;
    await expect(migrate({ url: app.href }, CONFIG)).rejects.toMatchObject({
      code: 'database_schema_older',
      message: expect.stringContaining('npm run migrate') as string,
    });
  });

  it('gives the lock back when a migration fails, and leaves no half of it', async () => {
    await sql('CREATE TABLE documents (id int)');
    await expect(migrate({ url, appRole: APP_ROLE }, CONFIG)).rejects.toMatchObject({
      code: 'database_migration_failed',
      message: expect.stringContaining('"documents" already exists') as string,
    });
    expect(await sql(`SELECT to_regclass('workspaces') AS found`)).toEqual([{ found: null }]);
    await sql('DROP TABLE documents');
    const report = await migrate({ url, appRole: APP_ROLE }, CONFIG);
    expect(report.applied).toEqual(migrationNames());
  });

  describe('with an index built concurrently', () => {
    class Ranked1700000000900 implements ConcurrentMigration {
      readonly name = 'Ranked1700000000900';
      readonly transaction = false;
      readonly indexes = ['idx_heartbeat_role'];

      async up(runner: QueryRunner): Promise<void> {
        await runner.query('CREATE UNIQUE INDEX CONCURRENTLY idx_heartbeat_role ON worker_heartbeats (role)');
      }

      async down(runner: QueryRunner): Promise<void> {
        await runner.query('DROP INDEX CONCURRENTLY idx_heartbeat_role');
      }
    }
    const migrations = [...ALL_MIGRATIONS, Ranked1700000000900];
    const valid = () =>
      sql(`SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'idx_heartbeat_role'::regclass`);

    it('drops the invalid one that an interrupted run left, and builds it anew', async () => {
      await migrate({ url, appRole: APP_ROLE }, CONFIG);
      await sql(`INSERT INTO worker_heartbeats (executor_id, role) VALUES ('a', 'same'), ('b', 'same')`);
      await expect(migrate({ url, appRole: APP_ROLE }, CONFIG, migrations)).rejects.toThrow(
        'could not create unique index',
      );
      expect(await valid()).toEqual([{ valid: false }]);
      await sql(`DELETE FROM worker_heartbeats WHERE executor_id = 'b'`);
      expect((await migrate({ url, appRole: APP_ROLE }, CONFIG, migrations)).applied).toEqual(['Ranked1700000000900']);
      expect(await valid()).toEqual([{ valid: true }]);
    });

    it('does not deadlock with seven processes that wait for their turn', async () => {
      const all = Array.from({ length: 8 }, () => migrate({ url, appRole: APP_ROLE }, CONFIG, migrations));
      expect((await Promise.all(all)).filter(({ applied }) => applied.length > 0)).toHaveLength(1);
      expect(await valid()).toEqual([{ valid: true }]);
    });
  });

  it('writes nothing to stdout, which belongs to the document', async () => {
    const spies = (['log', 'info', 'warn'] as const).map((method) => jest.spyOn(console, method).mockReturnValue());
    try {
      await migrate({ url, appRole: APP_ROLE }, CONFIG);
      expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([]);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });

  it('names an unreachable server in one line without the password', async () => {
    const failure = migrate({ url: 'postgresql://me:secret-word@127.0.0.1:1/none' }, CONFIG);
    await expect(failure).rejects.toMatchObject({ code: 'database_unreachable' });
    await expect(failure).rejects.toThrow(/^The database does not answer \(connect ECONNREFUSED 127\.0\.0\.1:1\): .*$/);
    await expect(failure).rejects.not.toThrow('secret-word');
  });
});
