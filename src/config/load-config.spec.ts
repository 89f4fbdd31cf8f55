import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.js';
import { envExample } from './env-example.js';
import { ConfigError, loadConfig } from './load-config.js';
import { SETTINGS } from './settings.js';

const root = process.cwd();
const mistakesOf = (environment: Record<string, string>) => {
  try {
    loadConfig(environment, root);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
};

describe('the configuration', () => {
  it('needs no setting at all', () => {
    const config = loadConfig({}, root);
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 3000 });
    expect(config.database).toMatchObject({
      url: undefined,
      poolSize: 20,
      maxOverflow: 10,
      poolTimeoutMs: 1000,
      poolRecycleMs: 3_600_000,
    });
    expect(config.cache.ttl).toMatchObject({
      research: 86_400,
      codeAnalysis: 3600,
      apiInference: 7200,
      sessionList: 300,
      criteria: 300,
    });
    expect(config.bulk).toEqual({ insertChunkSize: 1000, updateChunkSize: 1000 });
    expect(config.research.maxOptionsPerGap).toBe(5);
  });

  it('knows one address of Redis, its sizes and its times, and needs none', () => {
    expect(loadConfig({}, root).redis).toEqual({
      url: undefined,
      maxConnections: 50,
      socketTimeoutMs: 5000,
      connectTimeoutMs: 5000,
      healthCheckIntervalMs: 30_000,
      deadlineMs: 45,
    });
    const url = 'rediss+sentinel://:x@a,b/main';
    expect(loadConfig({ REDIS_URL: url, REDIS_SOCKET_TIMEOUT: '0.5' }, root).redis).toMatchObject({
      url,
      socketTimeoutMs: 500,
    });
  });

  it('refuses an address of Redis that is none, naming the accepted forms', () => {
    expect(mistakesOf({ REDIS_URL: 'redis://:hunter2@a,b', REDIS_MAX_CONNECTIONS: '1' })).toEqual([
      expect.stringMatching(/^REDIS_URL must .*several hosts.*accepted are redis:.*sentinel:.*cluster:/),
      expect.stringMatching(/^REDIS_MAX_CONNECTIONS must be a whole number of connections from 2 to/),
    ]);
    expect(mistakesOf({ REDIS_URL: 'redis://:hunter2@a,b' }).join()).not.toContain('hunter2');
  });

  it('names all mistakes at once, each with its setting and what would be right', () => {
    const mistakes = mistakesOf({
      PORT: 'eighty',
      ROLE: 'boss',
      DATABASE_URL: 'mysql://x',
      DB_POOL_SIZE: '0',
      CACHE_ENABLED: 'maybe',
      TECHSPEC_API_KEY: 'secret',
      LOG_LEVEL_DATABASE: 'loud',
    });
    expect(mistakes).toHaveLength(7);
    for (const name of [
      'PORT',
      'ROLE',
      'DATABASE_URL',
      'DB_POOL_SIZE',
      'CACHE_ENABLED',
      'TECHSPEC_API_KEY',
      'LOG_LEVEL_DATABASE',
    ])
      expect(mistakes).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`^${name} must`))]));
  });

  it('takes origins exactly as browsers send them, and no wildcard', () => {
    const origins = 'https://app.example.org, http://localhost:5173';
    expect(loadConfig({ CORS_ORIGINS: origins }, root).http.corsOrigins).toEqual(origins.split(', '));
    expect(loadConfig({}, root).http.corsOrigins).toEqual([]);
    expect(mistakesOf({ CORS_ORIGINS: '*' })).toEqual([expect.stringMatching(/^CORS_ORIGINS must name each origin/)]);
    const wrong = [
      'https://a.example/',
      'https://a.example/app',
      'https://A.example',
      'https://a.example:443',
      'a.example',
    ];
    for (const origin of [...wrong, 'null', 'https://*.a.example', 'ftp://a.example', 'https://user@a.example'])
      expect([origin, mistakesOf({ CORS_ORIGINS: origin }).length]).toEqual([origin, 1]);
  });

  it('shows no secret in a mistake', () => {
    expect(mistakesOf({ TECHSPEC_API_KEY: 'tsk_hunter2', METRICS_TOKEN: 'hunter2' }).join()).not.toContain('hunter2');
  });

  it('takes old names with their old unit, and says so', () => {
    const config = loadConfig(
      {
        QUERY_SLOW_THRESHOLD: '0.25',
        DATABASE_POOL_SIZE: '7',
        TECH_SPEC_CACHE_TTL: '60',
        slow_request_threshold_ms: '5',
      },
      root,
    );
    expect(config.database).toMatchObject({ slowQueryMs: 250, poolSize: 7 });
    expect(config.cache.ttl.research).toBe(60);
    expect(config.http.slowRequestMs).toBe(5);
    expect(config.warnings).toHaveLength(4);
  });

  it('refuses a new and an old name that differ, naming both; equal ones are fine', () => {
    expect(mistakesOf({ QUERY_SLOW_MS: '100', QUERY_SLOW_THRESHOLD: '0.2' })).toEqual([
      expect.stringMatching(/QUERY_SLOW_MS and QUERY_SLOW_THRESHOLD/),
    ]);
    expect(mistakesOf({ QUERY_SLOW_MS: '200', QUERY_SLOW_THRESHOLD: '0.2' })).toEqual([]);
  });

  it('accepts settings without meaning here with one warning that says why', () => {
    expect(loadConfig({ CELERY_BROKER_URL: 'x', QUERY_EAGER_LOADING: 'true' }, root).warnings).toEqual([
      expect.stringMatching(/^CELERY_BROKER_URL is ignored: /),
      expect.stringMatching(/^QUERY_EAGER_LOADING is ignored: /),
    ]);
  });

  it('tells of queries that are repeated in development, or when asked to', () => {
    const limit = (environment: Record<string, string>) => loadConfig(environment, root).database.repeatedQueryLimit;
    expect(limit({})).toBe(0);
    expect(limit({ NODE_ENV: 'production' })).toBe(0);
    expect(limit({ NODE_ENV: 'development' })).toBe(10);
    expect(limit({ NODE_ENV: 'development', QUERY_REPEATS: '0' })).toBe(0);
    expect(limit({ QUERY_REPEATS: '3' })).toBe(3);
  });

  it.each(['all', 'api', 'worker'])(
    'gives work outside of requests more time for a connection, unless told (ROLE=%s)',
    (ROLE) => {
      expect(loadConfig({ ROLE }, root).database).toMatchObject({ poolTimeoutMs: 1000, workerPoolTimeoutMs: 30_000 });
      const told = loadConfig({ ROLE, DB_POOL_TIMEOUT: '2' }, root).database;
      expect(told).toMatchObject({ poolTimeoutMs: 2000, workerPoolTimeoutMs: 2000 });
    },
  );

  it('lets the server end no statement before the longest use of the process', () => {
    const uses = { readTimeoutMs: 1500, writeTimeoutMs: 5000 };
    expect(loadConfig({ ROLE: 'api' }, root).database).toMatchObject({ ...uses, statementTimeoutMs: 5000 });
    for (const ROLE of ['all', 'worker'])
      expect(loadConfig({ ROLE }, root).database).toMatchObject({ ...uses, statementTimeoutMs: 30_000 });
  });

  it('reads a log level for each component', () => {
    expect(loadConfig({ LOG_LEVEL_DATABASE: 'debug' }, root).log.components).toEqual({ database: 'debug' });
  });

  it('reads its own example to the same values as an empty environment', () => {
    const example = Object.fromEntries(
      SETTINGS.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])),
    );
    const withoutNpm = ({ research, ...rest }: Config) => ({ ...rest, research: { ...research, npm: undefined } });
    expect(withoutNpm(loadConfig(example, root))).toEqual(withoutNpm(loadConfig({}, root)));
  });
});

describe('.env.example', () => {
  it('lists exactly the settings of the schema (UPDATE_ENV_EXAMPLE=1 writes it)', () => {
    const file = join(root, '.env.example');
    if (process.env.UPDATE_ENV_EXAMPLE) writeFileSync(file, envExample());
    expect(readFileSync(file, 'utf8')).toBe(envExample());
  });
});
