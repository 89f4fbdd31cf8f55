import { Clock } from '../clock/clock.js';
import { Deadlines, type Timed } from './deadlines.js';
import { reconnectDelayMs } from './link-keeper.js';

describe('deadlines', () => {
  const late = () => new Error('late');
  let deadlines: Deadlines;
  beforeEach(() => (deadlines = new Deadlines(new Clock())));
  afterEach(() => deadlines.close());

  const never = () => new Promise<never>(() => undefined);

  it('reject what is late, each at its own time', async () => {
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    // A machine that stands still for longer than the gap between the two would end both at once.
    await Promise.all([
      deadlines.within(never(), 800, late).catch(note('long')),
      deadlines.within(never(), 20, late).catch(note('short')),
      deadlines.within(Promise.resolve('x'), 20, late).then(note('done')),
    ]);
    expect(order).toEqual(['done', 'short', 'long']);
  });

  it('leave alone what is over', async () => {
    let expired = 0;
    const calls = Array.from({ length: 1000 }, (): Timed => ({ due: 0, over: false, expire: () => void expired++ }));
    for (const call of calls) deadlines.add(call, 10);
    for (const [index, call] of calls.entries()) call.over = index % 2 === 0;
    await deadlines.within(never(), 40, late).catch(() => undefined);
    expect(expired).toBe(500);
  });

  it('count an answer that has arrived while the process stood still', async () => {
    const answer = new Promise<string>((resolve) => setTimeout(() => setImmediate(() => resolve('in time')), 5));
    const waiting = deadlines.within(answer, 20, late);
    const until = performance.now() + 60;
    while (performance.now() < until) continue;
    expect(await waiting).toBe('in time');
  });

  it('are all over at the end', async () => {
    const waiting = deadlines.within(never(), 60_000, late);
    deadlines.close();
    await expect(waiting).rejects.toThrow('late');
  });
});

describe('the time before the next attempt to connect', () => {
  it('doubles from 50 ms to its cap, and half of it is left to chance', () => {
    expect([0, 1, 2, 10, 1000].map((attempt) => reconnectDelayMs(attempt, 1))).toEqual([50, 100, 200, 1500, 1500]);
    expect([0, 10].map((attempt) => reconnectDelayMs(attempt, 0))).toEqual([25, 750]);
  });
});
