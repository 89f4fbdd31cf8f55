import type { RedisNode } from '../../config/redis-url.js';
import { destroyClient, type RedisClientFactory } from './redis-client.js';

const NO_LOGIN = { username: undefined, password: undefined, database: 0 };

/**
 * Asks one Sentinel after the other for the primary called `name`.
 * @throws the last failure when none knows it
 */
export async function findPrimary(
  factory: RedisClientFactory,
  sentinels: readonly RedisNode[],
  name: string,
  signal: AbortSignal,
): Promise<RedisNode> {
  let problem: unknown;
  for (const sentinel of sentinels)
    try {
      return await ask(factory, sentinel, name, signal);
    } catch (error) {
      problem = error;
      if (signal.aborted) break;
    }
  throw problem;
}

async function ask(factory: RedisClientFactory, sentinel: RedisNode, name: string, signal: AbortSignal) {
  try {
    return await askWith(NO_LOGIN, factory, sentinel, name, signal);
  } catch (error) {
    // Sentinels have a password of their own; where they ask for one it is usually that of the servers.
    if (!(error instanceof Error && error.message.startsWith('NOAUTH'))) throw error;
    return await askWith({ ...factory.login, database: 0 }, factory, sentinel, name, signal);
  }
}

async function askWith(
  login: RedisClientFactory['login'],
  factory: RedisClientFactory,
  sentinel: RedisNode,
  name: string,
  signal: AbortSignal,
): Promise<RedisNode> {
  const client = await factory.connect(sentinel, signal, login);
  try {
    const answer = await client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name]);
    const [host, port] = (answer as unknown as string[] | null) ?? [];
    if (host === undefined) throw new Error(`the Sentinel at ${sentinel.host} does not know ${name}`);
    return { host, port: Number(port) };
  } finally {
    destroyClient(client);
  }
}
