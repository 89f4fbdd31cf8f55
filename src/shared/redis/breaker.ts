import type { Deadlines } from './deadlines.js';
import { RedisAwayError } from './redis-away-error.js';
import type { RedisLink } from './redis-link.js';

/** Milliseconds in which a probe must be answered. */
const PROBE_MS = 50;
const PROBE_EVERY_MS = 250;
/** A connection that answers nothing for so long may lead to a server that is gone. */
const REPLACE_AFTER_MS = 1000;

export interface BreakerListener {
  /** @param cause why it opened */
  changed(isClosed: boolean, cause?: unknown): void;
  /** A probe was not answered as it should; asked again soon. */
  refused(cause: unknown): void;
  /** The link answers nothing and should give way to a new one. */
  unanswered(cause: unknown): void;
}

/**
 * The breaker before Redis: open until a first PING was answered, opened again by the first call that was late or cut off;
 * half-open while a PING is on its way. cockatiel, which guards the calls to the outside, is not used: its breaker with its
 * time-out was measured at 19 microseconds a call, and here a call may cost two; this one is a look at a field.
 */
export class Breaker {
  /** Where calls go; undefined while it is open. */
  link?: RedisLink;
  private candidate?: RedisLink;
  private probed?: RedisLink;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly deadlines: Deadlines,
    private readonly listener: BreakerListener,
  ) {}

  /** There is a new link: asks it at once. @returns settles after the first probe */
  opened(link: RedisLink): Promise<void> {
    this.candidate = link;
    return this.probe();
  }

  /** The link is gone. */
  lost(cause: unknown): void {
    this.candidate = undefined;
    clearTimeout(this.timer);
    this.trip(cause);
  }

  /** A call was late or cut off. */
  trip(cause: unknown): void {
    if (this.link !== undefined) {
      this.link = undefined;
      this.listener.changed(false, cause);
    }
    if (this.candidate !== undefined) this.probeLater();
  }

  close(): void {
    clearTimeout(this.timer);
    this.candidate = undefined;
    this.link = undefined;
  }

  /** Never more than one PING on its way on a link: what is written to a hung server keeps its connection alive. */
  private async probe(): Promise<void> {
    const link = this.candidate;
    if (link === undefined || this.link !== undefined || this.probed === link) return;
    this.probed = link;
    const problem = await this.ask(link).finally(() => {
      if (this.probed === link) this.probed = undefined;
    });
    if (this.candidate !== link) return;
    if (problem === undefined) {
      this.link = link;
      this.listener.changed(true);
    } else {
      this.probeLater();
      this.listener.refused(problem);
    }
  }

  /** @returns what is wrong; undefined: it was answered in time */
  private async ask(link: RedisLink): Promise<unknown> {
    const answer = link.ping();
    try {
      await this.within(answer, PROBE_MS);
      return undefined;
    } catch (error) {
      return error instanceof RedisAwayError ? this.waitOn(link, answer) : error;
    }
  }

  /** A late answer is a sign of life, and the next PING decides at once; none at all is the end of the link. */
  private async waitOn(link: RedisLink, answer: Promise<unknown>): Promise<unknown> {
    try {
      await this.within(answer, REPLACE_AFTER_MS - PROBE_MS);
    } catch (error) {
      if (error instanceof RedisAwayError && this.candidate === link) this.listener.unanswered(error);
      return error;
    }
    return this.within(link.ping(), PROBE_MS).then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  private within<T>(answer: Promise<T>, limitMs: number): Promise<T> {
    return this.deadlines.within(answer, limitMs, () => new RedisAwayError(`no answer within ${limitMs} ms`));
  }

  private probeLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.probe(), PROBE_EVERY_MS);
  }
}
