import type { Drain } from '../shared/health/drain.js';
import { EXIT_CODES } from './hold-signals.js';

const HARD_STOP_MS = 25_000;

export interface DrainSteps {
  readonly drain: Drain;
  /** Milliseconds of going on serving after SIGTERM, for balancers to see the failing probe. */
  readonly delayMs: number;
  /** Stops claiming work, closes the server, the pool and all else. */
  readonly close: () => Promise<void>;
  readonly exit: (code: number) => void;
  readonly signals: { on(signal: NodeJS.Signals, listener: () => void): unknown };
}

/**
 * SIGTERM: readiness says 503 and answers close their connections, serving goes on for `delayMs`, then everything is
 * closed. SIGINT: the same without waiting. A second signal exits at once; after 25 s nothing is waited for any more.
 */
export function drainOnSignal({ drain, delayMs, close, exit, signals }: DrainSteps): void {
  const stop = (delay: number, code: number) => {
    if (drain.draining) return exit(code);
    drain.begin();
    setTimeout(() => exit(1), HARD_STOP_MS).unref();
    setTimeout(() => {
      close().then(
        () => exit(0),
        () => exit(1),
      );
    }, delay);
  };
  signals.on('SIGTERM', () => stop(delayMs, EXIT_CODES.SIGTERM));
  signals.on('SIGINT', () => stop(0, EXIT_CODES.SIGINT));
}
