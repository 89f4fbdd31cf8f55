import pg from 'pg';

/** A connection that was used this recently is taken as it is: a check would double the round trips of a busy pool. */
const FRESH_MS = 1_000;
const CHECK_TIMEOUT_MS = 2_000;

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

/**
 * A pool whose lost connections never end the process: between checkout and the listener of whoever asked for it, a
 * connection that the server closes would tell its error to nobody. Its next query tells it too.
 */
export class ListeningPool extends pg.Pool {
  constructor(options?: pg.PoolConfig) {
    super(options);
    this.on('connect', (client) => client.on('error', () => undefined));
  }
}

/**
 * A pool that checks a connection before use when it has lain idle: what a firewall or a failover cut without a word
 * looks alive until the first query hangs on it. A dead one is closed and the next tried.
 */
export class CheckedPool extends ListeningPool {
  private readonly lastUsed = new WeakMap<object, number>();

  constructor(options?: pg.PoolConfig) {
    super(options);
    this.on('release', (_error, client) => this.lastUsed.set(client, performance.now()));
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | void {
    const client = this.checkout();
    if (callback === undefined) return client;
    client.then(
      (found) => callback(undefined, found, (release) => found.release(release)),
      (error: unknown) =>
        callback(error instanceof Error ? error : new Error(String(error)), undefined, () => undefined),
    );
  }

  private async checkout(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await super.connect();
      const used = this.lastUsed.get(client);
      // A new connection has just answered the server's greeting.
      if (used === undefined || performance.now() - used < FRESH_MS) return client;
      try {
        await client.query({ text: 'SELECT 1', query_timeout: CHECK_TIMEOUT_MS } as pg.QueryConfig);
        return client;
      } catch {
        client.release(true);
      }
    }
  }
}
