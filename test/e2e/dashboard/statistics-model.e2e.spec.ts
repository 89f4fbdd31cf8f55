import fc from 'fast-check';
import pg from 'pg';
import { filterOf, statisticsView } from '../../../src/modules/dashboard/statistics-view.js';
import type { StatisticsQuery } from '../../../src/modules/dashboard/statistics.schemas.js';
import { DocumentsRepository } from '../../../src/modules/sessions/documents.repository.js';
import { SessionLifecycle } from '../../../src/modules/sessions/session-lifecycle.js';
import { SessionStatisticsRepository } from '../../../src/modules/sessions/session-statistics.repository.js';
import { SessionStatisticsService } from '../../../src/modules/sessions/session-statistics.service.js';
import { SessionStore } from '../../../src/modules/sessions/session-store.js';
import type { SessionHead } from '../../../src/modules/sessions/sessions.types.js';
import { ACTIONS, allows } from '../../../src/modules/sessions/transitions.js';
import { IdSource } from '../../../src/shared/clock/clock.js';
import { Transactions } from '../../../src/shared/database/transaction.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { expectStatistics } from '../../support/expect-statistics.js';
import { recount, recountable, type RecountFilter } from '../../support/recount.js';
import { testApp, type TestApp } from '../../support/app.js';
import { gapsOf, newSession } from './statistics-model-kit.js';

const HOUR_MS = 3_600_000;
const FIRST = Date.UTC(2026, 0, 30, 20);
const MODELS = ['model-a', 'model-b'];
const TYPES = ['Web API', 'web  api', 'shop'];

/** What happens to one session, in numbers that the steps draw from. */
interface History {
  readonly model: number;
  readonly type: number;
  readonly hour: number;
  readonly steps: readonly (readonly [kind: string, a: number, b: number])[];
}

const history: fc.Arbitrary<History> = fc.record({
  model: fc.nat(2),
  type: fc.nat(2),
  hour: fc.nat(60),
  steps: fc.array(
    fc.tuple(
      fc.constantFrom(
        'act',
        'act',
        'act',
        'gaps',
        'research',
        'fail',
        'decide',
        'document',
        'age',
        'compact',
        'delete',
      ),
      fc.nat(99),
      fc.nat(99),
    ),
    { maxLength: 14 },
  ),
});

/** The program's own writers on a database, without a worker that would go its own way. */
class Sessions {
  private readonly store = this.of(SessionStore);
  private readonly lifecycle = this.of(SessionLifecycle);
  private readonly documents = this.of(DocumentsRepository);
  private readonly transactions = this.of(Transactions);
  readonly rows = this.of(SessionStatisticsRepository);
  readonly service = this.of(SessionStatisticsService);

  constructor(
    private readonly web: TestApp,
    readonly workspace: string,
  ) {}

  private of<T>(type: abstract new (...args: never[]) => T): T {
    return this.web.app.get<T>(type as never, { strict: false });
  }

  get scope() {
    return mintWorkspaceScope(this.workspace);
  }

  async live({ model, type, hour, steps }: History): Promise<void> {
    const id = this.of(IdSource).next();
    const session = newSession(id, MODELS[model], TYPES[type] ?? '', new Date(FIRST + hour * HOUR_MS + 61_000));
    await this.transactions.run((manager) => this.lifecycle.create(manager, this.scope, session, 'test'));
    for (const [kind, a, b] of steps) {
      if (kind === 'compact') await this.rows.compact(1 + a);
      else if (!(await this.step(id, kind, a, b))) return;
    }
  }

  private step(id: string, kind: string, a: number, b: number): Promise<boolean> {
    const { scope, store } = this;
    return store.sessions.locked(scope, id, async (manager, head) => {
      if (head === undefined) return false;
      const key = { sessionId: id, run: head.run };
      const gapId = `G-${1 + (a % 4)}`;
      const at = new Date(FIRST + (a + 1) * b * 977);
      switch (kind) {
        case 'act':
          await this.act(manager, head, a);
          return true;
        case 'delete':
          await store.sessions.delete(manager, scope, id);
          return false;
        case 'gaps':
          await store.gaps.put(manager, scope, key, gapsOf(a, b));
          break;
        case 'research': {
          const nodes = [
            { gapId, output: { cached: b % 2 === 0, options: b % 7 }, startedAt: at, finishedAt: at, durationMs: b },
          ];
          await store.nodes.finishAll(manager, scope, { ...key, node: 'research' }, nodes);
          await store.gaps.saveResults(manager, scope, key, [{ gapId, result: {} as never }]);
          break;
        }
        case 'fail':
          await store.gaps.saveError(manager, scope, { ...key, gapId }, { code: 'x', message: 'x' });
          break;
        case 'decide': {
          const decision = { gapId, category: 'cache', custom: 'x', by: b % 2 === 0 ? 'person' : 'policy' } as const;
          await store.gaps.decide(manager, scope, key, [{ ...decision, decidedBy: 'test', decidedAt: at }]);
          break;
        }
        case 'document': {
          const document = {
            run: head.run,
            sha256: 'x',
            body: '{}',
            quality: { total: b + (a % 2) } as never,
            rounds: [] as never,
            at,
          };
          await this.documents.add(manager, scope, id, document);
          break;
        }
        // A duration of anything from no time to years, some of it by a clock that went back.
        default:
          await manager.query(
            `UPDATE sessions SET started_at = finished_at - $3::float8 * interval '1 ms' WHERE workspace_id = $1 AND id = $2`,
            [this.workspace, id, Math.round(1.31 ** a) - 50],
          );
          return true;
      }
      const events = [{ kind: `test.${kind}`, data: {} }];
      await store.events.append(manager, scope, id, { events, progress: 0, at, recount: true });
      return true;
    });
  }

  private async act(
    manager: Parameters<SessionLifecycle['transition']>[0],
    head: SessionHead,
    a: number,
  ): Promise<void> {
    const possible = ACTIONS.filter(
      (action) => allows(action, head.status) && (action !== 'advance' || head.phase !== 'document'),
    );
    const action = possible[a % possible.length];
    if (action !== undefined) await this.lifecycle.transition(manager, this.scope, head, action, { actor: 'test' });
  }
}

describe('statistics of sessions whatever happens to them', () => {
  let web: TestApp;
  let client: pg.Client;
  let workspaces = 0;

  beforeAll(async () => {
    web = await testApp({ role: 'api' });
    client = new pg.Client(web.database.ownerUrl);
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await web?.close();
  });

  async function newWorkspace(): Promise<Sessions> {
    const id = `0190a0de-0000-7000-8000-${String(++workspaces).padStart(12, '0')}`;
    await client.query(`INSERT INTO workspaces (id, name) VALUES ($1, $2)`, [id, id]);
    return new Sessions(web, id);
  }

  async function expectTrue(sessions: Sessions, query: StatisticsQuery, filter: RecountFilter): Promise<void> {
    const found = await sessions.service.statistics(sessions.scope, filterOf(query), query.bucket);
    expectStatistics(statisticsView(query, found), recount(await recountable(client, sessions.workspace), filter));
  }

  it('are those of the rows: many sessions at once, with compaction in between, by any filter', async () => {
    const span = fc.tuple(fc.nat(62), fc.integer({ min: 1, max: 62 }));
    const status = fc.constantFrom(undefined, 'queued', 'completed', 'failed' as const, 'cancelled' as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(history, { minLength: 1, maxLength: 8 }),
        span,
        status,
        fc.nat(99),
        async (all, [from, hours], status, size) => {
          const sessions = await newWorkspace();
          await Promise.all(all.map((one) => sessions.live(one)));
          const at = (hour: number) => FIRST + hour * HOUR_MS;
          const iso = (hour: number) => new Date(at(hour)).toISOString();
          const times = { from: iso(from), to: iso(from + hours) };
          const check = async () => {
            await expectTrue(sessions, {}, {});
            await expectTrue(sessions, { ...times, bucket: 'hour' }, { from: at(from), to: at(from + hours) });
            await expectTrue(sessions, { ...times, bucket: 'month' }, { from: at(from), to: at(from + hours) });
            await expectTrue(
              sessions,
              { status: status as never, from: iso(from), bucket: 'day' },
              { ...(status ? { status } : {}), from: at(from) },
            );
            await expectTrue(
              sessions,
              { model: 'none', projectType: 'WEB API', to: iso(from) },
              { model: null, projectType: 'web api', to: at(from) },
            );
          };
          await check();
          while ((await sessions.rows.compact(1 + size)) > 0) if (size % 3 === 0) await expectTrue(sessions, {}, {});
          await check();
          expect((await client.query('SELECT 1 FROM session_statistics_deltas')).rows).toEqual([]);
          await removeAll(sessions);
        },
      ),
      { numRuns: 25, interruptAfterTimeLimit: 45_000 },
    );
  }, 90_000);

  /** What is deleted leaves nothing behind, not even zeros. */
  async function removeAll(sessions: Sessions): Promise<void> {
    await client.query('DELETE FROM sessions WHERE workspace_id = $1', [sessions.workspace]);
    await expectTrue(sessions, {}, {});
    await sessions.rows.compact(10_000);
    const { rows } = await client.query('SELECT * FROM session_statistics WHERE workspace_id = $1', [
      sessions.workspace,
    ]);
    expect(rows).toEqual([]);
  }

  it('give the same sum to who reads while others fold, and to two that fold at once', async () => {
    const sessions = await newWorkspace();
    await client.query(
      `INSERT INTO sessions (workspace_id, id, name, brief, options, status, priority, created_at)
       SELECT $1, gen_random_uuid(), 'n', '{"projectType":"shop"}', '{}', 'completed', 5, '2026-01-01'::timestamptz + n * interval '7 minutes'
         FROM generate_series(1, 3000) n`,
      [sessions.workspace],
    );
    const folding = Promise.all(
      [1, 2].map(async () => {
        for (let turn = 0; turn < 60; turn++) await sessions.rows.compact(37);
      }),
    );
    let isFolding = true;
    void folding.finally(() => (isFolding = false));
    const seen = new Set<number>();
    while (isFolding) seen.add((await sessions.service.statistics(sessions.scope, {})).sessions);
    await folding;
    expect([...seen]).toEqual([3000]);
    await client.query('DELETE FROM sessions WHERE workspace_id = $1', [sessions.workspace]);
    while ((await sessions.rows.compact(5000)) > 0);
  }, 60_000);

  it('lose and double nothing when folding ends in the middle', async () => {
    const sessions = await newWorkspace();
    const create = (n: number) =>
      client.query(
        `INSERT INTO sessions (workspace_id, id, name, brief, options, status, priority)
         SELECT $1, gen_random_uuid(), 'n', '{}', '{}', 'paused', 5 FROM generate_series(1, $2::int)`,
        [sessions.workspace, n],
      );
    await create(20);
    const other = new pg.Client(web.database.ownerUrl);
    other.on('error', () => undefined);
    await other.connect();
    await other.query('BEGIN');
    await other.query('SELECT compact_session_statistics(100)');
    // Whoever comes meanwhile leaves it alone, and is not held up.
    expect(await sessions.rows.compact(100)).toBe(0);
    await create(5);
    await expectTrue(sessions, {}, {});
    const { rows } = await other.query('SELECT pg_backend_pid() AS pid');
    await client.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    await other.end().catch(() => undefined);
    let folded = 0;
    for (let tries = 0; tries < 200 && folded === 0; tries++) folded = await sessions.rows.compact(100);
    expect(folded).toBe(25);
    await expectTrue(sessions, {}, {});
  });
});
