import type { RedisClient } from './redis-client.js';
import type { RedisCommands } from './redis.types.js';

/** Sends one command; `key` decides which server of a cluster gets it (undefined: any). */
export type SendCommand = (key: string | undefined, args: string[]) => Promise<unknown>;

/** A way on which commands go, with the number of calls that wait on it. */
export interface Lane {
  readonly commands: RedisCommands;
  waiting: number;
}

/** Open connections to one server or cluster. Once lost or closed it is never used again; a new one is opened. */
export interface RedisLink {
  /** The lane for the next call. */
  pick(): Lane;
  /** Every server that has keys answers. */
  ping(): Promise<unknown>;
  /** One way to each server that has keys. */
  primaries(): Promise<readonly SendCommand[]>;
  /** At once; what waits fails. */
  close(): void;
}

/** How links and subscriptions are opened for the kind of REDIS_URL. */
export interface RedisTopology {
  readonly name: 'single' | 'sentinel' | 'cluster';
  /** Sockets that are connected now, those of subscriptions included. */
  readonly openSockets: number;
  /**
   * One attempt.
   * @param onLost called at most once, with the reason, when a link that was opened is of no use any more
   */
  open(onLost: (cause: unknown) => void, signal: AbortSignal): Promise<RedisLink>;
  /** One attempt at a connection that messages come in on. */
  openSubscriber(signal: AbortSignal): Promise<RedisClient>;
}
