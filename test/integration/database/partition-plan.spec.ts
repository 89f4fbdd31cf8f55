import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { SessionEventsRepository } from '../../../src/modules/sessions/session-events.repository.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';

const WORKSPACE = '00000000-0000-7000-8000-000000000001';
const SESSION = '019b0000-0000-7000-8000-000000000001';
const scope = mintWorkspaceScope(WORKSPACE);

/** The statements of the guide. */
function planned(): string {
  const guide = readFileSync(join(PROJECT_ROOT, 'docs', 'database.md'), 'utf8');
  const [, sql] = /```sql partition-plan\n([^]*?)```/.exec(guide) ?? [];
  if (sql === undefined) throw new Error('docs/database.md has no partition-plan any more');
  return sql;
}

describe('the plan for a billion events', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  let source: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    owner = new pg.Client(database.ownerUrl);
    await owner.connect();
    await addSession(SESSION);
    await owner.query(
      `INSERT INTO session_events (workspace_id, session_id, seq, dedupe, kind, data)
       SELECT $1, $2, n, 'old-' || n, 'session.progress', '{}' FROM generate_series(1, 100) n`,
      [WORKSPACE, SESSION],
    );
    await owner.query('UPDATE sessions SET event_seq = 100');
    await owner.query(planned());
    source = await new DataSource({ type: 'postgres', url: database.ownerUrl, installExtensions: false }).initialize();
  });
  afterAll(async () => {
    await source?.destroy();
    await owner?.end();
    await database?.close();
  });

  const addSession = (id: string) =>
    owner.query(
      `INSERT INTO sessions (workspace_id, id, name, brief, options, status, priority) VALUES ($1, $2, 'n', '{}', '{}', 'completed', 5)`,
      [WORKSPACE, id],
    );
  const append = (id: string, dedupe: string) =>
    source.transaction((manager) =>
      new SessionEventsRepository(source).append(manager, scope, id, {
        events: [{ dedupe, kind: 'session.progress', data: {} }] as never,
        progress: 1,
        at: new Date(),
      }),
    );
  const partsOf = async (id: string) =>
    (
      await owner.query<{ part: string; n: number }>(
        `SELECT tableoid::regclass::text AS part, count(*)::int AS n FROM session_events WHERE session_id = $1 GROUP BY 1`,
        [id],
      )
    ).rows;

  it('moves no row, and events go on with the next number', async () => {
    expect(await partsOf(SESSION)).toEqual([{ part: 'session_events_first', n: 100 }]);
    await append(SESSION, 'new');
    await append(SESSION, 'new');
    const { rows } = await owner.query('SELECT max(seq)::int AS last, count(*)::int AS n FROM session_events');
    expect(rows).toEqual([{ last: 101, n: 101 }]);
  });

  it('sessions of a later month have a partition of their own, which leaves without touching the others', async () => {
    const { rows } = await owner.query<{ id: string; month: string }>(
      `SELECT overlay(first_id(date_trunc('month', now()) + interval '3 months')::text PLACING '7' FROM 15)::uuid::text AS id,
              to_char(date_trunc('month', now()) + interval '3 months', 'YYYY_MM') AS month`,
    );
    const [{ id, month }] = rows as [{ id: string; month: string }];
    await addSession(id);
    await append(id, 'later');
    expect(await partsOf(id)).toEqual([{ part: `session_events_${month}`, n: 1 }]);
    await owner.query(`ALTER TABLE session_events DETACH PARTITION session_events_${month} CONCURRENTLY`);
    await owner.query(`DROP TABLE session_events_${month}`);
    expect([await partsOf(id), (await partsOf(SESSION)).length]).toEqual([[], 1]);
  });

  it('a session is read from one partition, and takes its events along when it is deleted', async () => {
    const { rows } = await owner.query(
      `EXPLAIN (FORMAT JSON) SELECT * FROM session_events WHERE workspace_id = $1 AND session_id = $2 AND seq > 5 ORDER BY seq`,
      [WORKSPACE, SESSION],
    );
    expect(JSON.stringify(rows).match(/"Relation Name":"[^"]*"/g)).toEqual(['"Relation Name":"session_events_first"']);
    await owner.query('DELETE FROM sessions WHERE id = $1', [SESSION]);
    expect(await partsOf(SESSION)).toEqual([]);
  });
});
