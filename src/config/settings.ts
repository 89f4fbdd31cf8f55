import { z } from 'zod';
import { BULK_SETTINGS } from './bulk-settings.js';
import { RETENTION_SETTINGS } from './retention-settings.js';
import {
  amount,
  apiKey,
  choice,
  flag,
  httpUrl,
  origins,
  port,
  postgresUrl,
  redisUrl,
  whole,
} from './setting-schemas.js';

/** One setting of the environment: its schema (from text), its default as shown in `.env.example`, what it means. */
export interface Setting {
  readonly name: string;
  readonly schema: z.ZodType;
  /** As text; absent: unset. */
  readonly default?: string;
  readonly help: string;
  /** Old names with what turns their old unit into the new one. */
  readonly aliases?: readonly { readonly name: string; readonly convert?: (text: string) => string }[];
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const logLevel = choice(LOG_LEVELS);

const milliseconds = (text: string) => String(Number(text) * 1000);
const seconds = (name: string, fallback: number, help: string, aliases: string[] = []): Setting => ({
  name,
  schema: whole(1, 31_536_000, 'seconds'),
  default: String(fallback),
  help,
  aliases: aliases.map((alias) => ({ name: alias })),
});

const calls = (name: string, fallback: number, help: string): Setting => ({
  name,
  schema: whole(1, 1_000_000_000, 'calls'),
  default: String(fallback),
  help,
});

/** How often a client may call; all but the address's count by API key. */
const RATE_LIMITS: readonly Setting[] = [
  { name: 'RATE_LIMIT_ENABLED', schema: flag, default: 'true', help: 'false serves every call' },
  { name: 'RATE_LIMIT_DRY_RUN', schema: flag, default: 'false', help: 'true counts and logs what it would refuse' },
  calls('RATE_LIMIT_PER_MINUTE', 100, 'calls of a key in a minute, probes and metrics apart'),
  calls('RATE_LIMIT_ADDRESS_PER_MINUTE', 1000, 'calls from an address in a minute, before the key is looked at'),
  calls('RATE_LIMIT_SEARCH_PER_MINUTE', 10, 'research in a minute that is not in the cache'),
  calls('RATE_LIMIT_RUN_PER_MINUTE', 10, 'sessions started or run again in a minute'),
  calls('RATE_LIMIT_SCRAPE_PER_MINUTE', 5, 'calls in a minute that fetch pages'),
  calls('RATE_LIMIT_UPLOAD_PER_MINUTE', 10, 'uploads of code in a minute'),
  calls('RATE_LIMIT_NETWORK_PER_HOUR', 5, 'networks made in an hour'),
  calls('RATE_LIMIT_CONCURRENT', 50, 'calls of a key that one process serves at once, streams apart'),
  calls('RATE_LIMIT_ACTIVE_SESSIONS', 20, 'sessions of a workspace that are queued or run at once'),
];

/** TTL settings, region by region (row P14 and T3); `region` is the name the cache knows. */
export const CACHE_TTLS: readonly (Setting & { readonly region: string })[] = [
  {
    region: 'research',
    ...seconds('CACHE_TTL_RESEARCH', 86_400, 'researched options of a gap', ['TECH_SPEC_CACHE_TTL']),
  },
  { region: 'codeAnalysis', ...seconds('CACHE_TTL_CODE_ANALYSIS', 3600, 'code analysis by content hash') },
  { region: 'apiInference', ...seconds('CACHE_TTL_API_INFERENCE', 7200, 'inferred API of a project') },
  {
    region: 'searchResults',
    ...seconds('CACHE_TTL_SEARCH_RESULTS', 3600, 'web search results', ['CACHE_SEARCH_RESULTS_TTL']),
  },
  {
    region: 'networkMetadata',
    ...seconds('CACHE_TTL_NETWORK_METADATA', 86_400, 'network metadata', ['CACHE_NETWORK_METADATA_TTL']),
  },
  {
    region: 'analysisResults',
    ...seconds('CACHE_TTL_ANALYSIS_RESULTS', 3600, 'analysis results', ['CACHE_ANALYSIS_RESULTS_TTL']),
  },
  { region: 'sessionList', ...seconds('CACHE_TTL_SESSION_LIST', 300, 'session lists', ['CACHE_SESSION_LIST_TTL']) },
  { region: 'statistics', ...seconds('CACHE_TTL_STATISTICS', 900, 'statistics', ['CACHE_STATISTICS_TTL']) },
  { region: 'dashboard', ...seconds('CACHE_TTL_DASHBOARD', 30, 'dashboard figures', ['DASHBOARD_STATS_CACHE_TTL']) },
  { region: 'criteria', ...seconds('CACHE_TTL_CRITERIA', 300, 'criteria sets', ['CONFIG_CACHE_TTL']) },
  { region: 'httpResponses', ...seconds('CACHE_TTL_HTTP_RESPONSES', 30, 'answers of routes that name no TTL') },
  { region: 'releases', ...seconds('CACHE_TTL_RELEASES', 86_400, 'the newest releases seen of packages') },
];

/** Every setting, in the order of `.env.example`. */
export const SETTINGS: readonly Setting[] = [
  {
    name: 'HOST',
    schema: z.string().min(1),
    default: '127.0.0.1',
    help: 'address to listen on; another one than loopback needs TECHSPEC_API_KEY',
  },
  { name: 'PORT', schema: port(0), default: '3000', help: 'port to listen on; 0 takes a free one' },
  {
    name: 'ROLE',
    schema: choice(['all', 'api', 'worker'] as const),
    default: 'all',
    help: 'what this process does: all, api or worker',
  },
  { name: 'PUBLIC_URL', schema: httpUrl, help: 'address under which clients reach the service' },
  {
    name: 'TRUST_PROXY',
    schema: z.string(),
    help: 'comma-separated CIDRs of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed',
  },
  {
    name: 'CORS_ORIGINS',
    schema: origins,
    help: 'comma-separated origins whose pages may call from a browser, like https://app.example.org; unset: none',
  },
  {
    name: 'REQUEST_DEADLINE_MS',
    schema: whole(100, 600_000, 'milliseconds'),
    default: '10000',
    help: 'milliseconds after which a request is given up with 504 and its work is stopped, event streams apart',
  },
  {
    name: 'DRAIN_DELAY_MS',
    schema: whole(0, 60_000, 'milliseconds'),
    default: '5000',
    help: 'time between "not ready" and closing, at SIGTERM (0 on loopback, with the embedded database and at Ctrl-C)',
  },
  {
    name: 'TECHSPEC_DATA',
    schema: z.string().min(1),
    default: '.techspec',
    help: 'data folder: embedded database and first key',
  },
  { name: 'TECHSPEC_API_KEY', schema: apiKey, help: 'admin key tsk_{id}.{secret}; made at the first start when unset' },
  ...RETENTION_SETTINGS,
  { name: 'DATABASE_URL', schema: postgresUrl, help: 'PostgreSQL 15 or later; unset: the embedded PostgreSQL 18' },
  {
    name: 'MIGRATION_DATABASE_URL',
    schema: postgresUrl,
    help: 'connection of the role that owns the schema; DATABASE_URL when unset',
  },
  {
    name: 'DB_POOL_SIZE',
    schema: whole(1, 500, 'connections'),
    default: '20',
    help: 'connections kept',
    aliases: [{ name: 'DATABASE_POOL_SIZE' }],
  },
  {
    name: 'DB_MAX_OVERFLOW',
    schema: whole(0, 500, 'connections'),
    default: '10',
    help: 'connections opened beyond that under load, closed when idle',
    aliases: [{ name: 'DATABASE_MAX_OVERFLOW' }],
  },
  {
    name: 'DB_POOL_TIMEOUT',
    schema: amount(0.05, 300, 'seconds'),
    help: 'longest wait for a connection, in seconds (unset: 1 in a request, 30 outside of one)',
  },
  {
    name: 'DB_POOL_RECYCLE',
    schema: whole(10, 86_400, 'seconds'),
    default: '3600',
    help: 'age in seconds at which a connection is replaced',
    aliases: [{ name: 'DATABASE_POOL_RECYCLE' }],
  },
  {
    name: 'DB_POOL_PRE_PING',
    schema: flag,
    default: 'true',
    help: 'check a connection that was idle before it is used',
    aliases: [{ name: 'DATABASE_POOL_PRE_PING' }],
  },
  {
    name: 'QUERY_SLOW_MS',
    schema: amount(1, 600_000, 'milliseconds'),
    default: '100',
    help: 'a slower query is logged',
    aliases: [{ name: 'QUERY_SLOW_THRESHOLD', convert: milliseconds }],
  },
  {
    name: 'QUERY_REPEATS',
    schema: whole(0, 100_000, 'runs'),
    help: 'a request that runs one query more often than this is logged; 0: none is (10 with NODE_ENV=development, else 0)',
  },
  {
    name: 'REDIS_URL',
    schema: redisUrl,
    help: 'second tier of the cache, shared by all processes: redis://host:6379, redis+sentinel://host:26379,host2/name or redis+cluster://host,host2; rediss for TLS',
  },
  {
    name: 'REDIS_MAX_CONNECTIONS',
    schema: whole(2, 10_000, 'connections'),
    default: '50',
    help: 'most connections to Redis; one is kept, more are opened under load',
  },
  {
    name: 'REDIS_SOCKET_TIMEOUT',
    schema: amount(0.5, 300, 'seconds'),
    default: '5',
    help: 'a connection to Redis that is silent for so many seconds is replaced',
  },
  {
    name: 'REDIS_CONNECT_TIMEOUT',
    schema: amount(0.1, 300, 'seconds'),
    default: '5',
    help: 'longest time that a connection to Redis may take to be made, in seconds',
  },
  {
    name: 'REDIS_HEALTH_CHECK_INTERVAL',
    schema: amount(1, 3600, 'seconds'),
    default: '30',
    help: 'seconds between two health checks of Redis',
  },
  {
    name: 'CACHE_ENABLED',
    schema: flag,
    default: 'true',
    help: 'false: every look-up is a miss',
    aliases: [{ name: 'ENABLE_CACHING' }],
  },
  ...CACHE_TTLS.map(({ region: _region, ...setting }) => ({
    ...setting,
    help: `seconds that ${setting.help} stay in the cache`,
  })),
  { ...seconds('CACHE_DEFAULT_TTL', 3600, 'seconds for what has no TTL of its own') },
  {
    name: 'CACHE_MEMORY_MB',
    schema: amount(0, 16_384, 'megabytes'),
    default: '64',
    help: 'megabytes of cached values that a process holds at most; 0: only Redis holds values',
  },
  ...RATE_LIMITS,
  ...BULK_SETTINGS,
  {
    name: 'PAGINATION_DEFAULT_PER_PAGE',
    schema: whole(1, 500, 'items'),
    default: '50',
    help: 'items of a page when none are asked for',
  },
  { name: 'PAGINATION_MAX_PER_PAGE', schema: whole(1, 500, 'items'), default: '500', help: 'most items of a page' },
  { name: 'PROMETHEUS_ENABLED', schema: flag, default: 'true', help: 'false: /metrics answers 404' },
  { name: 'PROMETHEUS_PORT', schema: port(1), help: 'serve /metrics on a listener of its own' },
  {
    name: 'METRICS_TOKEN',
    schema: z.string().min(16, { message: 'must have at least 16 characters' }),
    help: 'bearer token that /metrics asks for',
  },
  {
    name: 'SLOW_REQUEST_MS',
    schema: amount(1, 600_000, 'milliseconds'),
    default: '1000',
    help: 'a slower request is counted and logged',
    aliases: [{ name: 'slow_request_threshold_ms' }],
  },
  {
    name: 'LOG_LEVEL',
    schema: logLevel,
    default: 'info',
    help: 'trace, debug (with SQL text), info, warn, error, fatal or silent; LOG_LEVEL_<COMPONENT> overrides it for one component, e.g. LOG_LEVEL_DATABASE=debug',
  },
  {
    name: 'TECH_SPEC_MAX_OPTIONS_PER_GAP',
    schema: whole(2, 20, 'options'),
    default: '5',
    help: 'options researched per gap',
  },
  {
    name: 'GAP_CONCURRENCY',
    schema: whole(1, 64, 'gaps'),
    default: '8',
    help: 'gaps researched at once in one process',
  },
  {
    name: 'GAP_CONCURRENCY_FLEET',
    schema: whole(0, 4096, 'gaps'),
    default: '0',
    help: 'gaps researched at once over all processes; 0: no limit beyond the sum',
  },
  {
    name: 'RELEASE_CHECK_HOURS',
    schema: amount(0, 8760, 'hours'),
    default: '24',
    help: 'hours after which the registry is asked whether a researched package has a new major version; 0: never',
  },
  {
    name: 'SESSION_CONCURRENCY',
    schema: whole(1, 256, 'sessions'),
    default: '16',
    help: 'sessions worked on at once in one process',
  },
];

/** Settings of the systems this product replaces that have no meaning here; accepted with one warning each. */
export const IGNORED: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /^QUERY_EAGER_LOADING$/, why: 'related rows are always loaded without N+1 queries' },
  { pattern: /^CELERY_/, why: 'background work runs on the durable engine in PostgreSQL' },
  { pattern: /^SQLITE_/, why: 'the database is PostgreSQL' },
];
