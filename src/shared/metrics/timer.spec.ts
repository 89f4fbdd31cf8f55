import { setTimeout as sleep } from 'node:timers/promises';
import { runInRequest } from '../logging/request-context.js';
import { startTimer, Timed, timed, type Timing, timings } from './timer.js';

class Worker {
  private readonly factor = 2;

  @Timed('double', (value: number) => ({ value }))
  async double(value: number): Promise<number> {
    await sleep(1);
    if (value < 0) throw new Error('negative');
    return value * this.factor;
  }
}

describe('timings', () => {
  const seen: Timing[] = [];
  const listener = (timing: unknown) => void seen.push(timing as Timing);
  beforeEach(() => {
    seen.length = 0;
    timings.subscribe(listener);
  });
  afterEach(() => void timings.unsubscribe(listener));

  it('a timed method keeps this, arguments and result and publishes one timing with its attributes', async () => {
    await expect(new Worker().double(21)).resolves.toBe(42);
    expect(seen).toEqual([
      { name: 'double', attributes: { value: 21 }, durationMs: expect.any(Number) as number, outcome: 'ok' },
    ]);
  });

  it('an error is timed as such and stays the error', async () => {
    await expect(new Worker().double(-1)).rejects.toThrow('negative');
    expect(seen.map(({ outcome }) => outcome)).toEqual(['error']);
  });

  it('attributes added while it ran are published, and stopping twice publishes once', () => {
    const timer = startTimer('score', { gap: 'cache' });
    timer.attribute('options', 3);
    expect(timer.stop()).toBe(timer.stop('error'));
    expect(seen.map(({ attributes, outcome }) => ({ attributes, outcome }))).toEqual([
      { attributes: { gap: 'cache', options: 3 }, outcome: 'ok' },
    ]);
  });

  it('inside a request it becomes a span of that request, also after an await, and of no other', async () => {
    const spans: Record<string, string[]> = { a: [], b: [] };
    const request = (requestId: 'a' | 'b') =>
      runInRequest({ requestId, span: (name) => spans[requestId]?.push(name) }, async () => {
        await sleep(requestId === 'a' ? 5 : 1);
        await timed(`of ${requestId}`, () => sleep(1));
      });
    await Promise.all([request('a'), request('b')]);
    expect(spans).toEqual({ a: ['of a'], b: ['of b'] });
  });
});
