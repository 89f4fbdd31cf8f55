import { accessSync, constants, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import type { Config } from '../config/config.js';
import { ConfigError, type Environment, loadConfig } from '../config/load-config.js';
import { NpmConfig } from '../modules/research/clients/npm-config.js';
import { NpmRegistryClient, REGISTRY_LIMITS } from '../modules/research/clients/npm-registry.client.js';
import { Clock } from '../shared/clock/clock.js';
import type { EmbeddedReport } from '../shared/database/embedded/inspect-embedded.js';
import { inspectDatabase } from '../shared/database/inspect-database.js';
import { inspectRedis } from '../shared/redis/inspect-redis.js';
import { out } from './usage.js';

type State = 'ok' | 'note' | 'missing';
interface Finding {
  readonly state: State;
  readonly subject: string;
  readonly text: string;
}
const finding = (state: State, subject: string, text: string): Finding => ({ state, subject, text });

/** `doctor`: says what is configured, reachable and missing, and what to do. Starts nothing, changes nothing. */
export async function doctor(environment: Environment, root: string): Promise<void> {
  const findings = await examine(environment, root);
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  const marks: Readonly<Record<State, string>> = { ok: 'ok     ', note: 'note   ', missing: 'MISSING' };
  for (const { state, subject, text } of findings) out(`${marks[state]}  ${subject.padEnd(width)}  ${text}\n`);
  const missing = findings.filter(({ state }) => state === 'missing').length;
  out(
    missing
      ? `\n${missing} to mend before the service can start or do its job.\n`
      : '\nEverything that is needed is here.\n',
  );
  if (missing) process.exitCode = 1;
}

async function examine(environment: Environment, root: string): Promise<Finding[]> {
  const node = finding('ok', 'Node.js', process.version);
  try {
    const config = loadConfig(environment, root);
    const warnings = config.warnings.map((text) => finding('note', 'setting', text));
    const [database, redis, registry, port] = await Promise.all([
      databaseState(config),
      redisState(config),
      registryState(config),
      portState(config),
    ]);
    return [
      node,
      finding('ok', 'settings', 'valid'),
      ...warnings,
      ...database,
      redis,
      dataFolder(config),
      keyState(config),
      registry,
      port,
      optional(),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [node, ...error.mistakes.map((mistake) => finding('missing', 'setting', mistake))];
  }
}

async function databaseState(config: Config): Promise<Finding[]> {
  const { version, embedded, problem, tooMuch, tooMany } = await inspectDatabase(config);
  const notes = [
    ...(tooMuch === undefined ? [] : [finding('note', 'database role', tooMuch)]),
    ...(tooMany === undefined ? [] : [finding('note', 'connections', tooMany)]),
  ];
  if (problem) return [finding('missing', 'database', problem), ...notes];
  if (embedded) return [finding('ok', 'database', `embedded PostgreSQL ${version}, ${embeddedState(embedded)}`)];
  return [finding('ok', 'database', `PostgreSQL ${version} at DATABASE_URL, schema up to date`), ...notes];
}

async function redisState({ redis }: Config): Promise<Finding> {
  const { kind, topology } = await inspectRedis(redis, new Clock());
  if (kind === 'off') return finding('ok', 'Redis', 'not used: each process caches and limits for itself');
  if (kind === 'up') return finding('ok', 'Redis', `answers (${topology})`);
  return finding(
    'note',
    'Redis',
    'REDIS_URL does not answer, or refuses its user: the service works without it, and takes it when it is there',
  );
}

function embeddedState({ home, initialised, server, owner }: EmbeddedReport): string {
  const place = home ? `, in ${home}` : '';
  if (server) return `running (process ${server}${owner ? `, owned by ${owner}` : ''})${place}`;
  return `${initialised ? 'stopped; the next start runs it' : 'made at the first start'}${place}`;
}

function dataFolder(config: Config): Finding {
  let at = config.data.dir;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    accessSync(at, constants.W_OK);
    return finding('ok', 'data folder', config.data.dir);
  } catch {
    return finding('missing', 'data folder', `${at} is not writable: set TECHSPEC_DATA to a folder of yours`);
  }
}

function keyState(config: Config): Finding {
  if (config.identity.apiKey) return finding('ok', 'API key', 'from TECHSPEC_API_KEY');
  return finding(
    'ok',
    'API key',
    `${config.data.dir}/api-key${existsSync(`${config.data.dir}/api-key`) ? '' : ', made at the first start'}`,
  );
}

/** One small record that every npm registry has. */
async function registryState(config: Config): Promise<Finding> {
  const silent = { request: () => undefined, breaker: () => undefined };
  const client = new NpmRegistryClient(
    new NpmConfig(config.research.npm),
    { clock: new Clock(), recorder: silent },
    REGISTRY_LIMITS,
  );
  try {
    const answer = await client.latest('semver');
    if (answer.kind === 'found')
      return finding('ok', 'package registry', `reachable: ${new URL(client.latestUrl('semver')).host}`);
    const reason = answer.kind === 'not-modified' ? '' : answer.reason;
    return finding(
      'note',
      'package registry',
      `${reason}: documents will say what is unknown; check "npm config get registry" and the proxy`,
    );
  } catch (error) {
    return finding('note', 'package registry', messageOf(error));
  } finally {
    await client.close();
  }
}

function portState({ http: { host, port } }: Config): Promise<Finding> {
  const server = createServer();
  return new Promise((done) => {
    server.once('error', (error) =>
      done(
        finding(
          'note',
          'port',
          `${host}:${port} can't be used now (${messageOf(error)}): stop what uses it, or set PORT`,
        ),
      ),
    );
    server.listen(port, host, () => server.close(() => done(finding('ok', 'port', `${host}:${port} is free`))));
  });
}

const optional = (): Finding =>
  finding(
    'note',
    'web search, models',
    'not part of this release: research uses the catalogue and the package registry',
  );

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
