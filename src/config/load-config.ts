import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config, LogLevel, Role } from './config.js';
import { CACHE_TTLS, IGNORED, logLevel, type Setting, SETTINGS } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** All mistakes of the environment at once; `message` is ready to be printed. */
export class ConfigError extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(`The settings can't be used:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** Bumped only when a workflow changes so that one begun by older code can't be finished by this code. */
const WORKFLOW_VERSION = '1';

/**
 * Reads the environment once.
 * @param root folder of package.json; relative paths are resolved against the current folder, as a shell user expects
 * @throws ConfigError naming every mistake
 */
export function loadConfig(environment: Environment, root: string): Config {
  const reader = new Reader(environment);
  const components = readComponentLevels(reader);
  const config = build(reader, root, components);
  if (!reader.mistakes.length && config.http.pageSize > config.http.maxPageSize)
    reader.mistakes.push('PAGINATION_DEFAULT_PER_PAGE must not be greater than PAGINATION_MAX_PER_PAGE');
  if (reader.mistakes.length) throw new ConfigError(reader.mistakes);
  return { ...config, warnings: [...reader.warnings, ...ignoredSettings(environment)] };
}

function build(reader: Reader, root: string, components: Record<string, LogLevel>): Config {
  const role = reader.value<Role>('ROLE');
  return {
    role,
    root,
    version: packageVersion(root),
    workflowVersion: WORKFLOW_VERSION,
    http: httpSlice(reader),
    rateLimit: rateLimitSlice(reader),
    database: databaseSlice(reader, role),
    bulk: {
      insertChunkSize: reader.value('BULK_INSERT_CHUNK_SIZE'),
      updateChunkSize: reader.value('BULK_UPDATE_CHUNK_SIZE'),
    },
    data: {
      dir: resolve(reader.value<string>('TECHSPEC_DATA')),
      retentionDays: reader.value('RETENTION_DAYS'),
      codeRetentionDays: reader.value('CODE_RETENTION_DAYS'),
    },
    redis: redisSlice(reader),
    cache: {
      enabled: reader.value('CACHE_ENABLED'),
      ttl: Object.fromEntries(CACHE_TTLS.map(({ region, name }) => [region, reader.value<number>(name)])),
      defaultTtl: reader.value('CACHE_DEFAULT_TTL'),
      memoryBytes: reader.value<number>('CACHE_MEMORY_MB') * 1024 * 1024,
    },
    metrics: {
      enabled: reader.value('PROMETHEUS_ENABLED'),
      port: reader.value('PROMETHEUS_PORT'),
      token: reader.value('METRICS_TOKEN'),
    },
    log: { level: reader.value('LOG_LEVEL'), components },
    research: {
      maxOptionsPerGap: reader.value('TECH_SPEC_MAX_OPTIONS_PER_GAP'),
      gapConcurrency: reader.value('GAP_CONCURRENCY'),
      fleetGapConcurrency: reader.value('GAP_CONCURRENCY_FLEET'),
      releaseCheckHours: reader.value('RELEASE_CHECK_HOURS'),
      npm: { env: definedOnly(reader.environment), home: homedir(), project: process.cwd() },
    },
    workflow: {
      sessionConcurrency: reader.value('SESSION_CONCURRENCY'),
      pollMs: 100,
      heartbeatMs: 2000,
      deadAfterMs: 8000,
    },
    identity: { apiKey: reader.value('TECHSPEC_API_KEY') },
    warnings: [],
  };
}

function httpSlice(reader: Reader): Config['http'] {
  return {
    host: reader.value('HOST'),
    port: reader.value('PORT'),
    publicUrl: reader.value('PUBLIC_URL'),
    trustProxy: splitList(reader.value('TRUST_PROXY')),
    corsOrigins: splitList(reader.value('CORS_ORIGINS')),
    drainDelayMs: reader.value('DRAIN_DELAY_MS'),
    requestDeadlineMs: reader.value('REQUEST_DEADLINE_MS'),
    slowRequestMs: reader.value('SLOW_REQUEST_MS'),
    pageSize: reader.value('PAGINATION_DEFAULT_PER_PAGE'),
    maxPageSize: reader.value('PAGINATION_MAX_PER_PAGE'),
  };
}

const WRITE_TIMEOUT_MS = 5000;

function databaseSlice(reader: Reader, role: Role): Config['database'] {
  const isDevelopment = reader.environment['NODE_ENV'] === 'development';
  const poolTimeout = reader.value<number | undefined>('DB_POOL_TIMEOUT');
  return {
    url: reader.value('DATABASE_URL'),
    migrationUrl: reader.value('MIGRATION_DATABASE_URL'),
    poolSize: reader.value('DB_POOL_SIZE'),
    maxOverflow: reader.value('DB_MAX_OVERFLOW'),
    poolTimeoutMs: (poolTimeout ?? 1) * 1000,
    workerPoolTimeoutMs: (poolTimeout ?? 30) * 1000,
    poolRecycleMs: reader.value<number>('DB_POOL_RECYCLE') * 1000,
    poolPrePing: reader.value('DB_POOL_PRE_PING'),
    slowQueryMs: reader.value('QUERY_SLOW_MS'),
    repeatedQueryLimit: reader.value<number | undefined>('QUERY_REPEATS') ?? (isDevelopment ? 10 : 0),
    readTimeoutMs: 1500,
    writeTimeoutMs: WRITE_TIMEOUT_MS,
    // One pool serves requests and workers: the longer of their limits is the server's in a process that does both.
    statementTimeoutMs: role === 'api' ? WRITE_TIMEOUT_MS : 30_000,
  };
}

const MINUTE_MS = 60_000;

function rateLimitSlice(reader: Reader): Config['rateLimit'] {
  const perMinute = (name: string) => ({ limit: reader.value<number>(name), windowMs: MINUTE_MS });
  return {
    enabled: reader.value('RATE_LIMIT_ENABLED'),
    dryRun: reader.value('RATE_LIMIT_DRY_RUN'),
    address: perMinute('RATE_LIMIT_ADDRESS_PER_MINUTE'),
    classes: {
      default: perMinute('RATE_LIMIT_PER_MINUTE'),
      search: perMinute('RATE_LIMIT_SEARCH_PER_MINUTE'),
      run: perMinute('RATE_LIMIT_RUN_PER_MINUTE'),
      scrape: perMinute('RATE_LIMIT_SCRAPE_PER_MINUTE'),
      upload: perMinute('RATE_LIMIT_UPLOAD_PER_MINUTE'),
      network: { limit: reader.value('RATE_LIMIT_NETWORK_PER_HOUR'), windowMs: 60 * MINUTE_MS },
    },
    concurrent: reader.value('RATE_LIMIT_CONCURRENT'),
    activeSessions: reader.value('RATE_LIMIT_ACTIVE_SESSIONS'),
  };
}

/** Below the promised 50 ms by what a timer may be late. */
const REDIS_DEADLINE_MS = 45;

function redisSlice(reader: Reader): Config['redis'] {
  return {
    url: reader.value('REDIS_URL'),
    maxConnections: reader.value('REDIS_MAX_CONNECTIONS'),
    socketTimeoutMs: reader.value<number>('REDIS_SOCKET_TIMEOUT') * 1000,
    connectTimeoutMs: reader.value<number>('REDIS_CONNECT_TIMEOUT') * 1000,
    healthCheckIntervalMs: reader.value<number>('REDIS_HEALTH_CHECK_INTERVAL') * 1000,
    deadlineMs: REDIS_DEADLINE_MS,
  };
}

/** Looks settings up by name or old name and collects what is wrong instead of stopping at the first. */
class Reader {
  readonly mistakes: string[] = [];
  readonly warnings: string[] = [];
  private readonly settings = new Map(SETTINGS.map((setting) => [setting.name, setting]));

  constructor(readonly environment: Environment) {}

  /** The parsed value, its default, or undefined for an unset setting without default. */
  value<T>(name: string): T {
    const setting = this.settings.get(name);
    if (!setting) throw new Error(`unknown setting ${name}`);
    const given = this.given(setting);
    const text = given?.text ?? setting.default;
    if (text === undefined) return undefined as T;
    const result = setting.schema.safeParse(text);
    if (!result.success)
      this.mistakes.push(`${given?.name ?? name} ${result.error.issues.map((issue) => issue.message).join('; ')}`);
    return result.data as T;
  }

  private given(setting: Setting): { name: string; text: string } | undefined {
    const own = this.text(setting.name);
    const old = (setting.aliases ?? []).flatMap(({ name, convert }) => {
      const text = this.text(name);
      return text === undefined
        ? []
        : [{ name, text: convert && Number.isFinite(Number(text)) ? convert(text) : text }];
    });
    const all = [...(own === undefined ? [] : [{ name: setting.name, text: own }]), ...old];
    const [first] = all;
    const other = all.find((one) => one.text !== first?.text);
    if (first && other)
      this.mistakes.push(
        `${first.name} and ${other.name} name the same setting with different values: keep ${setting.name} alone`,
      );
    for (const { name } of old) this.warnings.push(`${name} is an old name: use ${setting.name}`);
    return first;
  }

  /** An empty setting counts as unset, as `NAME=` in a file means. */
  private text(name: string): string | undefined {
    return this.environment[name]?.trim() || undefined;
  }
}

function readComponentLevels(reader: Reader): Record<string, LogLevel> {
  const levels: Record<string, LogLevel> = {};
  for (const [name, text] of Object.entries(reader.environment)) {
    if (!name.startsWith('LOG_LEVEL_') || !text) continue;
    const result = logLevel.safeParse(text);
    if (result.success) levels[name.slice('LOG_LEVEL_'.length).toLowerCase()] = result.data;
    else reader.mistakes.push(`${name} ${result.error.issues.map((issue) => issue.message).join('; ')}`);
  }
  return levels;
}

function definedOnly(environment: Environment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

const splitList = (text: string | undefined) =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

function ignoredSettings(environment: Environment): string[] {
  return Object.keys(environment)
    .sort()
    .flatMap((name) =>
      IGNORED.filter(({ pattern }) => pattern.test(name)).map(({ why }) => `${name} is ignored: ${why}`),
    );
}

function packageVersion(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
