import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { built } from './cache-engine.mjs';

const run = promisify(execFile);
const OWNER = 'techspec_owner';
const START_MS = 60_000;
/** As the embedded server has them (embedded-server.ts), where the release knows them. */
const SETTINGS = ['listen_addresses=', 'max_connections=200', 'jit=off', 'timezone=UTC', 'log_timezone=UTC'];

/**
 * A server of another release, from the programs in a folder (`initdb`, `postgres`), on a data folder that is made when it is not there.
 * Started again when it ends by itself, as the product's launcher does.
 * @returns { ownerUrl, stop } as startEmbedded gives them
 */
export async function startOther(bin, folder) {
  const { serverUser } = await built('shared/database/embedded/server-user.js');
  const { clusterHome } = await built('shared/database/embedded/data-folder.js');
  const { socketFolder } = await built('shared/database/embedded/private-folder.js');
  const user = serverUser();
  const { home } = clusterHome(folder, user);
  const data = join(home, 'data');
  const sockets = socketFolder(user);
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(join(bin, 'initdb'), data, { ...user, env, cwd: '/' });
  const address = (name) => `postgresql://${OWNER}@localhost:5432/${name}?host=${encodeURIComponent(sockets)}`;
  const server = new OtherServer(() => open(join(bin, 'postgres'), data, sockets, join(home, 'server.log'), user, env));
  await server.begun(address('postgres'));
  await ensureDatabase(address('postgres'));
  return {
    ownerUrl: address('techspec'),
    stop: async () => {
      await server.stop();
      rmSync(sockets, { recursive: true, force: true });
    },
  };
}

function initialise(initdb, data, options) {
  const auth = ['--auth-local=trust', '--auth-host=reject'];
  return run(
    initdb,
    ['-D', data, '-U', OWNER, '--no-locale', '--encoding=UTF8', '--no-instructions', ...auth],
    options,
  );
}

/** In a session of its own, so that Ctrl-C goes to the benchmark, which stops it. */
function open(postgres, data, sockets, logFile, user, env) {
  const log = openSync(logFile, 'a', 0o600);
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  const args = ['-D', data, '-k', sockets, '-p', '5432', ...settings];
  const child = spawn(postgres, args, { ...user, env, cwd: '/', detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

class OtherServer {
  #start;
  #child;
  #isKept = false;

  constructor(start) {
    this.#start = start;
    this.#begin();
  }

  /** @throws when it ends instead, such as on a folder that another server has */
  async begun(url) {
    for (const end = performance.now() + START_MS; !(await answers(url)); await sleep(50))
      if (hasEnded(this.#child) || performance.now() > end)
        throw new Error('PostgreSQL did not start: server.log of its data folder says why.');
    this.#isKept = true;
  }

  async stop() {
    this.#isKept = false;
    if (hasEnded(this.#child)) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGINT');
    await ended;
  }

  #begin() {
    this.#child = this.#start();
    this.#child.once('exit', () => setTimeout(() => this.#isKept && this.#begin(), 200));
  }
}

const hasEnded = ({ exitCode, signalCode }) => exitCode !== null || signalCode !== null;

async function answers(url) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(url) {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(`SELECT 1 FROM pg_database WHERE datname = 'techspec'`);
  if (rows.length === 0) await client.query('CREATE DATABASE techspec');
  await client.end();
}
