import pg from 'pg';
import { beginSpan, currentDeadline, outsideOfRequests } from '../logging/request-context.js';
import { boundByDeadline } from './bounded-query.js';
import { profile } from './profiled-client.js';
import type { QueryProfiler } from './query-profiler.js';

/** A connection that was used this recently is taken as it is: a check would double the round trips of a busy pool. */
const FRESH_MS = 1_000;
/** With a limit of its own, and of nobody's request: the end of one says nothing about the connection. */
const CHECK = { text: 'SELECT 1', query_timeout: 2_000 } as pg.QueryConfig;

/** As of pg. */
export interface ListeningPoolConfig extends pg.PoolConfig {
  /** Told of each statement. */
  readonly profiler?: QueryProfiler;
}

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

/**
 * A pool whose lost connections never end the process: between checkout and the listener of whoever asked for it, a
 * connection that the server closes would tell its error to nobody. Its next query tells it too. The deadline of a request ends
 * its wait for a connection, and its statements.
 */
export class ListeningPool extends pg.Pool {
  constructor(config?: ListeningPoolConfig) {
    super(config);
    this.on('connect', (client) => {
      client.on('error', () => undefined);
      // Inside of the deadline: what is measured is the statement, and none that was refused before it began.
      if (config?.profiler) profile(client, config.profiler);
      boundByDeadline(client);
    });
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | void {
    const client = withinDeadline(() => this.checkout());
    if (callback === undefined) return client;
    client.then(
      (found) => callback(undefined, found, (release) => found.release(release)),
      (error: unknown) =>
        callback(error instanceof Error ? error : new Error(String(error)), undefined, () => undefined),
    );
  }

  protected checkout(): Promise<pg.PoolClient> {
    return super.connect();
  }
}

/** Whoever gave up waiting gets nothing: a connection that comes later goes back. */
function withinDeadline(checkout: () => Promise<pg.PoolClient>): Promise<pg.PoolClient> {
  const deadline = currentDeadline();
  if (deadline === undefined) return checkout();
  if (deadline.reason !== undefined) return Promise.reject(deadline.reason);
  const endSpan = beginSpan('pool');
  return new Promise((resolve, reject) => {
    const takeBack = deadline.onOver((reason) => {
      endSpan();
      reject(reason);
    });
    const settle = (client: pg.PoolClient) => {
      takeBack();
      endSpan();
      if (deadline.reason === undefined) resolve(client);
      else client.release();
    };
    checkout().then(settle, (error: unknown) => {
      takeBack();
      reject(error as Error);
    });
  });
}

/**
 * A pool that checks a connection before use when it has lain idle: what a firewall or a failover cut without a word
 * looks alive until the first query hangs on it. A dead one is closed and the next tried.
 */
export class CheckedPool extends ListeningPool {
  private readonly lastUsed = new WeakMap<object, number>();

  constructor(config?: ListeningPoolConfig) {
    super(config);
    this.on('release', (_error, client) => this.lastUsed.set(client, performance.now()));
  }

  protected override async checkout(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await super.checkout();
      const used = this.lastUsed.get(client);
      // A new connection has just answered the server's greeting.
      if (used === undefined || performance.now() - used < FRESH_MS) return client;
      try {
        await outsideOfRequests(() => client.query(CHECK));
        return client;
      } catch {
        client.release(true);
      }
    }
  }
}
