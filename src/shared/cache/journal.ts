import type { News } from './invalidation-bus.js';

/** More than this is replaced by emptying the regions concerned. */
const MOST = 10_000;

/**
 * Invalidations that Redis did not hear of. They are replayed before the second tier is used again, so that a value that
 * was deleted while Redis was away is never served by it to this process or, from then on, to others.
 */
export class Journal {
  private readonly entries = new Map<string, News>();
  private overflown = false;

  add(news: News): void {
    if (this.entries.size >= MOST) this.overflow();
    else this.entries.set(JSON.stringify(news), news);
  }

  /** More was missed than is noted. */
  overflow(): void {
    this.overflown = true;
  }

  /** True: too much was noted, everything of ours in Redis is doubtful. */
  get isOverflown(): boolean {
    return this.overflown;
  }

  get isEmpty(): boolean {
    return this.entries.size === 0 && !this.overflown;
  }

  /** What is to be replayed, oldest first; `done` takes it out. */
  list(): readonly News[] {
    return [...this.entries.values()];
  }

  /** It was replayed; what was noted again meanwhile stays: Redis may have heard of it too early. */
  done(news: News): void {
    const text = JSON.stringify(news);
    if (this.entries.get(text) === news) this.entries.delete(text);
  }

  clear(): void {
    this.entries.clear();
    this.overflown = false;
  }
}
