import type { RedisLink, RedisTopology } from './redis-link.js';
import { sharedAbort } from './redis-client.js';

const BASE_MS = 50;
/** Less than two seconds with what the attempt itself takes: a server that is back is found within that time. */
const CAP_MS = 1500;
/** A link that held for so long was a good one; before that the next attempt waits longer each time. */
const STEADY_MS = 5000;

export interface LinkListener {
  opened(link: RedisLink): void;
  lost(cause: unknown): void;
  failed(cause: unknown): void;
}

/**
 * Milliseconds before the next attempt: doubled each time, the half of it by chance ("equal jitter", AWS Architecture
 * Blog, "Exponential Backoff And Jitter"), so that many processes do not come back at once.
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const step = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt, 16));
  return step / 2 + (random * step) / 2;
}

/** Keeps a link open for ever: opens it in the background, and a new one when it is lost. */
export class LinkKeeper {
  private current?: RedisLink;
  private controller?: AbortController;
  private timer?: NodeJS.Timeout;
  private attempt = 0;
  private openedAt = 0;
  private closed = false;

  constructor(
    private readonly topology: RedisTopology,
    private readonly listener: LinkListener,
    private readonly monotonicMs: () => number,
    private readonly random: () => number,
  ) {}

  get link(): RedisLink | undefined {
    return this.current;
  }

  /** Begins; the listener is told of everything. */
  start(): void {
    void this.open();
  }

  /** Gives the link up that is there and opens another one. */
  replace(cause: unknown): void {
    if (this.current) this.lose(cause);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.end();
  }

  private async open(): Promise<void> {
    const controller = sharedAbort();
    this.controller = controller;
    let link: RedisLink | undefined;
    const lost = (cause: unknown) => {
      if (link !== undefined && this.current === link) this.lose(cause);
    };
    try {
      link = await this.topology.open(lost, controller.signal);
    } catch (error) {
      controller.abort();
      if (this.closed) return;
      this.listener.failed(error);
      this.again();
      return;
    }
    if (this.closed) return link.close();
    this.current = link;
    this.openedAt = this.monotonicMs();
    this.listener.opened(link);
  }

  private lose(cause: unknown): void {
    this.end();
    if (this.monotonicMs() - this.openedAt >= STEADY_MS) this.attempt = 0;
    this.listener.lost(cause);
    this.again();
  }

  private again(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => void this.open(), reconnectDelayMs(this.attempt++, this.random()));
  }

  private end(): void {
    this.current?.close();
    this.current = undefined;
    // What the link does not know of (sockets still being connected) hears it too.
    this.controller?.abort();
  }
}
