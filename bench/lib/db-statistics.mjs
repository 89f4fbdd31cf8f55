import { dist, explained, percentile, seeded, WORKSPACE } from './db-seeded.mjs';
import { held, part, row, told } from './row.mjs';
import { median } from './statistics.mjs';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Sessions whose change is not yet folded while it is measured: what 16 busy writers leave in a second or two. */
const PENDING = 500;
const CHANGES = 50;

/** C8: statistics by each combination of filters and several spans of time; then changes, each looked for in the next answer. */
export async function statistics(figure, { scratch, quick, say }) {
  const { owner, source, scope } = await seeded(scratch, { quick, say });
  const { SessionStatisticsRepository } = await dist('modules/sessions/session-statistics.repository.js');
  // What a migration or a seed left is folded by a worker within seconds.
  while ((await owner.query('SELECT compact_session_statistics(100000) AS n')).rows[0].n > 0);
  await owner.query('VACUUM ANALYZE session_statistics');
  const spans = await spansOf(owner);
  const sent = [];
  const noting = { query: async (sql, parameters) => (sent.push({ sql, parameters }), [{}]) };
  for (const [name, span, bucket] of spans)
    for (const status of [undefined, 'completed', 'failed'])
      for (const model of [undefined, 'model-1', null])
        for (const projectType of [undefined, 'marketplace']) {
          const filter = { ...span, ...given({ status, model, projectType }) };
          await new SessionStatisticsRepository(noting).sums(scope, filter, bucket);
          sent.at(-1).text = `${name} ${JSON.stringify(given({ status, model, projectType }))}`;
        }
  const folded = await times(owner, sent);
  // In a transaction that is taken back: the data stays as it is for the next run.
  await owner.query('BEGIN');
  await owner.query(
    `UPDATE sessions SET status = 'paused' WHERE workspace_id = $1 AND id IN (
       SELECT id FROM sessions WHERE workspace_id = $1 ORDER BY created_at DESC LIMIT $2)`,
    [WORKSPACE, PENDING],
  );
  const pending = await times(owner, sent);
  await owner.query('ROLLBACK');
  for (const { ms, text } of pending.slice(0, 5)) say(`${ms.toFixed(1)} ms: ${text}`);
  const invisible = await unseenChanges(owner, new SessionStatisticsRepository(source), scope);
  const { rows } = await owner.query('SELECT count(*)::int AS n FROM session_statistics');
  return row(figure, sent.length, [
    part('statistics by each filter and span, in the database, p95', p95(folded), figure.limit, 'ms'),
    part(`the same with ${2 * PENDING} deltas not yet folded, p95`, p95(pending), figure.limit, 'ms'),
    held(`of ${CHANGES} changes, not in the next answer`, invisible),
    told('the median', median(folded.map(({ ms }) => ms)), 'ms'),
    told('the slowest', folded[0].ms, 'ms'),
    told('rows of roll-ups', rows[0].n, 'rows'),
  ]);
}

const given = (filter) => Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
const p95 = (list) =>
  percentile(
    list.map(({ ms }) => ms),
    0.95,
  );

/** Spans that a dashboard shows, by the newest session, each with the bucket it would get. */
async function spansOf(owner) {
  const { rows } = await owner.query(
    'SELECT max(created_at) AS last, min(created_at) AS first FROM sessions WHERE workspace_id = $1',
    [WORKSPACE],
  );
  const last = Math.ceil(+rows[0].last / HOUR_MS) * HOUR_MS;
  const length = last - +rows[0].first;
  const since = (ms) => ({ from: Math.floor((last - Math.min(ms, length)) / HOUR_MS) * HOUR_MS });
  return [
    ['all', {}, 'month'],
    ['a day', since(DAY_MS), 'hour'],
    ['a week', since(7 * DAY_MS), 'day'],
    ['thirty days', since(30 * DAY_MS), 'day'],
    ['ninety days', since(90 * DAY_MS), 'day'],
    ['a year', since(365 * DAY_MS), 'month'],
    ['a third of the time, hours at both ends', { ...since(0.6 * length), to: since(0.27 * length).from }, 'month'],
  ];
}

/** Median of three runs of each, the slowest first. */
async function times(owner, statements) {
  const all = [];
  for (const { text, ...statement } of statements) {
    const tries = [];
    for (let count = 0; count < 3; count++) tries.push((await explained(owner, statement)).ms);
    all.push({ ms: median(tries), text });
  }
  return all.sort((a, b) => b.ms - a.ms);
}

/** Changes of status, there and back, each looked for by another connection. @returns how many it did not see */
async function unseenChanges(owner, repository, scope) {
  const { rows } = await owner.query(
    `SELECT id, status FROM sessions WHERE workspace_id = $1 AND status = 'completed' ORDER BY id LIMIT $2`,
    [WORKSPACE, CHANGES],
  );
  const paused = async () =>
    (await repository.sums(scope, {}, 'month')).byStatus.find(({ status }) => status === 'paused')?.sessions ?? 0;
  const set = (id, status) =>
    owner.query('UPDATE sessions SET status = $3 WHERE workspace_id = $1 AND id = $2', [WORKSPACE, id, status]);
  let unseen = 0;
  for (const { id, status } of rows) {
    const before = await paused();
    await set(id, 'paused');
    if ((await paused()) !== before + 1) unseen += 1;
    await set(id, status);
    if ((await paused()) !== before) unseen += 1;
  }
  return unseen;
}
