import { createCluster } from 'redis';
import type { RedisAddress, RedisNode } from '../../config/redis-url.js';
import { destroyClient, type RedisClient, type RedisClientFactory } from './redis-client.js';
import { type CommandCounts, SentCommands } from './redis-commands.js';
import type { Lane, RedisLink, RedisTopology, SendCommand } from './redis-link.js';

type Cluster = ReturnType<typeof clusterOf>;

/**
 * A cluster, by the client's own support for it: one socket to each primary, redirections followed. The loss of any socket
 * is the loss of the link, since the client alone would not ask anew who has the keys of a primary that is gone.
 */
export class ClusterTopology implements RedisTopology {
  readonly name = 'cluster';
  private turn = 0;
  private link?: ClusterLink;

  constructor(
    private readonly address: RedisAddress,
    private readonly factory: RedisClientFactory,
    private readonly counts: CommandCounts,
  ) {}

  get openSockets(): number {
    return this.factory.openSockets + (this.link?.openSockets ?? 0);
  }

  async open(onLost: (cause: unknown) => void, signal: AbortSignal): Promise<RedisLink> {
    const cluster = clusterOf(this.address, this.factory, signal);
    const link = new ClusterLink(cluster, this.counts);
    this.link = link;
    let problem: unknown;
    cluster.on('error', (error: unknown) => (problem ??= error));
    cluster.on('node-error', (error: unknown) => {
      problem ??= error;
      if (!link.isOpen) return;
      link.isOpen = false;
      onLost(error);
    });
    try {
      await cluster.connect();
      link.isOpen = true;
      return link;
    } catch (error) {
      link.close();
      throw problem ?? error;
    }
  }

  /** Each member hears what is published on any of them; after a failure the next one is tried. */
  openSubscriber(signal: AbortSignal): Promise<RedisClient> {
    const { nodes } = this.address;
    return this.factory.connect(nodes[this.turn++ % nodes.length] as RedisNode, signal);
  }
}

function clusterOf(address: RedisAddress, factory: RedisClientFactory, signal: AbortSignal) {
  const { username, password } = factory.login;
  return createCluster({
    rootNodes: address.nodes.map((socket) => ({ socket: { ...socket } })),
    defaults: { ...factory.options(signal), username, password },
  });
}

class ClusterLink implements RedisLink {
  /** Connected to all primaries and not lost since. */
  isOpen = false;
  private readonly lane: Lane;

  constructor(
    private readonly cluster: Cluster,
    counts: CommandCounts,
  ) {
    const send: SendCommand = (key, args) => cluster.sendCommand(key, false, args);
    this.lane = { commands: new SentCommands(send, counts, false), waiting: 0 };
  }

  get openSockets(): number {
    return this.cluster.masters.filter(({ client }) => client?.isReady).length;
  }

  pick(): Lane {
    return this.lane;
  }

  async ping(): Promise<unknown> {
    return Promise.all((await this.primaries()).map((send) => send(undefined, ['PING'])));
  }

  async primaries(): Promise<readonly SendCommand[]> {
    const clients = await Promise.all(this.cluster.masters.map((node) => this.cluster.nodeClient(node)));
    return clients.map((client) => (_key: string | undefined, args: string[]) => client.sendCommand(args));
  }

  close(): void {
    this.isOpen = false;
    // The cluster's own `destroy` stops at the first client that has no socket any more.
    for (const { client } of [...this.cluster.masters, ...this.cluster.nodeByAddress.values()])
      if (client) destroyClient(client);
  }
}
