import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { ownServer } from './database.mjs';
import { held, part, row, told } from './row.mjs';
import { median } from './statistics.mjs';

const KEY = `tsk_benchpool0.${'p'.repeat(43)}`;
const AT_ONCE = 2000;
const RESTARTS = 3;
/** Callers while the database is restarted. */
const CALLERS = 100;
/** Sockets are opened so many at a time: more would find the server's queue of connections full and come a second later. */
const OPENED_AT_ONCE = 100;
const OUTAGE_MS = 30_000;
/** Longer than the wait for a connection and shorter than the deadline of a request. */
const LOCKED_MS = 3000;

/** Settings of the two halves: no wait is over before all are served, and the default of 1 s. */
const PATIENT = { DB_POOL_TIMEOUT: '50', REQUEST_DEADLINE_MS: '60000' };
const DEFAULT = {};

/**
 * C11: 2,000 calls at once over 30 connections, each with a question of its own to the database. First nobody waits longer than he may:
 * no call may fail. Then a lock holds all connections for longer than the wait limit: no call may end but well or with 503 and
 * Retry-After. Then the database is restarted under load.
 */
export async function poolUnderLoad(figure, { scratch, quick, say }) {
  const server = await ownServer(scratch);
  const patient = await withService(scratch, server, PATIENT, (callers) => callers.burst());
  say(`${AT_ONCE} at once: ${shown(patient)}`);
  const { served, refused, restarts } = await withService(scratch, server, DEFAULT, async (callers, service) => ({
    served: await callers.burst(),
    refused: await whileLocked(server, callers),
    restarts: await restarted(server, service, callers, quick ? 1 : RESTARTS),
  }));
  say(
    `wait limit 1 s: ${shown(served)}; locked: ${shown(refused)}; restarts: ${restarts.map(shownRestart).join(', ')}`,
  );
  const meanwhile = restarts.flatMap(({ answers }) => answers);
  return row(figure, patient.length, [
    part(
      `errors of ${AT_ONCE} at once, none past the wait limit`,
      patient.filter(({ status }) => status !== 200).length,
      0,
      'calls',
    ),
    held('past it: neither 200 nor 503 with Retry-After', [...served, ...refused].filter(isWrong).length),
    part('database back to ready and serving, the slowest', Math.max(...restarts.map(({ ms }) => ms)) / 1000, 3, 's'),
    held('meanwhile: neither 200 nor 503 with Retry-After', meanwhile.filter(isWrong).length),
    told('all served after', Math.max(...patient.map(({ ms }) => ms)) / 1000, 's'),
    told('refused of as many with the wait limit of 1 s', count(served, 503), 'calls'),
    told('refused while all connections were locked', count(refused, 503), 'calls'),
    told('after', median(refused.filter(({ status }) => status === 503).map(({ ms }) => ms)) / 1000, 's'),
    told('refused while the database was restarted', count(meanwhile, 503), 'calls'),
  ]);
}

const count = (answers, status) => answers.filter((one) => one.status === status).length;
const isWrong = ({ status, retryAfter }) => status !== 200 && !(status === 503 && retryAfter !== undefined);

/** `1990 × 200, 10 × 503 database_busy` */
function shown(answers) {
  const kinds = new Map();
  for (const { status, code } of answers) {
    const kind = [status, code].filter(Boolean).join(' ');
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].map(([kind, times]) => `${times} × ${kind}`).join(', ');
}
const shownRestart = ({ ms, answers }) => `${Math.round(ms)} ms (${shown(answers)})`;

/** One process with the default pool of 20 + 10; it must outlive its work. */
async function withService(scratch, { ownerUrl }, env, work) {
  const given = { DATABASE_URL: ownerUrl, TECHSPEC_API_KEY: KEY, LOG_LEVEL: 'silent', ...env };
  const service = await scratch.service({ env: given });
  const callers = new Callers(service.port);
  try {
    await callers.open();
    const result = await work(callers, service);
    if (service.child.exitCode !== null) throw new Error(`the service ended with ${service.child.exitCode}`);
    return result;
  } finally {
    callers.close();
    await service.stop();
  }
}

/** Clients with a kept connection each. */
class Callers {
  #agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE, maxFreeSockets: AT_ONCE });
  #port;

  constructor(port) {
    this.#port = port;
  }

  /** Opens all connections, so that the burst is one of calls. */
  async open() {
    for (let opened = 0; opened < AT_ONCE; opened += OPENED_AT_ONCE) {
      // Those that are open are taken first: a hundred calls more open a hundred more.
      const some = Array.from({ length: OPENED_AT_ONCE + opened }, () => this.get('/health/live'));
      await Promise.all(some);
    }
  }

  close() {
    this.#agent.destroy();
  }

  burst() {
    return Promise.all(Array.from({ length: AT_ONCE }, () => this.list()));
  }

  /** A list that no cache can know. */
  list() {
    return this.get(`/v1/sessions?limit=1&q=${randomUUID()}`);
  }

  /** @returns status (0: the connection broke), milliseconds, code of a problem, Retry-After */
  get(path) {
    const began = performance.now();
    const options = { agent: this.#agent, host: '127.0.0.1', port: this.#port, path };
    return new Promise((resolve) => {
      const end = (facts) => resolve({ ms: performance.now() - began, ...facts });
      request({ ...options, headers: { authorization: `Bearer ${KEY}` } }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += chunk));
        answer.on('error', (error) => end({ status: 0, code: error.code }));
        answer.on('end', () => end(factsOf(answer, text)));
      })
        .on('error', (error) => end({ status: 0, code: error.code }))
        .end();
    });
  }
}

function factsOf({ statusCode, headers }, text) {
  const code = statusCode === 200 ? undefined : JSON.parse(text).code;
  return { status: statusCode, code, retryAfter: headers['retry-after'] };
}

/** The same burst while somebody else has locked the table for longer than callers may wait. */
async function whileLocked({ ownerUrl }, callers) {
  const client = await connected(ownerUrl);
  await client.query('BEGIN');
  await client.query('LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE');
  const burst = callers.burst();
  await sleep(LOCKED_MS);
  await client.query('ROLLBACK');
  await client.end();
  return burst;
}

async function connected(connectionString) {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 1000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function restarted(server, service, callers, times) {
  const list = [];
  for (let turn = 0; turn < times; turn++) list.push(await restart(server, service, callers));
  return list;
}

/** @returns every answer meanwhile, and milliseconds from the first connection that the new server took to ready and a list */
async function restart(server, service, callers) {
  const answers = [];
  let isOver = false;
  const loop = async () => {
    while (!isOver) {
      const answer = await callers.list();
      answers.push(answer);
      if (answer.status !== 200) await sleep(20);
    }
  };
  const load = Array.from({ length: CALLERS }, loop);
  await sleep(500);
  process.kill(await postmasterOf(server), 'SIGINT');
  // A postmaster that stops refuses at once; the launcher in this process starts another at the same address.
  await until(async () => !(await takesConnections(server)));
  await until(() => takesConnections(server));
  const backAt = performance.now();
  await until(async () => (await callers.get('/health/ready')).status === 200);
  await until(async () => (await callers.list()).status === 200);
  const ms = performance.now() - backAt;
  await sleep(500);
  isOver = true;
  await Promise.all(load);
  return { ms, answers };
}

async function postmasterOf({ query }) {
  const [{ data_directory: folder }] = await query('SHOW data_directory');
  return Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
}

async function takesConnections({ ownerUrl }) {
  try {
    await (await connected(ownerUrl)).end();
    return true;
  } catch {
    return false;
  }
}

async function until(holds) {
  for (const end = performance.now() + OUTAGE_MS; !(await holds()); await sleep(5))
    if (performance.now() > end) throw new Error('it did not come to this within 30 s');
}
