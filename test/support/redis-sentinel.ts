import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, type RedisServer, startProcess, startRedis } from './redis.js';

const NAME = 'techspec-test';

export interface RedisSentinelSet {
  /** `redis+sentinel://` with the one Sentinel. */
  readonly url: string;
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  readonly sentinel: RedisServer;
  stop(): Promise<void>;
}

/** A primary, its replica and one Sentinel that makes the replica primary half a second after the primary is gone. */
export async function startRedisSentinel(): Promise<RedisSentinelSet> {
  const servers: RedisServer[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    const primary = await startRedis({ args: ['--bind', '127.0.0.1', '--repl-diskless-sync-delay', '0'] });
    servers.push(primary);
    const replica = await startRedis({ args: ['--bind', '127.0.0.1', '--replicaof', '127.0.0.1', `${primary.port}`] });
    servers.push(replica);
    const follower = await replica.client();
    await eventually(async () => (await follower.info('replication')).includes('master_link_status:up'), 'replication');
    const sentinel = await startSentinel(primary.port);
    servers.push(sentinel);
    const watcher = await sentinel.client();
    await eventually(async () => (await watcher.info('sentinel')).includes('slaves=1'), 'Sentinel knows the replica');
    return { url: `redis+sentinel://127.0.0.1:${sentinel.port}/${NAME}`, primary, replica, sentinel, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startSentinel(primaryPort: number): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'techspec-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const settings = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${primaryPort} 1`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 5000`,
  ];
  writeFileSync(file, `${settings.join('\n')}\n`);
  return startProcess(port, folder, [file, '--sentinel']);
}
