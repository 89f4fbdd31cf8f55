import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { root } from '../../scripts/build-if-stale.mjs';
import { cleanEnvironment } from '../../scripts/service.mjs';
import { built } from './cache-engine.mjs';
import { ownServer } from './database.mjs';
import { held, part, row, told } from './row.mjs';

const KEY = `tsk_benchadmin.${'b'.repeat(43)}`;
const WORKSPACE = '00000000-0000-7000-8000-000000000001';
const GAPS = [1, 10, 100];
const TIMES = 3;
const SHA256 = '0'.repeat(64);

/** C10: statements for a session with gaps and decisions and for its document, by HTTP, with nothing cached. */
export async function queriesOfASession(figure, { scratch }) {
  const app = await openApp(scratch);
  const counts = new Map();
  let wrong = 0;
  for (const gaps of GAPS) {
    const id = await addSession(app.rows, gaps);
    for (let time = 0; time < TIMES; time++) {
      const { queries, body } = await app.counted(id);
      if (body.gaps.length !== gaps || body.decisions.length !== gaps) wrong += 1;
      counts.set(gaps, Math.max(counts.get(gaps) ?? 0, queries));
    }
  }
  return row(figure, GAPS.length * TIMES, [
    part(figure.promise, Math.max(...counts.values()), figure.limit, figure.unit),
    ...GAPS.map((gaps) => told(`with ${gaps} gaps`, counts.get(gaps), figure.unit)),
    held('answers without all gaps and decisions', wrong),
  ]);
}

/** The program in this process, on a database of its own. */
async function openApp(scratch) {
  const server = await ownServer(scratch);
  const url = await server.createDatabase('session_queries');
  const rows = new pg.Pool({ connectionString: url, max: 1 });
  rows.on('error', () => undefined);
  const { createApp } = await built('app.js');
  const { loadConfig } = await built('config/load-config.js');
  const { QueryProfiler } = await built('shared/database/query-profiler.js');
  const env = {
    DATABASE_URL: url,
    TECHSPEC_API_KEY: KEY,
    TECHSPEC_DATA: scratch.folder('data'),
    LOG_LEVEL: 'silent',
    RATE_LIMIT_ENABLED: 'false',
    CACHE_ENABLED: 'false',
  };
  const app = await createApp(loadConfig(cleanEnvironment(env), root));
  // The last first: the application leaves the database before it goes.
  scratch.onClean(() => rows.end());
  scratch.onClean(() => app.close());
  return { rows, counted: (id) => counted(app, app.get(QueryProfiler, { strict: false }), id) };
}

/** Both answers, and how many statements requests caused meanwhile; who the key belongs to is asked once a second, by any. */
async function counted(app, profiler, id) {
  const headers = { host: 'localhost', authorization: `Bearer ${KEY}` };
  const get = (url) => app.inject({ method: 'GET', url, headers });
  let queries = 0;
  const end = profiler.listen(({ request, shape }) => {
    if (request !== undefined && !shape.text.includes('FROM api_keys')) queries += 1;
  });
  try {
    const view = await get(`/v1/sessions/${id}?include=gaps,decisions`);
    const document = await get(`/v1/sessions/${id}/document`);
    if (view.statusCode !== 200 || document.statusCode !== 200)
      throw new Error(`answered ${view.statusCode} and ${document.statusCode}: ${view.body.slice(0, 200)}`);
    return { queries, body: view.json() };
  } finally {
    end();
  }
}

/** A session that is over, with decided gaps and a document that cites one piece of evidence. @returns its id */
async function addSession(rows, gaps) {
  const id = randomUUID();
  const of = [WORKSPACE, id];
  const brief = { name: 'Bench', projectType: 'web service', requirements: [], techStack: {}, constraints: {} };
  const options = { plan: 'auto', decisions: 'auto', maxOptionsPerGap: 5, analyst: 'heuristic', priority: 5 };
  await rows.query(
    `INSERT INTO sessions (workspace_id, id, name, brief, options, status, priority) VALUES ($1, $2, 'Bench', $3, $4, 'completed', 5)`,
    [...of, JSON.stringify(brief), JSON.stringify(options)],
  );
  await rows.query(
    `INSERT INTO gaps (workspace_id, session_id, run, id, category, status, body)
     SELECT $1, $2, 1, 'G-' || n, 'queue-jobs', 'open', jsonb_build_object('id', 'G-' || n, 'category', 'queue-jobs', 'status', 'open')
       FROM generate_series(1, $3::int) n`,
    [...of, gaps],
  );
  await rows.query(
    `INSERT INTO decisions (workspace_id, session_id, run, gap_id, body, decided_by)
     SELECT $1, $2, 1, 'G-' || n, jsonb_build_object('gapId', 'G-' || n, 'category', 'queue-jobs', 'custom', 'x', 'by', 'person'), 'bench'
       FROM generate_series(1, $3::int) n`,
    [...of, gaps],
  );
  await rows.query(
    `INSERT INTO session_nodes (workspace_id, session_id, run, node, gap_id, state, output)
     SELECT $1, $2, 1, 'research', 'G-' || n, 'done', '{"cached":false}' FROM generate_series(1, $3::int) n`,
    [...of, gaps],
  );
  await rows.query(
    `INSERT INTO documents (workspace_id, session_id, version, run, sha256, body, quality, rounds)
     VALUES ($1, $2, 1, 1, $3, $4, '{"total":90}', '[]')`,
    [...of, SHA256, JSON.stringify({ evidence: [{ sha256: SHA256 }] })],
  );
  return id;
}
