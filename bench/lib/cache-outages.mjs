import { randomUUID } from 'node:crypto';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownRedis } from './cache-redis.mjs';
import { held, part, row, told } from './row.mjs';

const program = join(import.meta.dirname, 'cache-traffic.mjs');
const WAIT_LIMIT_MS = 50;
const ADDED_LIMIT_MS = 2;
const RECOVERY_LIMIT_MS = 2000;
/** From the end of an outage until it is looked at: longer than recovery may take. */
const AFTERMATH_MS = 2100;
/** A request that waited longer noticed the outage; those that begin after the first such wait are the later ones. */
const NOTICED_MS = 10;
/** Traffic before each outage, for comparison. */
const BEFORE_MS = 1000;

/** What is done to Redis; `begin`, then `end` after the outage. Those without `end` are over at once. */
const OUTAGES = [
  { name: 'hung', begin: ({ redis }) => redis.hang(), end: ({ redis }) => redis.resume() },
  { name: 'refused', begin: ({ redis }) => redis.kill(), end: ({ redis }) => redis.replace() },
  { name: 'full', begin: ({ client }) => limitMemory(client, '1mb'), end: ({ client }) => limitMemory(client, '0') },
  { name: 'flushed', begin: ({ client }) => client.flushAll() },
  { name: 'replaced by an empty one', begin: ({ redis }) => redis.replace() },
];

/**
 * B11: a process under steady traffic while its Redis fails in five ways, and beside it the same traffic without Redis.
 * The figure is the longest wait of any request in any of them.
 */
export async function outages(figure, { scratch, quick, say }) {
  const redis = await ownRedis(scratch);
  const client = await redis.client();
  const owner = randomUUID();
  const ours = await startTraffic(scratch, { redisUrl: redis.url, owner });
  const control = await startTraffic(scratch, { owner });
  const found = [];
  for (const outage of OUTAGES) {
    await Promise.all([ours.report(), control.report()]);
    await sleep(BEFORE_MS);
    const times = await strike(outage, { redis, client }, quick ? 1000 : 3000);
    const [traffic, without] = await Promise.all([ours.report(), control.report()]);
    found.push({ name: outage.name, ...judge(traffic, without, times, await namesIn(client)) });
    say(`${outage.name}: ${JSON.stringify(found.at(-1))}`);
  }
  return row(
    figure,
    found.reduce((sum, { requests }) => sum + requests, 0),
    [
      part('longest wait of a request', Math.max(...found.map(({ longest }) => longest)), WAIT_LIMIT_MS, 'ms'),
      held(
        'failed requests',
        found.reduce((sum, { failed }) => sum + failed, 0),
      ),
      ...found.flatMap(partsOf),
    ],
  );
}

const partsOf = ({ name, longest, added, later, slow, recovery, noise, whole }) => [
  part(`${name}: longest wait`, longest, WAIT_LIMIT_MS, 'ms'),
  part(`${name}: p99 of ${later} later requests, added`, added, ADDED_LIMIT_MS, 'ms'),
  told(`${name}: later requests with more than that`, slow, 'requests'),
  part(`${name}: second tier used again after`, recovery, RECOVERY_LIMIT_MS, 'ms'),
  told(`${name}: longest wait with the lateness of timers in it`, whole, 'ms'),
  told(`${name}: latest timer of the process`, noise, 'ms'),
];

/** @returns wall-clock times of the outage's beginning, its end, and the end of what follows */
async function strike({ begin, end }, server, ms) {
  const began = Date.now();
  await begin(server);
  if (end) {
    await sleep(ms);
    await end(server);
  }
  const ended = Date.now();
  await sleep(AFTERMATH_MS);
  return { began, ended, isOverAtOnce: end === undefined };
}

/**
 * Later requests are those that began after the first one noticed the outage, and before its end where it has one. While Redis
 * is away they are compared with the control; where it answers, with the traffic before if that was slower.
 */
function judge(traffic, control, { began, ended, isOverAtOnce }, stored) {
  const all = waitsOf(traffic);
  const before = all.filter(({ startedAt, ms }) => startedAt + ms < began);
  const waits = all.filter(({ startedAt, ms }) => startedAt + ms >= began);
  const during = isOverAtOnce ? waits : waits.filter(({ startedAt }) => startedAt < ended);
  const noticed = Math.min(...during.filter(({ ms }) => ms > NOTICED_MS).map(({ startedAt, ms }) => startedAt + ms));
  const later = during.filter(({ startedAt }) => startedAt > (Number.isFinite(noticed) ? noticed : began));
  const again = waits.find(({ kind, startedAt, name }) => kind === 'new' && startedAt >= ended && stored.has(name));
  const reference = Math.max(p99(waitsOf(control)), p99(before));
  return {
    requests: waits.length,
    failed: waits.filter(({ error }) => error !== null).length,
    longest: Math.max(...waits.map(({ ms }) => ms)),
    whole: Math.max(...waits.map(({ wholeMs }) => wholeMs)),
    later: later.length,
    slow: later.filter(({ ms }) => ms > reference + ADDED_LIMIT_MS).length,
    added: Math.max(0, p99(later) - reference),
    recovery: again ? again.startedAt - ended : Infinity,
    noise: Math.max(0, ...traffic.lateness.map(([, ms]) => ms)),
  };
}

/** Waits less the timer's lateness around them: what the machine did to all who waited. */
function waitsOf({ requests, lateness }) {
  return requests.map(([kind, startedAt, ms, error, name]) => ({
    kind,
    startedAt,
    error,
    name,
    wholeMs: ms,
    ms: Math.max(0, ms - latest(lateness, startedAt, startedAt + ms)),
  }));
}

/** The most that a timer was late while a request waited, or just after: the timer that ends the wait is late, too. */
function latest(lateness, from, to) {
  return Math.max(0, ...lateness.filter(([at, ms]) => at >= from && at - ms <= to + 3).map(([, ms]) => ms));
}

function p99(waits) {
  const sorted = waits.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? NaN;
}

async function limitMemory(client, bytes) {
  await client.configSet({ maxmemory: bytes, 'maxmemory-policy': 'noeviction' });
}

/** Names of the values that are in Redis now, as the bench itself sees them. */
async function namesIn(client) {
  const names = new Set();
  for (const key of await client.keys('*')) {
    const found = /tech_research:queue-jobs:[0-9a-f]{64}/.exec(key);
    if (found && (await client.type(key)) === 'string') names.add(found[0]);
  }
  return names;
}

async function startTraffic(scratch, settings) {
  const child = fork(program, [JSON.stringify(settings)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  scratch.onClean(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the process under traffic ended with ${code ?? signal}`);
  });
  ended.catch(() => undefined);
  const message = () => Promise.race([once(child, 'message').then(([said]) => said), ended]);
  await message();
  const report = () => {
    const answer = message();
    child.send({ report: true });
    return answer;
  };
  return { report };
}
