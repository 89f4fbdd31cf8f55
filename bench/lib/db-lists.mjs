import { dist, explained, noted, percentile, seeded, statementsOf, WORKSPACE } from './db-seeded.mjs';
import { part, row, told } from './row.mjs';
import { median, PAIRS_NEEDED } from './statistics.mjs';

const LIMIT = 51;
const SORTS = ['-createdAt', 'createdAt', 'name', '-name'];

async function lists() {
  const { SessionsListRepository } = await dist('modules/sessions/sessions-list.repository.js');
  return SessionsListRepository;
}

const windowOf = (after) => ({ backwards: false, limit: LIMIT, ...(after ? { after } : {}) });

/** Key of the row at a share of the list. */
async function keyAt(owner, sort, share) {
  const column = sort.endsWith('createdAt') ? 'created_at' : 'name';
  const direction = sort.startsWith('-') ? 'DESC' : 'ASC';
  const { rows } = await owner.query(
    `SELECT ARRAY[${column}::text, id::text] AS key FROM sessions WHERE workspace_id = $1
      ORDER BY ${column} ${direction}, id ${direction}
     OFFSET (SELECT floor(count(*) * $2::float8) FROM sessions WHERE workspace_id = $1) LIMIT 1`,
    [WORKSPACE, share],
  );
  return rows[0].key;
}

/** C5: a page at 90 % of the list against the first, by the time in the database and by blocks. */
export async function deepPage(figure, { scratch, quick, say }) {
  const { owner, source, scope } = await seeded(scratch, { quick, say });
  const Repository = await lists();
  const statement = async (after) => {
    const call = (list) => list.list(scope, { filter: {}, sort: '-createdAt', window: windowOf(after) });
    return (await statementsOf(source, Repository, call)).sent[0];
  };
  const first = await statement(undefined);
  const deep = await statement(await keyAt(owner, '-createdAt', 0.9));
  const rounds = [];
  for (let round = -3; round < 51; round++) {
    const one = { bare: 0, ours: 0, oursAgain: 0, bareAgain: 0 };
    for (const name of Object.keys(one)) one[name] = await explained(owner, name.startsWith('bare') ? first : deep);
    if (round >= 0) rounds.push(one);
  }
  const ms = (name) => rounds.map((one) => one[name].ms);
  const of = (list, name) => median(list.map((one) => one[name].blocks));
  const pairs = rounds.map(
    ({ bare, ours, oursAgain, bareAgain }) => (ours.ms + oursAgain.ms) / (bare.ms + bareAgain.ms),
  );
  const self = median(rounds.map(({ bare, bareAgain }) => bare.ms / bareAgain.ms));
  const noise = self >= 0.9 && self <= 1.1 && rounds.length >= PAIRS_NEEDED ? undefined : 'too noisy';
  return row(figure, rounds.length, [
    part('time of a page at 90 % of the list against the first', median(pairs), 1.2, '×', noise),
    part('blocks read', of(rounds, 'ours') / of(rounds, 'bare'), 1.2, '×'),
    told('the first page', median(ms('bare')), 'ms'),
    told('the page at 90 %', median(ms('ours')), 'ms'),
    told('the first page against itself', self, '×'),
  ]);
}

/** C6: each combination of filters that the list has, in each order, on the first page and far behind. */
export async function eachFilter(figure, { scratch, quick, say }) {
  const { owner, source, scope } = await seeded(scratch, { quick, say });
  const Repository = await lists();
  const { rows: span } = await owner.query(
    `SELECT min(created_at) AS first, max(created_at) AS last FROM sessions WHERE workspace_id = $1`,
    [WORKSPACE],
  );
  const at = (share) => new Date(+span[0].first + share * (span[0].last - span[0].first)).toISOString();
  const statuses = [undefined, 'completed', 'failed', 'paused', 'running'];
  const models = [undefined, 'model-1', 'model-6'];
  const times = [
    {},
    { createdAfter: at(0.99) },
    { createdBefore: at(0.1) },
    { createdAfter: at(0.5), createdBefore: at(0.51) },
  ];
  const all = [];
  for (const sort of SORTS) {
    const depths = [undefined, await keyAt(owner, sort, 0.5)];
    for (const status of statuses)
      for (const model of models)
        for (const time of times)
          for (const after of depths) {
            const filter = { ...(status ? { status } : {}), ...(model ? { model } : {}), ...time };
            const call = (list) => list.list(scope, { filter, sort, window: windowOf(after) });
            const { sent } = await statementsOf(source, Repository, call);
            const tries = [];
            for (let count = 0; count < 3; count++) tries.push((await explained(owner, sent[0])).ms);
            all.push({
              ms: median(tries),
              text: `${sort} ${JSON.stringify(filter)}${after ? ' from the middle' : ''}`,
            });
          }
  }
  all.sort((a, b) => b.ms - a.ms);
  for (const { ms, text } of all.slice(0, 5)) say(`${ms.toFixed(1)} ms: ${text}`);
  const values = all.map(({ ms }) => ms);
  return row(figure, all.length, [
    part('a page of each filter and order in the database, p95', percentile(values, 0.95), 5, 'ms'),
    told('the median', median(values), 'ms'),
    told('the slowest', values[0], 'ms'),
  ]);
}

/** C7: words that stand in at most a hundredth of the sessions, the newest first. */
export async function words(figure, { scratch, quick, say }) {
  const { owner, source, scope } = await seeded(scratch, { quick, say });
  const Repository = await lists();
  const { rows } = await owner.query(`SELECT count(*)::int AS n FROM sessions WHERE workspace_id = $1`, [WORKSPACE]);
  const values = [];
  let most = 0;
  for (let topic = 1; topic <= 400; topic += quick ? 40 : 8) {
    const filter = { q: `topic${topic}` };
    const call = (list) => list.list(scope, { filter, sort: '-createdAt', window: windowOf(undefined) });
    const { sent } = await statementsOf(source, Repository, call);
    values.push((await explained(owner, sent[0])).ms);
    most = Math.max(most, await new Repository(noted(source)).count(scope, filter, rows[0].n));
  }
  return row(figure, values.length, [
    part('the newest sessions with a word, p95', percentile(values, 0.95), 20, 'ms'),
    part('share of the sessions that have the most frequent of these words', most / rows[0].n, 0.01, '×'),
    told('the median', median(values), 'ms'),
    told('the slowest', Math.max(...values), 'ms'),
  ]);
}
