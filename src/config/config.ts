export type Role = 'all' | 'api' | 'worker';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  /** Exact CIDRs of the proxies whose X-Forwarded-For is believed; empty: none. */
  readonly trustProxy: readonly string[];
  /** Origins whose pages may call, exactly as browsers send them; empty: none. */
  readonly corsOrigins: readonly string[];
  readonly drainDelayMs: number;
  /** A request that is not answered this long after it was received is given up. */
  readonly requestDeadlineMs: number;
  /** A request slower than this is counted and logged as slow. */
  readonly slowRequestMs: number;
  readonly pageSize: number;
  readonly maxPageSize: number;
}

/** So many calls in any window of this length. */
export interface CallRule {
  readonly limit: number;
  readonly windowMs: number;
}

export interface RateLimitConfig {
  readonly enabled: boolean;
  /** Counts and logs what it would refuse, and refuses nothing. */
  readonly dryRun: boolean;
  /** Of an address, before the key is looked at. */
  readonly address: CallRule;
  /** Of a key, by what a route costs. */
  readonly classes: Readonly<Record<'default' | 'search' | 'run' | 'scrape' | 'network' | 'upload', CallRule>>;
  /** Calls of a key that one process serves at once. */
  readonly concurrent: number;
  /** Sessions of a workspace that are queued or run at once. */
  readonly activeSessions: number;
}

export interface DatabaseConfig {
  /** Unset: the embedded server. */
  readonly url?: string;
  /** Connection of the owner role that may run DDL; `url` when unset. */
  readonly migrationUrl?: string;
  readonly poolSize: number;
  readonly maxOverflow: number;
  /** Longest wait for a connection, in a request and outside of one. */
  readonly poolTimeoutMs: number;
  readonly workerPoolTimeoutMs: number;
  readonly poolRecycleMs: number;
  readonly poolPrePing: boolean;
  readonly slowQueryMs: number;
  /** A request that runs one statement more often is told in the log; 0: none is. */
  readonly repeatedQueryLimit: number;
  /** Longest statement of a request that declares to read only, and of any other request. */
  readonly readTimeoutMs: number;
  readonly writeTimeoutMs: number;
  /** Longest that the server lets any statement of the shared pool run. */
  readonly statementTimeoutMs: number;
}

/** Most rows of one statement of a bulk write. */
export interface BulkConfig {
  readonly insertChunkSize: number;
  readonly updateChunkSize: number;
}

export interface DataConfig {
  /** Absolute path of the data folder (`TECHSPEC_DATA`, default `./.techspec`). */
  readonly dir: string;
  readonly retentionDays: number;
  /** Days that the files of an analysed code base stay after they were last sent. */
  readonly codeRetentionDays: number;
}

export interface RedisConfig {
  /** As `parseRedisUrl` reads it; unset: the program works without Redis. */
  readonly url?: string;
  /** Cap on the sockets of one process, the subscriber's included. */
  readonly maxConnections: number;
  readonly socketTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly healthCheckIntervalMs: number;
  /** How long a command of the cache is waited for. No setting: that a hung Redis costs one wait of 50 ms is a promise. */
  readonly deadlineMs: number;
}

export interface CacheConfig {
  readonly enabled: boolean;
  /** Seconds, by region. */
  readonly ttl: Readonly<Record<string, number>>;
  readonly defaultTtl: number;
  /** Bytes of the first tier, the values of this process; 0: only Redis keeps values. */
  readonly memoryBytes: number;
}

export interface MetricsConfig {
  readonly enabled: boolean;
  readonly port?: number;
  readonly token?: string;
}

export interface LogConfig {
  readonly level: LogLevel;
  /** `LOG_LEVEL_<COMPONENT>`, component in lower case. */
  readonly components: Readonly<Record<string, LogLevel>>;
}

export interface ResearchConfig {
  readonly maxOptionsPerGap: number;
  /** Gaps researched at once in this process, and over all processes (0: no limit beyond the sum). */
  readonly gapConcurrency: number;
  readonly fleetGapConcurrency: number;
  /** Hours after which the registry is asked whether a researched package has a new major version; 0: never. */
  readonly releaseCheckHours: number;
  readonly npm: NpmEnvironment;
}

/** Where the user's npm configuration is looked up: registry, scopes, token, proxy, CA. */
export interface NpmEnvironment {
  /** The whole environment: `npm_config_*`, and whatever an .npmrc refers to as ${NAME}. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of the user's .npmrc. */
  readonly home: string;
  /** Folder of the project's .npmrc. */
  readonly project: string;
}

export interface WorkflowConfig {
  readonly sessionConcurrency: number;
  readonly pollMs: number;
  readonly heartbeatMs: number;
  /** A process without heartbeat for this long is dead and its work is taken over. */
  readonly deadAfterMs: number;
}

export interface IdentityConfig {
  /** `tsk_{id}.{secret}`; unset: made at the first start. */
  readonly apiKey?: string;
}

/**
 * Everything the environment decides, read once (loadConfig) and handed down in slices. Also the injection token:
 * `constructor(config: Config)`.
 */
export abstract class Config {
  abstract readonly role: Role;
  /** Folder of package.json: data packages, migrations and build are found from here. */
  abstract readonly root: string;
  abstract readonly version: string;
  /** Name of the deployed code for the workflow engine; changes only on an incompatible change of a workflow. */
  abstract readonly workflowVersion: string;
  abstract readonly http: HttpConfig;
  abstract readonly database: DatabaseConfig;
  abstract readonly bulk: BulkConfig;
  abstract readonly data: DataConfig;
  abstract readonly rateLimit: RateLimitConfig;
  abstract readonly redis: RedisConfig;
  abstract readonly cache: CacheConfig;
  abstract readonly metrics: MetricsConfig;
  abstract readonly log: LogConfig;
  abstract readonly research: ResearchConfig;
  abstract readonly workflow: WorkflowConfig;
  abstract readonly identity: IdentityConfig;
  /** What the loader wants said at the start: ignored settings, aliases in use. */
  abstract readonly warnings: readonly string[];
}
