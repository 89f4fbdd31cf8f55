/** Sessions of one statement: a minute's work at most is lost when it is interrupted, and the next run goes on from there. */
const BATCH = 20_000;
/** The newest one is made at this moment, so that the same call makes the same rows on any day. */
const NEWEST = '2026-11-01T00:00:00Z';
const SECONDS_APART = 47;

const SUBJECTS = [
  'Fans', 'Drivers', 'Nurses', 'Teachers', 'Members', 'Sellers', 'Buyers', 'Tenants', 'Guests', 'Auditors',
  'Clerks', 'Farmers', 'Parents', 'Riders', 'Donors', 'Editors', 'Coaches', 'Dealers', 'Brokers', 'Chefs',
]; // prettier-ignore
const VERBS = [
  'upload', 'book', 'approve', 'search-engine', 'export', 'cancel', 'pay for', 'share', 'rate', 'schedule',
  'track', 'sign', 'archive', 'compare', 'order', 'return', 'import', 'print', 'reserve', 'review',
]; // prettier-ignore
const OBJECTS = [
  'tickets', 'invoices', 'shifts', 'parcels', 'lessons', 'contracts', 'rooms', 'meters', 'recipes', 'claims',
  'photos', 'reports', 'vehicles', 'samples', 'letters', 'plots', 'donations', 'articles', 'matches', 'orders',
]; // prettier-ignore
const PRODUCTS = ['portal', 'tracker', 'marketplace', 'dashboard', 'planner', 'register', 'archive', 'exchange'];
const TYPES = ['web-api', 'marketplace', 'mobile-backend', 'dashboard', 'internal tool'];
/** Rarer words, so that a search finds a few in a thousand and fewer: the n-th stands in every 100 + 40 n-th session. */
const RARE_WORDS = 400;

const sqlList = (words) => `ARRAY[${words.map((word) => `'${word}'`).join(',')}]`;

/**
 * A number below `below` that only depends on the session and what it is for. Hashes, not random(): the same rows each time.
 * @param what distinguishes the numbers of one session
 */
const pick = (what, below) => `(('x' || substr(md5(n || '${what}'), 1, 7))::bit(28)::int % ${below})`;
const word = (what, words) => `(${sqlList(words)})[1 + ${pick(what, words.length)}]`;
const sentence = (at) =>
  `${word(`s${at}`, SUBJECTS)} ${'||'} ' ' || ${word(`v${at}`, VERBS)} || ' ' || ${word(`o${at}`, OBJECTS)} || ', ' || (1 + ${pick(`q${at}`, 5000)}) || ' a day.'`;

const SESSIONS = `
  INSERT INTO sessions (workspace_id, id, name, brief, options, model, status, phase, progress, priority, event_seq, created_at, updated_at,
                        started_at, finished_at)
  SELECT $1::uuid, id, name,
         jsonb_build_object('name', name, 'projectType', ${word('type', TYPES)}, 'requirements', jsonb_build_array(${[1, 2, 3, 4].map(sentence).join(', ')},
           coalesce((SELECT 'Also ' || string_agg('topic' || r, ' ') || '.' FROM generate_series(1, ${RARE_WORDS}) r WHERE n % (100 + 40 * r) = r), 'No more.')),
           'techStack', jsonb_build_object('language', 'TypeScript'), 'constraints', '{}'::jsonb),
         '{}', CASE WHEN ${pick('model', 10)} < 4 THEN 'model-' || (1 + ${pick('which', 6)} * ${pick('which2', 6)} / 5) END, status,
         CASE status WHEN 'awaiting_plan' THEN 'plan' WHEN 'completed' THEN 'document' ELSE 'research' END,
         CASE WHEN ended IS NULL THEN 40 ELSE 100 END, 1 + ${pick('priority', 10)}, 0, at, coalesce(ended, at), at, ended
    FROM (SELECT n, at, status, ${word('product', OBJECTS)} || ' ' || ${word('kind', PRODUCTS)} || ' ' || n AS name,
                 CASE WHEN status IN ('completed', 'completed_degraded', 'failed', 'cancelled') THEN at + (2 + ${pick('took', 600)}) * interval '1 second' END AS ended,
                 (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid AS id
            FROM (SELECT n, $4::timestamptz - n * interval '${SECONDS_APART} seconds' AS at,
                         (ARRAY['completed', 'completed_degraded', 'failed', 'cancelled', 'awaiting_decision', 'awaiting_plan', 'paused'])[
                           1 + (${pick('status', 1000)} >= 800)::int + (${pick('status', 1000)} >= 900)::int + (${pick('status', 1000)} >= 950)::int
                             + (${pick('status', 1000)} >= 985)::int + (${pick('status', 1000)} >= 995)::int + (${pick('status', 1000)} >= 998)::int] AS status
                    FROM generate_series($2::int, $3::int) n) AS placed) AS named
  ON CONFLICT DO NOTHING`;

/** Children of every n-th session: what a run leaves behind, in its numbers and its sizes. */
const OF_CHOSEN = `
  SELECT workspace_id, id, created_at AS at, extract(epoch FROM $4::timestamptz - created_at)::bigint / ${SECONDS_APART} AS n FROM sessions
   WHERE workspace_id = $1 AND created_at >= $2::timestamptz AND created_at < $3::timestamptz
     AND (extract(epoch FROM $4::timestamptz - created_at)::bigint / ${SECONDS_APART}) % $5::bigint = 0`;
const FILLER = `repeat(md5(g::text) || ' ', 40)`;
const CATEGORIES = [
  'framework-web', 'queue-jobs', 'cache', 'orm-query', 'validation', 'observability', 'testing', 'search-engine', 'email-notification', 'authentication',
]; // prettier-ignore
const CATEGORY = `(${sqlList(CATEGORIES)})[g]`;
const option = (number) => `jsonb_build_object(
  'candidate', jsonb_build_object('id', ${CATEGORY} || '/option-${number}', 'label', 'Option ${number}', 'package', 'option-${number}'),
  'record', jsonb_build_object('version', '${number}.2.0', 'description', ${FILLER}), 'constraints', '[]'::jsonb, 'values', '{}'::jsonb)`;
const CHILDREN = [
  `INSERT INTO gaps (workspace_id, session_id, run, id, category, status, body, result)
   SELECT workspace_id, id, 1, 'G-' || g, ${CATEGORY}, 'open',
          jsonb_build_object('id', 'G-' || g, 'category', ${CATEGORY}, 'status', 'open', 'rule', 'GAP-TRIGGERED', 'reason', ${FILLER},
            'evidence', '[]'::jsonb, 'needs', '[]'::jsonb, 'research', true),
          jsonb_build_object('options', jsonb_build_array(${option(1)}, ${option(2)}, ${option(3)}), 'evidence', '[]'::jsonb)
     FROM chosen, generate_series(1, 10) g ON CONFLICT DO NOTHING`,
  `INSERT INTO session_nodes (workspace_id, session_id, run, node, gap_id, state, output, started_at, finished_at, duration_ms)
   SELECT workspace_id, id, 1, 'research', 'G-' || g, 'done', jsonb_build_object('cached', (n + g) % 3 > 0, 'options', 3, 'degraded', '[]'::jsonb),
          at, at + interval '800 milliseconds', 800 FROM chosen, generate_series(1, 10) g ON CONFLICT DO NOTHING`,
  `INSERT INTO decisions (workspace_id, session_id, run, gap_id, body, decided_by, decided_at)
   SELECT workspace_id, id, 1, 'G-' || g, jsonb_build_object('gapId', 'G-' || g, 'category', ${CATEGORY}, 'optionId', ${CATEGORY} || '/option-1', 'by', 'policy'), 'system', at
     FROM chosen, generate_series(1, 10) g ON CONFLICT DO NOTHING`,
  `INSERT INTO session_events (workspace_id, session_id, seq, dedupe, kind, data, at)
   SELECT workspace_id, id, g, 'seed-' || g, 'session.progress', jsonb_build_object('progress', g * 2), at + g * interval '1 second' FROM chosen, generate_series(1, 40) g ON CONFLICT DO NOTHING`,
  `INSERT INTO documents (workspace_id, session_id, version, run, sha256, body, quality, rounds, created_at)
   SELECT workspace_id, id, 1, 1, md5(id::text), jsonb_build_object('sections', (SELECT jsonb_agg(${FILLER}) FROM generate_series(1, 30) g)), jsonb_build_object('total', 60 + n % 41), '[]', at FROM chosen ON CONFLICT DO NOTHING`,
  // Last: what was added above as numbers of the session, which its statistics rest on.
  `UPDATE sessions s SET (gaps_to_research, gaps_decided, gaps_decided_by_people, research_answered, research_cached, research_failed,
                          research_options, quality) = (SELECT * FROM session_figures(s.workspace_id, s.id, s.run))
     FROM chosen WHERE s.workspace_id = chosen.workspace_id AND s.id = chosen.id`,
];

/**
 * Fills a workspace with sessions, the newest first; what is there stays, so that a second call with more adds the rest.
 * @param client of pg, its role may insert
 * @param wanted { sessions, children: share of them with gaps, decisions, events and a document, workspaceId }
 * @param say told how many are there
 */
export async function seedSessions(client, { sessions, children, workspaceId }, say = () => undefined) {
  const every = children > 0 ? Math.round(1 / children) : 0;
  const { rows } = await client.query('SELECT count(*)::int AS n FROM sessions WHERE workspace_id = $1', [workspaceId]);
  const there = rows[0].n - (rows[0].n % BATCH);
  for (let first = there; first < sessions; first += BATCH) {
    const last = Math.min(first + BATCH, sessions) - 1;
    await client.query(SESSIONS, [workspaceId, first, last, NEWEST]);
    if (every > 0) await addChildren(client, { workspaceId, first, last, every });
    await client.query('SELECT compact_session_statistics($1)', [10 * BATCH]);
    say(last + 1);
  }
}

async function addChildren(client, { workspaceId, first, last, every }) {
  const at = (number) => new Date(Date.parse(NEWEST) - number * SECONDS_APART * 1000).toISOString();
  const values = [workspaceId, at(last), at(first - 1), NEWEST, every];
  for (const insert of CHILDREN) await client.query(`WITH chosen AS (${OF_CHOSEN}) ${insert}`, values);
}
