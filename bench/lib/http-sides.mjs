import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/build-if-stale.mjs';
import { cleanEnvironment, freePort } from '../../scripts/service.mjs';

const lib = import.meta.dirname;
const probe = pathToFileURL(join(lib, 'http-probe.mjs')).href;
/** The flags `npm start` gives Node; all sides get them. */
const FLAGS = ['--max-old-space-size=512', '--max-semi-space-size=8'];
const KEY = `tsk_benchhttp.${'b'.repeat(43)}`;
const READY_MS = 90_000;
const CONNECTIONS = 32;
/** Limits are counted for each request, and never met: a process answers some 20,000 requests a second at most. */
const NEVER_REACHED = { RATE_LIMIT_PER_MINUTE: '9999999', RATE_LIMIT_ADDRESS_PER_MINUTE: '9999999' };

/** A candidate list of the catalogue: the answer of the product that is nearest to 2 KB. */
const PATH = '/v1/research/categories/framework-web/candidates';

/** A process that tells its processor time; its log goes to /dev/null as lines, as in production to a collector. */
function startProcess(scratch, file, { args = [], env = {}, flags = [] } = {}) {
  const child = fork(file, args, {
    execArgv: [...FLAGS, ...flags, '--import', probe],
    env: cleanEnvironment({ NODE_ENV: 'production', ...env }),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = once(child, 'exit');
  const stop = scratch.onClean(async () => {
    if (child.exitCode !== null || child.signalCode) return;
    child.kill('SIGINT');
    await Promise.race([exited, sleep(READY_MS / 3).then(() => child.kill('SIGKILL'))]);
  });
  return { child, stop, failed: exited.then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`))) };
}

/** Microseconds of processor time that the process has used, in user and kernel mode, all its threads. */
async function cpuOf({ child, failed }) {
  const answer = once(child, 'message');
  child.send('cpu');
  const [{ cpu }] = await Promise.race([answer, failed]);
  return cpu.user + cpu.system;
}

/**
 * The product as a process that serves HTTP, its log at level info. One that also executes sessions asks its queues twenty times a
 * second, some 5 % of a core: no cost of a request, and it would be divided by as many as happen to come.
 */
export function startOurs(scratch, flags = [], env = {}) {
  return startService(scratch, join(root, 'dist', 'src', 'main.js'), flags, env);
}

/** The same with limits that can be switched while it runs (edge-service.mjs). @returns the side, with `limits(on)` */
export async function startSwitched(scratch, env) {
  const side = await startService(scratch, join(lib, 'edge-service.mjs'), [], env);
  const limits = async (on) => {
    const done = once(side.child, 'message');
    side.child.send(on ? 'limits on' : 'limits off');
    await Promise.race([done, side.failed]);
  };
  return { ...side, limits };
}

async function startService(scratch, file, flags, env) {
  const port = await freePort();
  const dataDir = scratch.folder('data');
  const side = startProcess(scratch, file, {
    env: {
      PORT: String(port),
      TECHSPEC_DATA: dataDir,
      TECHSPEC_API_KEY: KEY,
      LOG_LEVEL: 'info',
      ROLE: 'api',
      ...NEVER_REACHED,
      ...env,
    },
    flags,
  });
  await Promise.race([ready(port), side.failed]);
  side.failed.catch(() => undefined);
  return { ...side, name: 'ours', port, path: PATH, headers: { authorization: `Bearer ${KEY}` } };
}

async function ready(port) {
  const deadline = performance.now() + READY_MS;
  while (performance.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
  throw new Error(`the service was not ready within ${READY_MS} ms`);
}

/** What the product answers: other sides send the same bytes. */
export async function answerOf({ port, path, headers }) {
  const address = `http://127.0.0.1:${port}${path}`;
  await (await fetch(address, { headers })).text();
  const answer = await fetch(address, { headers: { ...headers, 'accept-encoding': 'identity' } });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  const body = await answer.text();
  return { body, type: answer.headers.get('content-type'), cacheStatus: answer.headers.get('cache-status') };
}

/** A program of bench/lib that sends the given answer. */
export async function startProgram(scratch, name, answer, args = []) {
  const given = JSON.stringify({ path: PATH, key: KEY, ...answer });
  const side = startProcess(scratch, join(lib, `${name}.mjs`), { args: [given, ...args] });
  const [{ port }] = await Promise.race([once(side.child, 'message'), side.failed]);
  side.failed.catch(() => undefined);
  const headers = args.length > 0 ? { authorization: `Bearer ${KEY}` } : {};
  const { body } = await answerOf({ port, path: PATH, headers });
  if (body !== answer.body) throw new Error(`${name} sends another body`);
  return { ...side, name: [name, ...args].join(' '), port, path: PATH, headers };
}

/** The process that makes the load. @returns measure(side, requests): processor microseconds of the server a request */
export async function startLoad(scratch) {
  const run = await startRuns(scratch);
  return async (side, requests) => (await run(side, requests)).cpu;
}

/**
 * The same.
 * @returns run(side, requests, { awake }): of a request, the microseconds of the server's processor and of the clock. `awake`: the
 *   load takes a whole core (see http-load.mjs)
 */
export async function startRuns(scratch) {
  const child = fork(join(lib, 'http-load.mjs'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  scratch.onClean(() => child.kill());
  return async function run(side, requests, { awake = true } = {}) {
    const { port, path, headers } = side;
    const before = await cpuOf(side);
    const done = once(child, 'message');
    child.send({ port, path, headers, requests, awake, connections: CONNECTIONS });
    const [result] = await Promise.race([done, side.failed]);
    if (result.error) throw new Error(`${side.name}: ${result.error}`);
    return { cpu: ((await cpuOf(side)) - before) / requests, clock: (result.ms * 1000) / requests };
  };
}
