import type { Clock } from '../clock/clock.js';
import { destroyClient, onceLost, type RedisClient } from './redis-client.js';
import { type CommandCounts, SentCommands } from './redis-commands.js';
import type { Lane, RedisLink, SendCommand } from './redis-link.js';

/** Calls that wait on a socket when the next one is worth opening: large answers hold up those behind them. */
const BUSY = 64;
/** An extra socket without a call for so long is closed. */
const IDLE_MS = 60_000;

export interface SingleLinkOptions {
  readonly connect: () => Promise<RedisClient>;
  readonly maxSockets: number;
  readonly counts: CommandCounts;
  readonly clock: Clock;
  readonly idleMs?: number;
  readonly onLost: (cause: unknown) => void;
}

class ClientLane implements Lane {
  waiting = 0;
  usedAt = 0;
  readonly commands: SentCommands;
  readonly send: SendCommand;

  constructor(
    readonly client: RedisClient,
    counts: CommandCounts,
  ) {
    this.send = (_key, args) => client.sendCommand(args);
    this.commands = new SentCommands(this.send, counts, true);
  }
}

/** Sockets to one server: one that stays, and more while many calls wait. The loss of the first is the loss of the link. */
export class SingleLink implements RedisLink {
  private readonly lanes: ClientLane[] = [];
  private readonly first: ClientLane;
  private opening = false;
  private closed = false;
  private sweeper?: NodeJS.Timeout;

  constructor(
    client: RedisClient,
    private readonly options: SingleLinkOptions,
  ) {
    this.first = new ClientLane(client, options.counts);
    this.lanes.push(this.first);
    onceLost(client, (cause) => !this.closed && options.onLost(cause));
  }

  pick(): Lane {
    return this.first.waiting < BUSY ? this.first : this.leastBusy();
  }

  ping(): Promise<unknown> {
    return this.first.client.sendCommand(['PING']);
  }

  async primaries(): Promise<readonly SendCommand[]> {
    return [this.first.send];
  }

  close(): void {
    this.closed = true;
    clearInterval(this.sweeper);
    for (const { client } of this.lanes.splice(0)) destroyClient(client);
  }

  private leastBusy(): Lane {
    let best = this.first;
    for (const lane of this.lanes) if (lane.waiting < best.waiting) best = lane;
    if (best.waiting >= BUSY) this.openAnother();
    best.usedAt = this.options.clock.monotonicMs();
    return best;
  }

  /** One at a time: a burst may be over before its socket stands. */
  private openAnother(): void {
    if (this.opening || this.lanes.length >= this.options.maxSockets) return;
    this.opening = true;
    this.options
      .connect()
      .then(
        (client) => this.add(client),
        // The sockets that stand do the work; whether the server is well is for the breaker to find out.
        () => undefined,
      )
      .finally(() => (this.opening = false));
  }

  private add(client: RedisClient): void {
    if (this.closed) return destroyClient(client);
    const lane = new ClientLane(client, this.options.counts);
    lane.usedAt = this.options.clock.monotonicMs();
    this.lanes.push(lane);
    onceLost(client, () => this.remove(lane));
    const { idleMs = IDLE_MS } = this.options;
    this.sweeper ??= setInterval(() => this.closeIdle(idleMs), idleMs / 6).unref();
  }

  private closeIdle(idleMs: number): void {
    const before = this.options.clock.monotonicMs() - idleMs;
    const idle = this.lanes.filter((lane) => lane !== this.first && lane.waiting === 0 && lane.usedAt <= before);
    for (const lane of idle) {
      this.remove(lane);
      destroyClient(lane.client);
    }
  }

  private remove(lane: ClientLane): void {
    const index = this.lanes.indexOf(lane);
    if (index > 0) this.lanes.splice(index, 1);
  }
}
