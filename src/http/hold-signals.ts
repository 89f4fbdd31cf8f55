type Listener = () => void;

/** As much of Node's process as is needed here. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: Listener): unknown;
  off(signal: NodeJS.Signals, listener: Listener): unknown;
}

/** What a shell reports for a program that the signal ended: 128 + its number. */
export const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

type HeldSignal = keyof typeof EXIT_CODES;

const SIGNALS = Object.keys(EXIT_CODES) as HeldSignal[];

/**
 * While the program starts, a signal is remembered: ended in the middle it would leave an embedded server behind. A second
 * one ends it at once.
 */
export class HeldSignals {
  private readonly listeners = new Map<HeldSignal, Listener>();
  private first?: HeldSignal;

  constructor(
    private readonly signals: SignalSource,
    exit: (code: number) => void,
  ) {
    for (const signal of SIGNALS) {
      const listener = () => {
        if (this.first !== undefined) exit(EXIT_CODES[signal]);
        this.first ??= signal;
      };
      this.listeners.set(signal, listener);
      signals.on(signal, listener);
    }
  }

  /** The signal that came first, if one came. */
  get came(): HeldSignal | undefined {
    return this.first;
  }

  /** Lets go of the signals, once another listener looks after them; until then one more is held. */
  release(): void {
    for (const [signal, listener] of this.listeners) this.signals.off(signal, listener);
  }
}
