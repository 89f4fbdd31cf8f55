import pg from 'pg';
import type { Deadline } from '../deadline/deadline.js';
import { beginSpan, currentDeadline, outsideOfRequests } from '../logging/request-context.js';
import { boundByDeadline } from './bounded-query.js';
import type { PoolLimits } from './pool-limits.js';
import { PoolWaits } from './pool-waits.js';
import { profile } from './profiled-client.js';
import type { QueryProfiler } from './query-profiler.js';

/** A connection that was used this recently is taken as it is: a check would double the round trips of a busy pool. */
const FRESH_MS = 1_000;
/** With a limit of its own, and of nobody's request: the end of one says nothing about the connection. */
const CHECK = { text: 'SELECT 1', query_timeout: 2_000 } as pg.QueryConfig;
/** A try to connect that hangs holds a place of the pool for this long, whoever wanted it. */
export const CONNECT_MS = 5_000;
/** What pg's pool says, without a code, to whom it has let wait too long. */
const WAITED_TOO_LONG = 'timeout exceeded when trying to connect';

type ConnectCallback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

/** As of pg; without `limits` its `connectionTimeoutMillis` holds for everybody. */
export interface ListeningPoolConfig extends pg.PoolConfig {
  readonly limits?: PoolLimits;
  /** Told of each statement. */
  readonly profiler?: QueryProfiler;
}

/**
 * A pool whose lost connections never end the process: between checkout and the listener of whoever asked for it, a
 * connection that the server closes would tell its error to nobody. Its next query tells it too. The deadline of a request ends
 * its wait for a connection, and its statements; so do the limits of the pool by what it is used for.
 */
export class ListeningPool extends pg.Pool {
  /** How long callers waited for a connection. */
  readonly waits = new PoolWaits();
  private readonly limits?: PoolLimits;

  constructor(config?: ListeningPoolConfig) {
    super(config);
    this.limits = config?.limits;
    this.on('connect', (client) => {
      client.on('error', () => undefined);
      // Inside of the deadline: what is measured is the statement, and none that was refused before it began.
      if (config?.profiler) profile(client, config.profiler);
      boundByDeadline(client, this.limits);
    });
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<pg.PoolClient> | void {
    const client = this.lend();
    if (callback === undefined) return client;
    client.then(
      (found) => callback(undefined, found, (release) => found.release(release)),
      // As it came: a wrapper would hide its code, by which an outage is known.
      (error: unknown) => callback(error as Error, undefined, () => undefined),
    );
  }

  /** A connection as pg's pool gives it: the one used last, a new one, or the first that comes free. */
  protected checkout(): Promise<pg.PoolClient> {
    const { limits, options } = this;
    if (limits === undefined) return super.connect();
    const isFull = this.totalCount >= options.max;
    // It reads the option before it returns, and knows one for all callers.
    options.connectionTimeoutMillis = isFull || this.idleCount > 0 ? limits.queueMs : CONNECT_MS;
    const client = super.connect();
    options.connectionTimeoutMillis = CONNECT_MS;
    return client;
  }

  private async lend(): Promise<pg.PoolClient> {
    const wait = this.limits?.beginWait();
    const began = performance.now();
    const ms = () => performance.now() - began;
    try {
      const client = await withinDeadlines([currentDeadline(), wait], () => this.checkout());
      this.waits.lent(ms());
      return client;
    } catch (error) {
      const byDriver = (error as Error).message === WAITED_TOO_LONG;
      if (byDriver || error === wait?.reason) this.waits.timedOut(ms());
      throw byDriver && wait !== undefined ? this.limits?.waitedInVain() : error;
    } finally {
      wait?.lift();
    }
  }
}

/** Whoever gave up waiting gets nothing: a connection that comes later goes back. */
function withinDeadlines(
  deadlines: readonly (Deadline | undefined)[],
  checkout: () => Promise<pg.PoolClient>,
): Promise<pg.PoolClient> {
  const bounds = deadlines.filter((one) => one !== undefined);
  if (bounds.length === 0) return checkout();
  const over = bounds.find(({ reason }) => reason !== undefined);
  if (over !== undefined) return Promise.reject(over.reason as Error);
  const endSpan = beginSpan('pool');
  return new Promise((resolve, reject) => {
    const takeBack = bounds.map((bound) =>
      bound.onOver((reason) => {
        endSpan();
        reject(reason);
      }),
    );
    const settled = () => {
      takeBack.forEach((take) => take());
      endSpan();
    };
    checkout().then(
      (client) => {
        settled();
        if (bounds.every(({ reason }) => reason === undefined)) resolve(client);
        else client.release();
      },
      (error: unknown) => {
        settled();
        reject(error as Error);
      },
    );
  });
}

/**
 * A pool that checks a connection before use when it has lain idle: what a firewall or a failover cut without a word
 * looks alive until the first query hangs on it. A dead one is closed and the next tried; whatever was last used before
 * it was found dead is closed unasked, so that a failover costs one check and not one a connection.
 */
export class CheckedPool extends ListeningPool {
  private readonly lastUsed = new WeakMap<object, number>();
  private distrustedUntil = 0;

  constructor(config?: ListeningPoolConfig) {
    super(config);
    this.on('release', (_error, client) => this.lastUsed.set(client, performance.now()));
  }

  protected override async checkout(): Promise<pg.PoolClient> {
    for (;;) {
      const client = await super.checkout();
      if (await this.isAlive(client)) return client;
      client.release(true);
    }
  }

  private async isAlive(client: pg.PoolClient): Promise<boolean> {
    const used = this.lastUsed.get(client);
    const now = performance.now();
    // A new connection has just answered the server's greeting.
    if (used === undefined || (used > this.distrustedUntil && now - used < FRESH_MS)) return true;
    if (used <= this.distrustedUntil) return false;
    try {
      await outsideOfRequests(() => client.query(CHECK));
      return true;
    } catch {
      this.distrustedUntil = Math.max(this.distrustedUntil, now);
      return false;
    }
  }
}
