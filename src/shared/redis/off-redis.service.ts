import type { RedisConfig } from '../../config/config.js';
import { RedisAwayError } from './redis-away-error.js';
import { RedisService } from './redis.service.js';
import type { RedisState, RedisStatistics } from './redis.types.js';

/** Without REDIS_URL: nothing is connected, and whoever asks is told so at once. */
export class OffRedisService extends RedisService {
  readonly state: RedisState = 'off';

  constructor(private readonly config: RedisConfig) {
    super();
  }

  run<T>(): Promise<T> {
    return Promise.reject(new RedisAwayError('Redis is off: REDIS_URL is not set'));
  }

  scan(): Promise<void> {
    return this.run();
  }

  subscribe(): () => Promise<void> {
    return () => Promise.resolve();
  }

  onState(): () => void {
    return () => undefined;
  }

  healthCheck(): Promise<boolean> {
    return Promise.resolve(false);
  }

  statistics(): RedisStatistics {
    const { maxConnections, socketTimeoutMs, connectTimeoutMs, healthCheckIntervalMs } = this.config;
    return {
      state: 'off',
      topology: 'none',
      maxConnections,
      inUse: 0,
      available: maxConnections,
      waiting: 0,
      uptimeSeconds: 0,
      commands: 0,
      errors: 0,
      socketTimeoutSeconds: socketTimeoutMs / 1000,
      connectTimeoutSeconds: connectTimeoutMs / 1000,
      healthCheckIntervalSeconds: healthCheckIntervalMs / 1000,
    };
  }
}
