type Listener = () => void;

/** As much of Node's process as is needed here. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: Listener): unknown;
  off(signal: NodeJS.Signals, listener: Listener): unknown;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * While the program starts, a signal is remembered: ended in the middle it would leave an embedded server behind. A second
 * one ends it at once.
 *
 * @returns call it when the start is over: true when a signal came
 */
export function holdSignals(signals: SignalSource, exit: (code: number) => void): () => boolean {
  let came = false;
  const listener = () => {
    if (came) exit(130);
    came = true;
  };
  for (const signal of SIGNALS) signals.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) signals.off(signal, listener);
    return came;
  };
}
