import { eventually, freePort, type RedisServer, startRedis } from './redis.js';

const SLOTS = 16_384;

export interface RedisCluster {
  /** `redis+cluster://` with all primaries. */
  readonly url: string;
  readonly primaries: readonly RedisServer[];
  stop(): Promise<void>;
}

/** Three primaries (or `size`) without replicas that share the slots evenly. */
export async function startRedisCluster(size = 3): Promise<RedisCluster> {
  const primaries: RedisServer[] = [];
  const stop = async () => {
    await Promise.all(primaries.map((primary) => primary.stop()));
  };
  try {
    for (let index = 0; index < size; index++) primaries.push(await startPrimary());
    await shareSlots(primaries);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis+cluster://${primaries.map(({ port }) => `127.0.0.1:${port}`).join(',')}`, primaries, stop };
}

async function startPrimary(): Promise<RedisServer> {
  // The bus has a port of its own: the default, 10000 above, may not exist.
  const bus = await freePort();
  const args = ['--cluster-enabled', 'yes', '--cluster-port', `${bus}`, '--cluster-node-timeout', '5000'];
  return startRedis({ args: [...args, '--bind', '127.0.0.1'] });
}

async function shareSlots(primaries: readonly RedisServer[]): Promise<void> {
  const clients = await Promise.all(primaries.map((primary) => primary.client()));
  const share = Math.ceil(SLOTS / clients.length);
  for (const [index, client] of clients.entries()) {
    const last = Math.min(SLOTS, (index + 1) * share) - 1;
    await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', `${index * share}`, `${last}`]);
  }
  const [first, ...others] = clients;
  for (const other of others) {
    const bus = await other.sendCommand(['CONFIG', 'GET', 'cluster-port']);
    const { port } = primaries[clients.indexOf(other)] as RedisServer;
    await first?.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', `${port}`, String((bus as unknown as string[])[1])]);
  }
  for (const client of clients)
    await eventually(async () => {
      const info = String(await client.sendCommand(['CLUSTER', 'INFO']));
      const known = info.includes(`cluster_known_nodes:${clients.length}`);
      return known && info.includes('cluster_state:ok') && info.includes(`cluster_size:${clients.length}`);
    }, 'the cluster is whole');
}
