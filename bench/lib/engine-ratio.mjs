import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownServer } from './database.mjs';
import { part, row, told } from './row.mjs';
import { assertTenGaps, TEN_GAPS, variant } from './scratch.mjs';
import { mean, median, PAIRS_NEEDED, ratioOf } from './statistics.mjs';

const program = join(import.meta.dirname, 'bare-engine.mjs');
const RATIO_LIMIT = 1.5;
const SESSION_LIMIT_MS = 1000;
const GAP_CONCURRENCY = 8;
/** Between looks at a session's row: what the measurement adds to it, half of it on average. */
const LOOK_MS = 5;
/** Interval in which the queue is polled, here and there. */
const POLL_MS = 100;

/**
 * A8: sessions against the bare chain of bare-engine.mjs, in turn, one at a time. Two kinds of session whose sources answer
 * at once: the answers of all 10 gaps are in the cache; and the facts are in the evidence store while the answers are
 * not (another brief), so that each gap is a step of its own. Both must hold.
 */
export async function engineRatio(figure, { scratch, quick, say }) {
  const server = await ownServer(scratch);
  const service = await scratch.service({ env: { DATABASE_URL: server.ownerUrl } });
  const sides = { server, service };
  const first = await timeSession(sides, TEN_GAPS);
  assertTenGaps(await (await service.call('GET', `/v1/sessions/${first.id}`)).json());
  const rounds = { pairs: quick ? PAIRS_NEEDED : 9, batch: quick ? 2 : 8 };
  const kinds = [];
  let number = 0;
  const cached = ['cached answers', () => TEN_GAPS];
  for (const [kind, body] of quick ? [cached] : [cached, ['stored facts', () => variant(++number)]]) {
    const { id } = await timeSession(sides, body());
    const shape = await shapeOf(server, id);
    say(`${kind}: steps ${JSON.stringify(shape)}`);
    const name = `bare_${kind.replace(' ', '_')}`;
    const settings = {
      url: await server.createDatabase(name),
      queues: await queuesOf(server),
      shape,
      bound: GAP_CONCURRENCY,
    };
    const bare = await startBare(scratch, settings);
    kinds.push({ kind, ...(await inTurn(rounds, sides, body, bare)) });
    await bare.stop();
  }
  return row(figure, rounds.pairs, kinds.flatMap(partsOf));
}

function partsOf({ kind, pairs, sessions }) {
  const { ratio, self, quiet, enough } = ratioOf(pairs);
  return [
    part(`${kind}: × bare chain`, ratio, RATIO_LIMIT, '×', quiet && enough ? undefined : 'too noisy'),
    part(`${kind}: session`, median(sessions), SESSION_LIMIT_MS, 'ms'),
    told(`${kind}: bare chain`, median(pairs.flatMap(({ bare, bareAgain }) => [bare, bareAgain])), 'ms'),
    told(`${kind}: bare against itself`, self, '×'),
  ];
}

/**
 * Batches of equal size in the order bare, session, bare: a drift of the machine hits both sides. How long a chain waits
 * for its first poll depends on when it begins between two polls, and one that begins as another ends always begins at
 * the same place. So each begins after a pause of its own, the same pauses for all three, evenly spread over the interval.
 */
async function inTurn({ pairs, batch }, sides, body, bare) {
  const list = [];
  const sessions = [];
  for (let pair = 0; pair < pairs; pair++) {
    const times = { bare: [], ours: [], bareAgain: [] };
    for (let one = 0; one < batch; one++) {
      const pause = () => sleep(POLL_MS + ((one + pair / pairs) / batch) * POLL_MS);
      await pause();
      times.bare.push(await bare.run());
      await pause();
      times.ours.push((await timeSession(sides, body())).ms);
      await pause();
      times.bareAgain.push(await bare.run());
    }
    sessions.push(...times.ours);
    list.push(Object.fromEntries(Object.entries(times).map(([name, values]) => [name, mean(values)])));
  }
  return { pairs: list, sessions };
}

/** From before the POST until the session's row says that it is over; looked at in the table, so that looking costs it little. */
async function timeSession({ server, service }, body) {
  const startedAt = performance.now();
  const created = await service.call('POST', '/v1/sessions', { body });
  if (created.status !== 201) throw new Error(`POST /v1/sessions: ${created.status} ${await created.text()}`);
  const { id } = await created.json();
  for (;;) {
    const [session] = await server.query('SELECT status FROM sessions WHERE id = $1', [id]);
    if (session?.status === 'completed') return { id, ms: performance.now() - startedAt };
    if (!['queued', 'running'].includes(session?.status)) throw new Error(`a session ended as ${session?.status}`);
    await sleep(LOOK_MS);
  }
}

/** Steps by phase as the engine recorded them for a session: what ran before, beside and after the fan-out. */
async function shapeOf(server, id) {
  // The session is over in its last step, whose own record comes after it.
  const running = `SELECT 1 FROM dbos.workflow_status WHERE starts_with(workflow_uuid, $1) AND status <> 'SUCCESS'`;
  while ((await server.query(running, [`${id}:`])).length > 0) await sleep(LOOK_MS);
  const rows = await server.query(
    `SELECT split_part(workflow_uuid, ':', 3) AS phase, function_name AS name
       FROM dbos.operation_outputs WHERE starts_with(workflow_uuid, $1) ORDER BY workflow_uuid, function_id`,
    [`${id}:`],
  );
  const shape = {};
  for (const { phase, name } of rows) {
    const one = (shape[phase] ??= { before: 0, parallel: 0, after: 0 });
    if (name.startsWith('research:')) one.parallel += 1;
    else if (one.parallel > 0) one.after += 1;
    else one.before += 1;
  }
  return shape;
}

async function queuesOf(server) {
  return server.query(
    `SELECT name, worker_concurrency AS concurrency, (polling_interval_sec * 1000)::int AS "pollMs" FROM dbos.queues ORDER BY name`,
  );
}

async function startBare(scratch, settings) {
  const child = fork(program, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const stop = scratch.onClean(async () => {
    if (child.exitCode === null && child.connected) child.send({ stop: true });
    await exited;
  });
  await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error('the bare chain did not start'))),
  ]);
  let number = 0;
  const run = async () => {
    const startedAt = performance.now();
    const done = once(child, 'message');
    child.send({ run: `bare-${++number}` });
    await done;
    return performance.now() - startedAt;
  };
  await run();
  return { run, stop };
}
