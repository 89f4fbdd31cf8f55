import { destroyClient, onceLost, type RedisClient, sharedAbort } from './redis-client.js';
import { reconnectDelayMs } from './link-keeper.js';
import type { RedisTopology } from './redis-link.js';

interface Subscription {
  readonly onMessage: (message: string) => void;
  readonly onState: (up: boolean) => void;
  stands: boolean;
}

/**
 * All subscriptions of the process on one connection of their own. It lives and dies with the link: both lead to the same
 * server, and after a failover nothing would be published any more where the old connection ends.
 */
export class Subscriber {
  private readonly channels = new Map<string, Set<Subscription>>();
  private client?: RedisClient;
  private controller?: AbortController;
  private timer?: NodeJS.Timeout;
  private hasLink = false;
  private connecting = false;
  private attempt = 0;

  constructor(
    private readonly topology: RedisTopology,
    private readonly random: () => number,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** A link stands: connects if anybody listens. */
  follow(): void {
    this.hasLink = true;
    this.attempt = 0;
    void this.connect();
  }

  /** The link is lost, or all is at its end. */
  drop(): void {
    this.hasLink = false;
    clearTimeout(this.timer);
    this.disconnect();
  }

  /** @returns ends it; what can't be told to the server any more is ended here */
  add(channel: string, onMessage: (message: string) => void, onState: (up: boolean) => void): () => Promise<void> {
    const subscription: Subscription = { onMessage, onState, stands: false };
    const all = this.channels.get(channel) ?? new Set();
    this.channels.set(channel, all.add(subscription));
    if (this.client) void this.listen(this.client, channel);
    else void this.connect();
    return async () => {
      all.delete(subscription);
      if (all.size > 0 || this.channels.get(channel) !== all) return;
      this.channels.delete(channel);
      // Not awaited: a server that hangs must hold nobody up.
      this.client?.unsubscribe(channel).catch(() => undefined);
    };
  }

  private async connect(): Promise<void> {
    if (!this.hasLink || this.connecting || this.client || this.channels.size === 0) return;
    this.connecting = true;
    const controller = sharedAbort();
    this.controller = controller;
    try {
      const client = await this.topology.openSubscriber(controller.signal);
      if (controller.signal.aborted) destroyClient(client);
      else this.connected(client);
    } catch (error) {
      if (!controller.signal.aborted) this.failed(error);
    } finally {
      this.connecting = false;
    }
    if (!this.client) this.again();
  }

  private connected(client: RedisClient): void {
    this.client = client;
    onceLost(client, () => {
      if (this.client !== client) return;
      this.disconnect();
      this.again();
    });
    for (const channel of this.channels.keys()) void this.listen(client, channel);
  }

  private async listen(client: RedisClient, channel: string): Promise<void> {
    try {
      const known = this.channels.get(channel);
      // A second listener of a channel needs no second command, but the first one may still be on its way.
      await client.subscribe(channel, this.deliverTo(channel));
      if (this.client !== client || this.channels.get(channel) !== known) return;
      this.attempt = 0;
      for (const subscription of known ?? []) this.tell(subscription, true);
    } catch (error) {
      if (this.client !== client) return;
      this.failed(error);
      this.disconnect();
      this.again();
    }
  }

  private readonly deliveries = new Map<string, (message: string) => void>();

  /** The same function for a channel each time: the client calls each of its listeners once. */
  private deliverTo(channel: string): (message: string) => void {
    let deliver = this.deliveries.get(channel);
    if (deliver === undefined) {
      deliver = (message) => {
        for (const { onMessage } of this.channels.get(channel) ?? []) this.guarded(() => onMessage(message));
      };
      this.deliveries.set(channel, deliver);
    }
    return deliver;
  }

  private disconnect(): void {
    const { client } = this;
    this.client = undefined;
    if (client) destroyClient(client);
    this.controller?.abort();
    for (const all of this.channels.values()) for (const subscription of all) this.tell(subscription, false);
  }

  private again(): void {
    if (!this.hasLink || this.channels.size === 0) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), reconnectDelayMs(this.attempt++, this.random()));
  }

  private tell(subscription: Subscription, up: boolean): void {
    if (subscription.stands === up) return;
    subscription.stands = up;
    this.guarded(() => subscription.onState(up));
  }

  /** An error of a listener would end in the client's parser and take the connection with it. */
  private guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.failed(error);
    }
  }
}
