import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { researchName, WORKSPACE } from './cache-engine.mjs';
import { ownRedis } from './cache-redis.mjs';
import { held, part, row, told } from './row.mjs';
import { median } from './statistics.mjs';

const program = join(import.meta.dirname, 'cache-worker.mjs');
const PROCESSES = 4;
const CALLERS = 125;
const LOAD_MS = 50;
/** Long enough to be killed in its middle. */
const LONG_LOAD_MS = 1000;
/** Between the word and the common start of all processes. */
const START_MS = 100;

/** B6: the same key in several processes at once. The figure is the worst of the rounds. */
export async function acrossProcesses(figure, { scratch, quick }) {
  const redis = await ownRedis(scratch);
  const client = await redis.client();
  const workers = await startWorkers(scratch, redis);
  const rounds = [];
  for (let round = 0; round < (quick ? 5 : 25); round++) {
    const name = researchName(round);
    const answers = await Promise.all(workers.map((worker) => worker.ask(question(name, LOAD_MS))));
    rounds.push({ loads: await loadsOf(client, name), answers });
  }
  const answers = rounds.flatMap((one) => one.answers);
  return row(figure, rounds.length, [
    part(`loads, ${PROCESSES} processes × ${CALLERS}`, Math.max(...rounds.map(({ loads }) => loads)), 1, 'loads'),
    ...mistakes(answers),
    told(`all answered, load of ${LOAD_MS} ms (median)`, median(rounds.map(slowest)), 'ms'),
    told('the slowest round', Math.max(...rounds.map(slowest)), 'ms'),
  ]);
}

/** B7: the process whose load has begun is killed in its middle; the others must load once more, and only once. */
export async function killedLoader(figure, { scratch, quick, say }) {
  const redis = await ownRedis(scratch);
  const client = await redis.client();
  const rounds = [];
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    const mark = scratch.mark();
    rounds.push(await killOnce({ scratch, redis, client, name: researchName(round) }));
    await scratch.endSince(mark);
    say(`answered ${Math.round(rounds.at(-1).afterKillMs)} ms after the kill`);
  }
  const further = rounds.map(({ loads }) => loads - 1);
  return row(figure, rounds.length, [
    part('further loads after the kill', Math.max(...further), 1, 'loads'),
    held('rounds without a further load', further.filter((loads) => loads < 1).length),
    ...mistakes(rounds.flatMap(({ answers }) => answers)),
    told(
      `kill to the last answer, load of ${LONG_LOAD_MS} ms (median)`,
      median(rounds.map((one) => one.afterKillMs)),
      'ms',
    ),
    told('the slowest round', Math.max(...rounds.map((one) => one.afterKillMs)), 'ms'),
  ]);
}

async function killOnce({ scratch, redis, client, name }) {
  const workers = await startWorkers(scratch, redis);
  const asked = workers.map((worker) => ({ worker, answer: worker.ask(question(name, LONG_LOAD_MS)) }));
  for (const { answer } of asked) answer.catch(() => undefined);
  const loader = await Promise.race(workers.map((worker) => worker.loading.then(() => worker)));
  await sleep(LONG_LOAD_MS / 2);
  loader.kill();
  const killedAt = performance.now();
  const answers = await Promise.all(asked.filter(({ worker }) => worker !== loader).map(({ answer }) => answer));
  return { answers, afterKillMs: performance.now() - killedAt, loads: await loadsOf(client, name) };
}

const question = (name, loadMs) => ({ name, callers: CALLERS, loadMs, at: Date.now() + START_MS });

const loadsOf = async (client, name) => Number(await client.get(`bench:loads:${name}`));

const slowest = ({ answers }) => Math.max(...answers.map(({ ms }) => ms));

function mistakes(answers) {
  const sum = (name) => answers.reduce((total, answer) => total + answer[name], 0);
  return [held('calls that failed', sum('failed')), held('wrong values', sum('wrong'))];
}

function startWorkers(scratch, redis) {
  return Promise.all(Array.from({ length: PROCESSES }, () => startWorker(scratch, redis.url)));
}

async function startWorker(scratch, redisUrl) {
  const argument = JSON.stringify({ redisUrl, owner: WORKSPACE });
  const child = fork(program, [argument], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit').then(() => Promise.reject(new Error('a process with a cache ended')));
  exited.catch(() => undefined);
  const kill = () => child.kill('SIGKILL');
  scratch.onClean(kill);
  const said = (name) =>
    new Promise((resolve) => {
      const listen = (message) => {
        if (!(name in message)) return;
        child.off('message', listen);
        resolve(message);
      };
      child.on('message', listen);
    });
  const loading = said('loading');
  await Promise.race([said('ready'), exited]);
  const ask = (asked) => {
    const answer = said('ms');
    child.send(asked);
    return Promise.race([answer, exited]);
  };
  return { ask, kill, loading };
}
