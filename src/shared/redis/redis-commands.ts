import type { SendCommand } from './redis-link.js';
import type { RedisCommands, RedisScript } from './redis.types.js';

/** What is counted of all commands of a process. */
export interface CommandCounts {
  commands: number;
  errors: number;
}

/**
 * The commands as plain arguments: that skips the client's parsers and transformers, which cost more than the deadline
 * and the breaker together.
 */
export class SentCommands implements RedisCommands {
  constructor(
    private readonly sendOn: SendCommand,
    private readonly counts: CommandCounts,
    /** Whether one command may name keys of several slots. */
    private readonly isOneServer: boolean,
  ) {}

  get(key: string): Promise<string | null> {
    return this.send(key, ['GET', key]) as Promise<string | null>;
  }

  getMany(keys: readonly string[]): Promise<readonly (string | null)[]> {
    const [key] = keys;
    if (key === undefined) return Promise.resolve([]);
    if (!this.isOneServer || keys.length === 1) return Promise.all(keys.map((one) => this.get(one)));
    return this.send(key, ['MGET', ...keys]) as Promise<readonly (string | null)[]>;
  }

  set(key: string, value: string, options?: { readonly PX?: number }): Promise<unknown> {
    const px = options?.PX;
    return this.send(key, px === undefined ? ['SET', key, value] : ['SET', key, value, 'PX', `${px}`]);
  }

  async unlink(keys: string | readonly string[]): Promise<number> {
    if (typeof keys === 'string') return this.send(keys, ['UNLINK', keys]) as Promise<number>;
    if (keys.length === 0) return 0;
    if (this.isOneServer) return this.send(keys[0], ['UNLINK', ...keys]) as Promise<number>;
    const counts = await Promise.all(keys.map((key) => this.unlink(key)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  pTTL(key: string): Promise<number> {
    return this.send(key, ['PTTL', key]) as Promise<number>;
  }

  publish(channel: string, message: string): Promise<unknown> {
    return this.send(undefined, ['PUBLISH', channel, message]);
  }

  async script({ source, sha1 }: RedisScript, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const rest = [`${keys.length}`, ...keys, ...args];
    try {
      return await this.send(keys[0], ['EVALSHA', sha1, ...rest]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.send(keys[0], ['EVAL', source, ...rest]);
    }
  }

  private send(key: string | undefined, args: string[]): Promise<unknown> {
    this.counts.commands++;
    return this.sendOn(key, args);
  }
}
