/** `off`: no REDIS_URL; `away`: not connected, or the breaker is open. */
export type RedisState = 'off' | 'up' | 'away';

/** A Lua script; sent by its SHA-1, as text once a server does not know it. */
export interface RedisScript {
  readonly source: string;
  readonly sha1: string;
}

/** What is asked of Redis, alike for one server, Sentinel and Cluster. All keys of one script share a hash slot. */
export interface RedisCommands {
  get(key: string): Promise<string | null>;
  /** The values in the order of the keys; one command where all keys are on one server. */
  getMany(keys: readonly string[]): Promise<readonly (string | null)[]>;
  set(key: string, value: string, options?: { readonly PX?: number }): Promise<unknown>;
  /** @returns how many there were; one command where all keys are on one server */
  unlink(keys: string | readonly string[]): Promise<number>;
  pTTL(key: string): Promise<number>;
  publish(channel: string, message: string): Promise<unknown>;
  /** Runs a script where its first key lives. */
  script(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<unknown>;
}

/** Row W2; nothing in it is invented. */
export interface RedisStatistics {
  readonly state: RedisState;
  readonly topology: 'none' | 'single' | 'sentinel' | 'cluster';
  /** When the first connection was made; undefined: never. */
  readonly initializedAt?: Date;
  readonly lastHealthCheck?: Date;
  /** The cap on sockets that are opened (REDIS_MAX_CONNECTIONS), those open now, and the rest. */
  readonly maxConnections: number;
  readonly inUse: number;
  readonly available: number;
  /** Commands that wait for their answer. */
  readonly waiting: number;
  readonly uptimeSeconds: number;
  readonly commands: number;
  readonly errors: number;
  readonly socketTimeoutSeconds: number;
  readonly connectTimeoutSeconds: number;
  readonly healthCheckIntervalSeconds: number;
}
