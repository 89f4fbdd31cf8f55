import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { abortWithin } from './abort-within.js';

const fired = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('a signal with a limit of time', () => {
  it('fires after its time, also when garbage is collected meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const end = fired(abortWithin(new AbortController().signal, 50).signal);
    await new Promise((resolve) => setTimeout(resolve, 2));
    collect();
    await end;
    // One collection of a worker's whole heap takes long on a busy machine.
  }, 30_000);

  it('fires with the one it was made of, also when that had fired before', async () => {
    const outer = new AbortController();
    const first = abortWithin(outer.signal, 60_000);
    const end = fired(first.signal);
    outer.abort();
    await end;
    const second = abortWithin(outer.signal, 60_000);
    expect(second.signal.aborted).toBe(true);
    for (const one of [first, second]) one.release();
  });

  it('never fires once it is released', async () => {
    const outer = new AbortController();
    const { signal, release } = abortWithin(outer.signal, 5);
    release();
    await new Promise((resolve) => setTimeout(resolve, 20));
    outer.abort();
    expect(signal.aborted).toBe(false);
  });
});
