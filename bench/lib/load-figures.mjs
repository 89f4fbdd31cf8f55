import { setTimeout as sleep } from 'node:timers/promises';
import { waitForSession } from '../../scripts/service.mjs';
import { ownServer } from './database.mjs';
import { mistakesOf, watchMemory } from './observe.mjs';
import { scriptedRegistry } from './registry.mjs';
import { held, part, row, told } from './row.mjs';
import { variant } from './scratch.mjs';

const MEGABYTE = 1_000_000;
/** A registry slow enough that sessions are in the middle of their research when a worker dies. */
const SLOW_REGISTRY_MS = 1500;
const KEY = `tsk_benchmark0.${'k'.repeat(43)}`;

/** Posts one session; a 503 is answered as its Retry-After asks, and counted. @returns its address */
async function post(service, number, refusals) {
  for (;;) {
    const response = await service.call('POST', '/v1/sessions', { body: variant(number) });
    const text = await response.text();
    if (response.status === 201) return response.headers.get('location');
    if (response.status !== 503) throw new Error(`POST /v1/sessions: ${response.status} ${text}`);
    refusals.push(text);
    await sleep(1000 * Number(response.headers.get('retry-after') ?? 1));
  }
}

async function postAll(service, count) {
  const refusals = [];
  const paths = await Promise.all(Array.from({ length: count }, (_, number) => post(service, number, refusals)));
  return { paths, refused: refusals.length };
}

/** Waits for all of them in turn; the last one decides. */
async function allOver(service, paths, timeoutMs) {
  const deadline = performance.now() + timeoutMs;
  for (const path of paths) await waitForSession(service, path, Math.max(1, deadline - performance.now()));
}

/** How many of the sessions did not complete exactly once; the first mistakes are said. */
async function wrongOnes(service, paths, say) {
  const wrong = [];
  for (const path of paths) {
    const mistakes = await mistakesOf(service, path);
    if (mistakes.length > 0) wrong.push(`${path}: ${mistakes.join(', ')}`);
  }
  for (const line of wrong.slice(0, 5)) say(line);
  return wrong.length;
}

/** A9: all sessions are posted at once, each with a brief of its own, to one process that does everything. */
export async function queuedAtOnce(figure, { scratch, quick, say }) {
  const service = await scratch.service();
  const stopWatching = watchMemory(service.child.pid);
  const count = quick ? 6 : 200;
  const startedAt = performance.now();
  const { paths, refused } = await postAll(service, count);
  const postedMs = performance.now() - startedAt;
  await allOver(service, paths, 600_000);
  const seconds = (performance.now() - startedAt) / 1000;
  const peak = stopWatching() / MEGABYTE;
  return row(figure, count, [
    part(`peak memory, ${count} sessions`, peak, 400, 'MB'),
    held('sessions that did not complete exactly once', await wrongOnes(service, paths, say)),
    told('POSTs refused with 503 and sent again', refused, 'calls'),
    told('all posted after', postedMs / 1000, 's'),
    told('all over after', seconds, 's'),
  ]);
}

/** A10: an api process and two workers; one worker is killed while both are in the middle of sessions. */
export async function killedWorker(figure, { scratch, say }) {
  const server = await ownServer(scratch);
  const registry = await scriptedRegistry(scratch, SLOW_REGISTRY_MS);
  const env = { DATABASE_URL: server.ownerUrl, TECHSPEC_API_KEY: KEY, npm_config_registry: registry };
  const api = await scratch.service({ env: { ...env, ROLE: 'api' } });
  const victim = await scratch.service({ env: { ...env, ROLE: 'worker' } });
  const [executor] = await executorsOf(server);
  await scratch.service({ env: { ...env, ROLE: 'worker' } });
  const { paths } = await postAll(api, 32);
  const struck = await untilBothWork(server, executor);
  victim.child.kill('SIGKILL');
  const killedAt = performance.now();
  const before = await sequences(server, struck);
  say(`killed a worker that had ${struck.length} of ${paths.length} sessions`);
  const takeover = await untilAllMoved(server, before, killedAt);
  await allOver(api, paths, 300_000);
  return row(figure, struck.length, [
    part('every session of the dead worker goes on', takeover / 1000, 15, 's'),
    held('sessions that did not complete exactly once', await wrongOnes(api, paths, say)),
    told('all over after', (performance.now() - killedAt) / 1000, 's'),
  ]);
}

async function executorsOf(server) {
  const rows = await server.query(`SELECT executor_id AS id FROM worker_heartbeats WHERE role = 'worker'`);
  if (rows.length === 0) throw new Error('the worker has no heartbeat');
  return rows.map(({ id }) => id);
}

/** @returns ids of the sessions that the executor is working on, once it and another one have been at it for a while */
async function untilBothWork(server, executor) {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await sleep(50)) {
    const rows = await pending(server);
    const own = rows.filter(({ by }) => by === executor);
    if (own.length < 4 || rows.length - own.length < 4) continue;
    // Into the middle of a node, not onto the boundary that was just looked at.
    await sleep(700);
    return (await pending(server)).filter(({ by }) => by === executor).map(({ session }) => session);
  }
  throw new Error('the two workers did not share the sessions within 30 s');
}

const pending = (server) =>
  server.query(
    `SELECT split_part(workflow_uuid, ':', 1) AS session, executor_id AS by
       FROM dbos.workflow_status WHERE status = 'PENDING' AND queue_name = 'sessions'`,
  );

/** Last event of each session by its id. */
async function sequences(server, ids) {
  const rows = await server.query(`SELECT id, event_seq AS seq FROM sessions WHERE id = ANY ($1::uuid[])`, [ids]);
  return new Map(rows.map(({ id, seq }) => [id, seq]));
}

/** @returns milliseconds from `since` until each of the sessions had an event more */
async function untilAllMoved(server, before, since) {
  for (const deadline = since + 120_000; performance.now() < deadline; await sleep(50)) {
    const now = await sequences(server, [...before.keys()]);
    if ([...before].every(([id, seq]) => now.get(id) > seq)) return performance.now() - since;
  }
  throw new Error('sessions of the dead worker stood still for 120 s');
}
