import pg from 'pg';
import { root } from '../../scripts/build-if-stale.mjs';
import { cleanEnvironment } from '../../scripts/service.mjs';
import { built } from './cache-engine.mjs';
import { ownServer } from './database.mjs';
import { part, row, told } from './row.mjs';
import { median, PAIRS_NEEDED, ratioOf } from './statistics.mjs';

const KEY = `tsk_benchadmin.${'b'.repeat(43)}`;
const WORKSPACE = '00000000-0000-7000-8000-000000000001';
const WRITERS = 16;
/** Transactions of one life of a session below. */
const CHANGES = 8;
const COMPACT_EVERY_MS = 1000;
const TRIGGERS = ['sessions_statistics', 'sessions_statistics_change', 'sessions_project_type'];

/**
 * C9: sixteen writers take sessions of one workspace through their life by the program's own code, without HTTP: create, start, three
 * nodes that end, twice the next phase, the end; each a transaction with row lock, status, event, audit line and, where a phase
 * begins, the engine's own row. With the roll-ups, while they are folded each second, against the same without their triggers and
 * without counting figures anew.
 */
export async function writers(figure, { scratch, quick, say }) {
  const app = await openApp(scratch);
  const lives = quick ? 6 : 20;
  const side = (isCounted) => rate(app, isCounted, lives);
  await side(true);
  await side(false);
  const pairs = [];
  for (let pair = 0; pair < (quick ? PAIRS_NEEDED : 11); pair++) {
    pairs.push({ bare: await side(false), ours: await side(true), bareAgain: await side(false) });
    say(`${((2 * pairs[pair].ours) / (pairs[pair].bare + pairs[pair].bareAgain)).toFixed(3)} ×`);
  }
  const { ratio, self, quiet, enough } = ratioOf(pairs);
  const perSecond = (of) => median(pairs.map(of));
  return row(figure, pairs.length, [
    part(
      'throughput lost by the roll-ups',
      100 * (1 - ratio),
      figure.limit,
      '%',
      quiet && enough ? undefined : 'too noisy',
    ),
    told(
      'with them',
      perSecond(({ ours }) => ours),
      'transactions/s',
    ),
    told(
      'without',
      perSecond(({ bare, bareAgain }) => (bare + bareAgain) / 2),
      'transactions/s',
    ),
    told('without against itself', self, '×'),
  ]);
}

/** The program in this process without a worker, on a database of its own. */
async function openApp(scratch) {
  const server = await ownServer(scratch);
  const url = await server.createDatabase('writers');
  const { createApp } = await built('app.js');
  const { loadConfig } = await built('config/load-config.js');
  const env = {
    DATABASE_URL: url,
    TECHSPEC_API_KEY: KEY,
    TECHSPEC_DATA: scratch.folder('data'),
    ROLE: 'api',
    LOG_LEVEL: 'silent',
    RATE_LIMIT_ENABLED: 'false',
    QUERY_SLOW_MS: '600000',
  };
  const app = await createApp(loadConfig(cleanEnvironment(env), root));
  const owner = new pg.Client(url);
  owner.on('error', () => undefined);
  await owner.connect();
  scratch.onClean(() => owner.end());
  scratch.onClean(() => app.close());
  const from = async (path, name) => app.get((await built(path))[name], { strict: false });
  const { mintWorkspaceScope } = await built('shared/database/workspace-scope.mint.js');
  return {
    owner,
    scope: mintWorkspaceScope(WORKSPACE),
    ids: await from('shared/clock/clock.js', 'IdSource'),
    transactions: await from('shared/database/transaction.js', 'Transactions'),
    lifecycle: await from('modules/sessions/session-lifecycle.js', 'SessionLifecycle'),
    store: await from('modules/sessions/session-store.js', 'SessionStore'),
  };
}

/** @returns transactions a second */
async function rate(app, isCounted, lives) {
  const { owner } = app;
  await owner.query(
    'TRUNCATE sessions, session_statistics, session_statistics_deltas, audit_log, dbos.workflow_status CASCADE',
  );
  for (const trigger of TRIGGERS)
    await owner.query(`ALTER TABLE sessions ${isCounted ? 'ENABLE' : 'DISABLE'} TRIGGER ${trigger}`);
  await owner.query('CHECKPOINT');
  const folding = isCounted
    ? setInterval(() => void owner.query('SELECT compact_session_statistics(5000)'), COMPACT_EVERY_MS)
    : undefined;
  const before = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (let life = 0; life < lives; life++) await live(app, isCounted);
    }),
  );
  const seconds = (performance.now() - before) / 1000;
  clearInterval(folding);
  const { rows } = await owner.query('SELECT count(*)::int AS n FROM sessions WHERE status = $1', ['completed']);
  if (rows[0].n !== WRITERS * lives) throw new Error(`${rows[0].n} of ${WRITERS * lives} sessions came to their end`);
  return (WRITERS * lives * CHANGES) / seconds;
}

async function live({ scope, ids, transactions, lifecycle, store }, isCounted) {
  const id = ids.next();
  const options = {
    plan: 'auto',
    decisions: 'auto',
    maxOptionsPerGap: 5,
    analyst: 'heuristic',
    priority: 5,
    model: 'model-1',
  };
  const brief = {
    name: 'Bench',
    projectType: 'web service',
    requirements: ['Orders are kept.'],
    techStack: {},
    constraints: {},
  };
  await transactions.run((manager) =>
    lifecycle.create(manager, scope, { id, brief, files: [], options, at: new Date() }, 'bench'),
  );
  const act = (action) =>
    store.sessions.locked(scope, id, (manager, head) =>
      lifecycle.transition(manager, scope, head, action, { actor: 'system' }),
    );
  const node = (name) =>
    store.sessions.locked(scope, id, async (manager, head) => {
      const at = new Date();
      const finish = {
        state: 'done',
        output: { cached: true, options: 3 },
        startedAt: at,
        finishedAt: at,
        durationMs: 5,
      };
      await store.nodes.finish(manager, scope, { sessionId: id, run: head.run, node: 'research', gapId: name }, finish);
      const events = [{ dedupe: `1:${name}`, kind: 'node.finished', data: { node: name } }];
      await store.events.append(manager, scope, id, { events, progress: 10, at, recount: isCounted });
    });
  await act('start');
  await node('G-1');
  await act('advance');
  await node('G-2');
  await node('G-3');
  await act('advance');
  await act('complete');
}
