import type { RedisAddress, RedisNode } from '../../config/redis-url.js';
import type { Clock } from '../clock/clock.js';
import { destroyClient, type RedisClient, type RedisClientFactory } from './redis-client.js';
import type { CommandCounts } from './redis-commands.js';
import type { RedisLink, RedisTopology } from './redis-link.js';
import { findPrimary } from './sentinels.js';
import { SingleLink } from './single-link.js';

export interface ServerTopologyOptions {
  readonly factory: RedisClientFactory;
  readonly maxSockets: number;
  readonly counts: CommandCounts;
  readonly clock: Clock;
  readonly idleMs?: number;
}

/**
 * One server, or the primary that Sentinels name. Sentinels are asked before each connection, as the guidelines for clients
 * say (redis.io, "Guidelines for Redis clients with support for Redis Sentinel"): they cut all clients off when they change
 * the primary. The client's own Sentinel support is not used: it writes to the console, sleeps for seconds where a stop
 * must not wait, and does not tell its sockets.
 */
export class ServerTopology implements RedisTopology {
  readonly name: 'single' | 'sentinel';

  constructor(
    private readonly address: RedisAddress,
    private readonly options: ServerTopologyOptions,
  ) {
    this.name = address.primaryName === undefined ? 'single' : 'sentinel';
  }

  get openSockets(): number {
    return this.options.factory.openSockets;
  }

  async open(onLost: (cause: unknown) => void, signal: AbortSignal): Promise<RedisLink> {
    const node = await this.locate(signal);
    const { factory, ...rest } = this.options;
    const connect = () => factory.connect(node, signal);
    return new SingleLink(await this.connectPrimary(node, signal), { ...rest, connect, onLost });
  }

  async openSubscriber(signal: AbortSignal): Promise<RedisClient> {
    return this.connectPrimary(await this.locate(signal), signal);
  }

  private async locate(signal: AbortSignal): Promise<RedisNode> {
    const { nodes, primaryName } = this.address;
    if (primaryName === undefined) return nodes[0] as RedisNode;
    return findPrimary(this.options.factory, nodes, primaryName, signal);
  }

  private async connectPrimary(node: RedisNode, signal: AbortSignal): Promise<RedisClient> {
    const client = await this.options.factory.connect(node, signal);
    if (this.name === 'single') return client;
    try {
      const [role] = (await client.sendCommand(['ROLE'])) as unknown as string[];
      if (role !== 'master') throw new Error(`${node.host}:${node.port} is a ${role}, the Sentinels are not done yet`);
      return client;
    } catch (error) {
      destroyClient(client);
      throw error;
    }
  }
}
