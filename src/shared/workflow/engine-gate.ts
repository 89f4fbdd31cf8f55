/**
 * The way out of a process that stops: steps in flight are counted and may finish, everything else waits for ever at the
 * next step, where another process will go on. Waiting (not failing) keeps the engine from recording an outcome, and keeps
 * the queue's slots of this process taken so that it claims nothing more.
 */
export class EngineGate {
  private inside = 0;
  private readonly closed = new AbortController();
  private drained?: () => void;

  /** Returns at once while open; never returns after `close`. */
  async pass(): Promise<void> {
    if (this.closed.signal.aborted) await never();
  }

  /** Counts one step in flight; the answer ends it. */
  enter(): () => void {
    this.inside += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.inside -= 1;
      if (this.inside === 0) this.drained?.();
    };
  }

  /** For a wait within a step that may be cut when the process stops: it then never returns, and no longer counts. */
  async interruptible(wait: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await wait(this.closed.signal);
    } catch (error) {
      if (!this.closed.signal.aborted) throw error;
      this.inside -= 1;
      if (this.inside === 0) this.drained?.();
      await never();
    }
  }

  close(): void {
    this.closed.abort(new Error('The process stops.'));
  }

  /** @returns steps still in flight after `graceMs` */
  async drain(graceMs: number): Promise<number> {
    if (this.inside === 0) return 0;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise<void>((resolve) => (this.drained = resolve)),
      new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs))),
    ]);
    clearTimeout(timer);
    return this.inside;
  }
}

function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}
