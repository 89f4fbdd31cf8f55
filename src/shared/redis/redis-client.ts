import { setMaxListeners } from 'node:events';
import { createClient } from 'redis';
import type { RedisAddress, RedisNode } from '../../config/redis-url.js';
import type { RedisConfig } from '../../config/config.js';

export type RedisClient = ReturnType<typeof createClient>;

/** A server that took the connection and has not answered the greeting for so long won't be of use. */
const HANDSHAKE_MS = 1000;

/**
 * Makes every socket to Redis and knows which are open. Clients never reconnect by themselves: after a loss there may be
 * another server to go to, and a stop must find no timer of theirs. RESP 2: as fast as 3 here, and all servers speak it.
 */
export class RedisClientFactory {
  private readonly clients = new Set<RedisClient>();

  constructor(
    private readonly address: RedisAddress,
    private readonly config: RedisConfig,
  ) {}

  /** Sockets of connected clients. */
  get openSockets(): number {
    for (const client of this.clients) if (!client.isOpen) this.clients.delete(client);
    return this.clients.size;
  }

  /** Options of a client; `signal` destroys its socket, also one that is still being connected. */
  options(signal: AbortSignal) {
    const { tls } = this.address;
    return {
      RESP: 2 as const,
      disableOfflineQueue: true,
      maintNotifications: 'disabled' as const,
      pingInterval: Math.ceil(this.config.socketTimeoutMs / 4),
      socket: {
        ...(tls ? { tls: true as const } : {}),
        connectTimeout: this.config.connectTimeoutMs,
        socketTimeout: this.config.socketTimeoutMs,
        keepAlive: true,
        keepAliveInitialDelay: 5000,
        reconnectStrategy: false as const,
        signal,
      },
    };
  }

  /** User, password and database of REDIS_URL. */
  get login() {
    const { username, password, database } = this.address;
    return { username, password, database };
  }

  /**
   * Connects and greets.
   * @throws the first thing that went wrong
   */
  async connect(node: RedisNode, signal: AbortSignal, login: Partial<RedisClientFactory['login']> = this.login) {
    const options = this.options(signal);
    const client = createClient({ ...options, ...login, socket: { ...options.socket, ...node } });
    let problem: unknown;
    let timer: NodeJS.Timeout | undefined;
    client.on('error', (error: unknown) => (problem ??= error));
    client.once('connect', () => {
      this.clients.add(client);
      timer = setTimeout(() => {
        problem ??= new Error(`no answer to the greeting within ${HANDSHAKE_MS} ms`);
        destroyClient(client);
      }, HANDSHAKE_MS);
    });
    try {
      await client.connect();
      return client;
    } catch (error) {
      throw problem ?? error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Ends a client at once; its commands fail. One that is gone already stays so. */
export function destroyClient(client: Pick<RedisClient, 'isOpen' | 'destroy'>): void {
  if (client.isOpen) client.destroy();
}

/** A signal that any number of sockets may listen to. */
export function sharedAbort(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Calls back once when a connected client has lost its socket. */
export function onceLost(client: RedisClient, lost: (cause: unknown) => void): void {
  // The first event tells the cause while the client still counts as open, the second that it has given up.
  let cause: unknown;
  const listener = (error: unknown) => {
    cause ??= error;
    if (client.isOpen) return;
    client.off('error', listener);
    lost(cause);
  };
  client.on('error', listener);
}
