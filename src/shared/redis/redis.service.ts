import type { RedisCommands, RedisState, RedisStatistics } from './redis.types.js';

/** The one set of Redis connections of a process (row W1), for all who may use it: cache, rate limits, messages. */
export abstract class RedisService {
  abstract get state(): RedisState;

  /**
   * Runs commands within a deadline. The breaker opens at the first command that is late or cut off; while it is open every
   * call fails at once.
   * @param deadlineMs default: `deadlineMs` of the configuration, 45
   * @throws RedisAwayError when Redis is off, away or late; what the server answers as an error is thrown as it is
   */
  abstract run<T>(work: (commands: RedisCommands) => Promise<T>, deadlineMs?: number): Promise<T>;

  /** Keys that match a glob, from every primary, in batches; each SCAN is one short command. */
  abstract scan(match: string, onBatch: (keys: string[]) => Promise<void>): Promise<void>;

  /**
   * Listens on a connection of its own; subscribed anew after each reconnection.
   * @param onState true once the subscription stands, false when its connection is lost
   * @returns ends it
   */
  abstract subscribe(
    channel: string,
    onMessage: (message: string) => void,
    onState: (up: boolean) => void,
  ): () => Promise<void>;

  /** Calls back with each new state; `up` follows a probe that was answered. @returns ends it */
  abstract onState(listener: (state: RedisState) => void): () => void;

  /** Asks the server now; also done every REDIS_HEALTH_CHECK_INTERVAL seconds. */
  abstract healthCheck(): Promise<boolean>;

  abstract statistics(): RedisStatistics;
}
