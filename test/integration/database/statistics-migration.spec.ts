import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { Statistics1700000000005 } from '../../../migrations/0005-statistics.js';
import { statisticsView } from '../../../src/modules/dashboard/statistics-view.js';
import { SessionStatisticsRepository } from '../../../src/modules/sessions/session-statistics.repository.js';
import { SessionStatisticsService } from '../../../src/modules/sessions/session-statistics.service.js';
import { Clock } from '../../../src/shared/clock/clock.js';
import { migrationSource } from '../../../src/shared/database/migrate.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { expectStatistics } from '../../support/expect-statistics.js';
import { recount, recountable } from '../../support/recount.js';

const HOME = '00000000-0000-7000-8000-000000000001';
const OTHER = '0190a0de-0000-7000-8000-00000000000b';

/** Sessions as they were before: of two workspaces, some with all that hangs on them. */
const SESSIONS = `INSERT INTO sessions (workspace_id, id, name, brief, options, model, status, priority, created_at, started_at, finished_at)
  SELECT $1::uuid, gen_random_uuid(), 'old ' || n, jsonb_build_object('projectType', (ARRAY['Web API', 'shop'])[1 + n % 2]), '{}',
         CASE WHEN n % 3 = 0 THEN 'model-a' END, (ARRAY['completed', 'failed', 'paused'])[1 + n % 3], 5, at, at,
         CASE WHEN n % 3 < 2 THEN at + n * interval '1234 ms' END
    FROM (SELECT n, timestamptz '2026-01-20' + n * interval '11 minutes' AS at FROM generate_series(1, $2::int) n) AS times`;
const CHILDREN = [
  `INSERT INTO gaps (workspace_id, session_id, run, id, category, status, body, error)
   SELECT workspace_id, id, 1, 'G-1', 'cache', 'open', '{"research":true}', CASE WHEN status = 'failed' THEN '{}'::jsonb END FROM sessions`,
  `INSERT INTO session_nodes (workspace_id, session_id, run, node, gap_id, state, output)
   SELECT workspace_id, id, 1, 'research', 'G-1', 'done', '{"cached":true,"options":3}' FROM sessions WHERE status = 'completed'`,
  `INSERT INTO decisions (workspace_id, session_id, run, gap_id, body, decided_by)
   SELECT workspace_id, id, 1, 'G-1', '{"by":"person"}', 'x' FROM sessions WHERE status = 'completed'`,
  `INSERT INTO documents (workspace_id, session_id, version, run, sha256, body, quality, rounds)
   SELECT workspace_id, id, 1, 1, 'x', '{}', '{"total":93}', '[]' FROM sessions WHERE status = 'completed'`,
];

describe('the migration to statistics', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let source: DataSource;
  let app: DataSource;

  beforeEach(async () => {
    database = await testDatabase();
    client = new pg.Client(database.ownerUrl);
    await client.connect();
    source = await new DataSource(migrationSource(database.ownerUrl)).initialize();
    app = await new DataSource({ type: 'postgres', url: database.ownerUrl, installExtensions: false }).initialize();
    const runner = source.createQueryRunner();
    await new Statistics1700000000005().down(runner);
    await runner.release();
    await client.query(`INSERT INTO workspaces (id, name) VALUES ($1, 'another')`, [OTHER]);
    await client.query(SESSIONS, [HOME, 2500]);
    await client.query(SESSIONS, [OTHER, 300]);
    for (const children of CHILDREN) await client.query(children);
  });
  afterEach(async () => {
    await app?.destroy();
    await source?.destroy();
    await client?.end();
    await database?.close();
  });

  async function expectTrue(): Promise<void> {
    const service = new SessionStatisticsService(new SessionStatisticsRepository(app), new Clock());
    for (const workspace of [HOME, OTHER]) {
      const found = await service.statistics(mintWorkspaceScope(workspace), {});
      expectStatistics(statisticsView({}, found), recount(await recountable(client, workspace)));
    }
    const { rows } = await client.query('SELECT count(*)::int AS n FROM sessions WHERE project_type IS NULL');
    expect(rows[0].n).toBe(0);
  }

  const up = async (around: (runner: QueryRunner) => QueryRunner = (runner) => runner) => {
    const runner = source.createQueryRunner();
    try {
      await new Statistics1700000000005().up(around(runner));
    } finally {
      await runner.release();
    }
  };

  it('counts the sessions that were there, while others come, change and go', async () => {
    let counting = true;
    const done = up().finally(() => (counting = false));
    const busy = new pg.Client(database.ownerUrl);
    await busy.connect();
    let changes = 0;
    while (counting || changes < 20) {
      changes += 1;
      await busy.query(SESSIONS, [changes % 2 === 0 ? HOME : OTHER, 3]);
      await busy.query(
        `UPDATE sessions SET status = 'cancelled' WHERE (workspace_id, id) IN (SELECT workspace_id, id FROM sessions ORDER BY md5(id::text || $1) LIMIT 1)`,
        [String(changes)],
      );
      await busy.query(
        `DELETE FROM sessions WHERE (workspace_id, id) IN (SELECT workspace_id, id FROM sessions ORDER BY md5(id::text || $1) LIMIT 1)`,
        [`gone ${changes}`],
      );
    }
    await done;
    await busy.end();
    await expectTrue();
  });

  it('goes on where it was interrupted, and counts none twice', async () => {
    let batches = 0;
    const breaking = (runner: QueryRunner): QueryRunner =>
      new Proxy(runner, {
        get: (target, name) => {
          if (name !== 'query') return Reflect.get(target, name) as unknown;
          return (text: string, values?: unknown[]) => {
            if (text.includes('WITH batch') && ++batches > 1) return Promise.reject(new Error('the power went'));
            return target.query(text, values);
          };
        },
      });
    await expect(up(breaking)).rejects.toThrow('the power went');
    await client.query(`UPDATE sessions SET status = 'cancelled' WHERE name LIKE 'old 1%'`);
    await up();
    await up();
    await expectTrue();
  });

  it('can be made good by what docs/database.md says', async () => {
    await up();
    const text = readFileSync(join(PROJECT_ROOT, 'docs', 'database.md'), 'utf8');
    const statements = /```sql\n(BEGIN;[\s\S]*?COMMIT;)\n```/.exec(text)?.[1];
    await client.query('DELETE FROM session_statistics WHERE random() < 0.5');
    await expect(expectTrue()).rejects.toThrow();
    await client.query(statements ?? '');
    await expectTrue();
  });
});
