import { EngineGate } from './engine-gate.js';

const settled = async (work: Promise<unknown>) =>
  Promise.race([work.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

describe('the way out of a process that stops', () => {
  it('lets nothing new pass once it is closed', async () => {
    const gate = new EngineGate();
    expect(await settled(gate.pass())).toBe(true);
    gate.close();
    expect(await settled(gate.pass())).toBe(false);
  });

  it('is drained when the last step in flight ended, counting none twice', async () => {
    const gate = new EngineGate();
    const leave = [gate.enter(), gate.enter()];
    gate.close();
    const drained = gate.drain(60_000);
    leave[0]?.();
    leave[0]?.();
    expect(await settled(drained)).toBe(false);
    leave[1]?.();
    expect(await drained).toBe(0);
  });

  it('tells how many steps outlived the grace', async () => {
    const gate = new EngineGate();
    gate.enter();
    expect(await gate.drain(5)).toBe(1);
  });

  it('cuts a wait between two tries, which then counts no more and never goes on', async () => {
    const gate = new EngineGate();
    gate.enter();
    const wait = gate.interruptible((signal) => new Promise((_, reject) => signal.addEventListener('abort', reject)));
    gate.close();
    expect(await gate.drain(60_000)).toBe(0);
    expect(await settled(wait)).toBe(false);
  });
});
