import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import type { Config } from '../../../src/config/config.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { Clock } from '../../../src/shared/clock/clock.js';
import { JobRetention } from '../../../src/shared/jobs/job-retention.js';
import { JobsModule } from '../../../src/shared/jobs/jobs.module.js';
import { JobsRepository } from '../../../src/shared/jobs/jobs.repository.js';
import type { WorkflowEngine } from '../../../src/shared/workflow/workflow-engine.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { Fleet } from './support/fleet.js';

jest.setTimeout(60_000);

const HOUR_MS = 3600 * 1000;
const WEEK_MS = 7 * 24 * HOUR_MS;

describe('workflows in the engine’s schema', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await Fleet.open();
  });
  afterEach(() => fleet.close());

  const age = (ms: number, ...ids: string[]) =>
    fleet.source.query(
      `UPDATE dbos.workflow_status SET created_at = created_at - $1, updated_at = updated_at - $1,
              completed_at = completed_at - $1 WHERE workflow_uuid = ANY ($2)`,
      [ms, ids],
    );

  /** As many again of one that is over, whatever columns the engine's table has. */
  const copies = (id: string, count: number) =>
    fleet.source.query(
      `INSERT INTO dbos.workflow_status
       SELECT (jsonb_populate_record(w, jsonb_build_object('workflow_uuid', $1 || '/' || copy))).*
       FROM dbos.workflow_status AS w, generate_series(1, $2::int) AS copy WHERE workflow_uuid = $1`,
      [id, count],
    );

  /** Ids that any table of the engine's schema still speaks of. */
  const known = async () => {
    const tables: { name: string }[] = await fleet.source.query(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'dbos' AND column_name = 'workflow_uuid'`,
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['workflow_status', 'workflow_input', 'workflow_output', 'operation_outputs']),
    );
    const rows: { id: string }[] = await fleet.source.query(
      tables.map(({ name }) => `SELECT workflow_uuid AS id FROM dbos.${name}`).join(' UNION '),
    );
    return rows.map(({ id }) => id).sort();
  };

  it('leave 7 days after their end, however they ended; younger and unfinished ones stay', async () => {
    const first = await fleet.worker();
    for (const id of ['done', 'done-young']) await fleet.start({ id, workflow: 'chain', input: { steps: 2, ms: 0 } });
    await fleet.start({ id: 'failed', workflow: 'child', input: { fails: true } });
    await fleet.start({ id: 'cancelled', workflow: 'chain', input: { steps: 1000, ms: 100 } });
    await fleet.start({ id: 'running', workflow: 'chain', input: { steps: 1000, ms: 100 } });
    await fleet.start({ id: 'queued', workflow: 'chain', queue: 'served-by-nobody', input: { steps: 1, ms: 0 } });
    await fleet.until('both run', async () => (await fleet.marks('running')).length > 0);
    await fleet.engine.cancel('cancelled');
    for (const id of ['done', 'done-young', 'failed', 'cancelled']) await fleet.done(id);
    await age(WEEK_MS + HOUR_MS, 'done', 'failed', 'cancelled', 'running', 'queued');
    await age(WEEK_MS - HOUR_MS, 'done-young');
    await fleet.worker({ heartbeatMs: 200 });
    const gone = async () => !(await known()).some((id) => ['done', 'failed', 'cancelled'].includes(id));
    await fleet.until('the old ones are gone', gone);
    expect(await known()).toEqual(['done-young', 'queued', 'running']);
    expect(await fleet.engine.state('done')).toBe('unknown');
    expect(await fleet.engine.state('done-young')).toBe('done');
    expect(await fleet.engine.state('queued')).toBe('queued');
    expect(await fleet.engine.state('running')).toBe('running');
    const seen = (await fleet.marks('running')).length;
    await fleet.until('it goes on', async () => (await fleet.marks('running')).length > seen + 1);
    expect(first.exitCode).toBeNull();
  });

  it('leave in batches, until all that are old have gone', async () => {
    const first = await fleet.worker();
    await fleet.start({ id: 'old', workflow: 'chain', input: { steps: 1, ms: 0 } });
    await fleet.done('old');
    await age(WEEK_MS + HOUR_MS, 'old');
    await copies('old', 1100);
    await fleet.stop(first);
    const sizes = new Set<number>();
    await fleet.worker({ heartbeatMs: 200 });
    await fleet.until('all are gone', async () => {
      const left = (await known()).length;
      sizes.add(left);
      return left === 0;
    });
    for (const left of sizes) expect([1101, 601, 101, 0]).toContain(left);
  });
});

describe('rows of jobs', () => {
  const WORKSPACE = '00000000-0000-7000-8000-000000000001';
  let database: TestDatabase;
  let source: DataSource;
  const config: Config = loadConfig({}, PROJECT_ROOT);

  beforeEach(async () => {
    Logger.overrideLogger(false);
    database = await testDatabase();
    source = await new DataSource({ type: 'postgres', url: database.url, poolSize: 2 }).initialize();
  });
  afterEach(async () => {
    await source.destroy();
    await database.close();
  });

  const insert = (kind: string, status: string, finished: string | null, count = 1) =>
    source.query(
      `INSERT INTO jobs (workspace_id, id, queue, kind, status, input, created_at, updated_at, finished_at)
       SELECT $1, gen_random_uuid(), 'research', $2, $3, '{}', now() - interval '90 days', now(), now() - $4::interval
       FROM generate_series(1, $5::int)`,
      [WORKSPACE, kind, status, finished, count],
    );
  const kinds = async () => {
    const rows: { kind: string }[] = await source.query('SELECT kind FROM jobs ORDER BY kind');
    return rows.map(({ kind }) => kind);
  };

  it('leave 7 days after their end, in a process that works; younger and unfinished ones stay', async () => {
    for (const status of ['done', 'failed', 'cancelled']) {
      await insert(`${status}-old`, status, '7 days 1 hour');
      await insert(`${status}-young`, status, '6 days 23 hours');
    }
    for (const status of ['queued', 'running']) await insert(status, status, null);
    const testing = await Test.createTestingModule({
      imports: [
        ConfigModule.register({
          ...config,
          role: 'worker',
          workflow: { ...config.workflow, heartbeatMs: 100 },
          database: { ...config.database, url: database.url, poolSize: 3 },
        }),
        JobsModule,
      ],
    }).compile();
    const app = await testing.init();
    try {
      while ((await kinds()).some((kind) => kind.endsWith('-old'))) await new Promise((next) => setTimeout(next, 25));
      expect(await kinds()).toEqual(['cancelled-young', 'done-young', 'failed-young', 'queued', 'running']);
    } finally {
      await app.close();
    }
  });

  it('leave a batch at a time, and are then left alone for an hour', async () => {
    await insert('old', 'done', '3 days', 1100);
    let nowMs = 0;
    const clock = Object.assign(new Clock(), { monotonicMs: () => nowMs });
    const days = { ...config, data: { ...config.data, retentionDays: 2 } };
    const retention = new JobRetention({} as WorkflowEngine, new JobsRepository(source), days, clock);
    const removed = async () => [await retention.clean(), (await kinds()).length];
    expect(await removed()).toEqual([500, 600]);
    expect(await removed()).toEqual([500, 100]);
    expect(await removed()).toEqual([100, 0]);
    await insert('old', 'done', '3 days');
    nowMs += HOUR_MS - 1;
    expect(await removed()).toEqual([0, 1]);
    nowMs += 1;
    expect(await removed()).toEqual([1, 0]);
  });
});
