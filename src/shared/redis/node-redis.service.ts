import type { RedisConfig } from '../../config/config.js';
import { parseRedisUrl, type RedisAddress } from '../../config/redis-url.js';
import type { Clock } from '../clock/clock.js';
import { Breaker } from './breaker.js';
import { ClusterTopology } from './cluster-topology.js';
import { Deadlines } from './deadlines.js';
import { LinkKeeper, type LinkListener } from './link-keeper.js';
import { RedisAwayError } from './redis-away-error.js';
import { RedisCalls } from './redis-calls.js';
import { RedisClientFactory } from './redis-client.js';
import type { CommandCounts } from './redis-commands.js';
import type { RedisTopology } from './redis-link.js';
import { RedisNotices } from './redis-notices.js';
import { RedisService } from './redis.service.js';
import type { RedisCommands, RedisState, RedisStatistics } from './redis.types.js';
import { scanKeys } from './scan.js';
import { ServerTopology } from './server-topology.js';
import { Subscriber } from './subscriber.js';

const HEALTH_CHECK_MS = 1000;
export interface RedisSources {
  readonly clock: Clock;
  readonly random: () => number;
  /** Idle time after which an extra socket is closed; 60 s when absent. */
  readonly idleMs?: number;
}

/** Redis by node-redis: one set of connections, a deadline for each call, a breaker before all of them. */
export class NodeRedisService extends RedisService {
  private readonly topology: RedisTopology;
  private readonly deadlines: Deadlines;
  private readonly breaker: Breaker;
  private readonly keeper: LinkKeeper;
  private readonly calls: RedisCalls;
  private readonly subscriber: Subscriber;
  private readonly notices: RedisNotices;
  private readonly listeners = new Set<(state: RedisState) => void>();
  private readonly waiters = new Set<() => void>();
  private health?: NodeJS.Timeout;
  private lastHealthCheck?: Date;
  private initializedAt?: Date;

  /** @throws RedisUrlError when `config.url` is none */
  constructor(
    private readonly config: RedisConfig,
    private readonly sources: RedisSources,
  ) {
    super();
    const { clock, random } = sources;
    const address = parseRedisUrl(config.url ?? '');
    const counts = { commands: 0, errors: 0 };
    this.notices = new RedisNotices(address, clock);
    this.topology = topologyOf(address, config, sources, counts);
    this.deadlines = new Deadlines(clock);
    this.breaker = new Breaker(this.deadlines, {
      changed: (isClosed, cause) => this.changed(isClosed, cause),
      refused: (cause) => this.trouble(cause),
      unanswered: (cause) => this.keeper.replace(cause),
    });
    this.calls = new RedisCalls(this.deadlines, counts, {
      away: (cause) => this.breaker.trip(cause),
      elsewhere: (cause) => this.keeper.replace(cause),
    });
    this.subscriber = new Subscriber(this.topology, random, (error) => this.notices.detail('subscription', error));
    this.keeper = new LinkKeeper(this.topology, this.linkListener(), () => clock.monotonicMs(), random);
  }

  get state(): RedisState {
    return this.breaker.link === undefined ? 'away' : 'up';
  }

  /** Begins to connect, in the background. */
  start(): void {
    this.keeper.start();
    this.health = setInterval(() => void this.healthCheck(), this.config.healthCheckIntervalMs).unref();
  }

  /** Waits until Redis is up or its first failure is known, at most so long; never throws. */
  async settled(limitMs: number): Promise<void> {
    if (this.state === 'up') return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.waiters.add(resolve);
      timer = setTimeout(() => {
        this.notices.away(new RedisAwayError('it has not answered yet'));
        resolve();
      }, limitMs);
    });
    clearTimeout(timer);
    this.waiters.clear();
  }

  /** Ends everything at once, whatever the servers do. */
  close(): void {
    clearInterval(this.health);
    this.breaker.close();
    this.keeper.close();
    this.subscriber.drop();
    this.deadlines.close();
    this.goOn();
  }

  run<T>(work: (commands: RedisCommands) => Promise<T>, deadlineMs = this.config.deadlineMs): Promise<T> {
    const { link } = this.breaker;
    if (link === undefined) return Promise.reject(new RedisAwayError('Redis is away'));
    return this.calls.make(link.pick(), work, deadlineMs);
  }

  async scan(match: string, onBatch: (keys: string[]) => Promise<void>): Promise<void> {
    const { link } = this.breaker;
    if (link === undefined) throw new RedisAwayError('Redis is away');
    const lane = link.pick();
    for (const send of await link.primaries()) {
      const sendInTime = (args: string[]) => {
        this.calls.counts.commands++;
        return this.calls.make(lane, () => send(undefined, args), this.config.deadlineMs);
      };
      await scanKeys(sendInTime, match, onBatch);
    }
  }

  subscribe(channel: string, onMessage: (message: string) => void, onState: (up: boolean) => void) {
    return this.subscriber.add(channel, onMessage, onState);
  }

  onState(listener: (state: RedisState) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async healthCheck(): Promise<boolean> {
    const { link } = this.keeper;
    this.lastHealthCheck = this.sources.clock.now();
    if (link === undefined) return false;
    try {
      const late = () => new RedisAwayError(`no answer within ${HEALTH_CHECK_MS} ms`);
      await this.deadlines.within(link.ping(), HEALTH_CHECK_MS, late);
      return true;
    } catch (error) {
      if (this.keeper.link === link) this.breaker.trip(error);
      return false;
    }
  }

  statistics(): RedisStatistics {
    const { config, initializedAt, lastHealthCheck } = this;
    const inUse = this.topology.openSockets;
    const uptimeMs = initializedAt ? this.sources.clock.now().getTime() - initializedAt.getTime() : 0;
    return {
      state: this.state,
      topology: this.topology.name,
      ...(initializedAt ? { initializedAt } : {}),
      ...(lastHealthCheck ? { lastHealthCheck } : {}),
      maxConnections: config.maxConnections,
      inUse,
      available: Math.max(0, config.maxConnections - inUse),
      waiting: this.calls.waiting,
      uptimeSeconds: Math.max(0, uptimeMs) / 1000,
      commands: this.calls.counts.commands,
      errors: this.calls.counts.errors,
      socketTimeoutSeconds: config.socketTimeoutMs / 1000,
      connectTimeoutSeconds: config.connectTimeoutMs / 1000,
      healthCheckIntervalSeconds: config.healthCheckIntervalMs / 1000,
    };
  }

  private linkListener(): LinkListener {
    return {
      opened: (link) => {
        this.initializedAt ??= this.sources.clock.now();
        this.subscriber.follow();
        void this.breaker.opened(link);
      },
      lost: (cause) => {
        this.subscriber.drop();
        this.breaker.lost(cause);
      },
      failed: (cause) => this.trouble(cause),
    };
  }

  private changed(isClosed: boolean, cause: unknown): void {
    if (isClosed) this.notices.up();
    else this.notices.away(cause);
    this.goOn();
    for (const listener of this.listeners)
      try {
        listener(this.state);
      } catch (error) {
        // It must not keep the others, nor the call that noticed, from their answer.
        this.notices.detail('a listener of the state failed', error);
      }
  }

  private trouble(cause: unknown): void {
    this.notices.away(cause);
    this.goOn();
  }

  private goOn(): void {
    for (const waiter of this.waiters) waiter();
  }
}

function topologyOf(
  address: RedisAddress,
  config: RedisConfig,
  { clock, idleMs }: RedisSources,
  counts: CommandCounts,
): RedisTopology {
  const factory = new RedisClientFactory(address, config);
  if (address.topology === 'cluster') return new ClusterTopology(address, factory, counts);
  // One socket is the subscriber's.
  return new ServerTopology(address, { factory, maxSockets: config.maxConnections - 1, counts, clock, idleMs });
}
