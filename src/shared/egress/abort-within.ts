/** A signal with its end: whoever waited gives back timer and listener. */
export interface Limited {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * A signal that fires when `outer` does, or after `ms`. Not `AbortSignal.any` with `AbortSignal.timeout`: Node 20 holds such
 * a timeout so weakly that the next garbage collection takes it away (nodejs/node#57736), and who waits for it waits for ever.
 */
export function abortWithin(outer: AbortSignal, ms: number): Limited {
  const own = new AbortController();
  const end = () => own.abort();
  const timer = setTimeout(end, ms);
  if (outer.aborted) end();
  outer.addEventListener('abort', end, { once: true });
  return {
    signal: own.signal,
    release: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', end);
    },
  };
}

/** Rejects when the signal fires; never resolves. */
export function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(new Error('deadline'));
    signal.addEventListener('abort', () => reject(new Error('deadline')), { once: true });
  });
}
