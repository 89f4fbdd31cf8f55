import { EventEmitter } from 'node:events';
import { Drain } from '../shared/health/drain.js';
import { drainOnSignal } from './drain-on-signal.js';

describe('a signal', () => {
  const signals = new EventEmitter();
  let drain: Drain;
  let exits: number[];
  let closed: number;
  let finishClose: (error?: Error) => void;
  beforeEach(() => {
    jest.useFakeTimers();
    signals.removeAllListeners();
    drain = new Drain();
    exits = [];
    closed = 0;
    drainOnSignal({
      drain,
      delayMs: 5000,
      close: () => {
        closed += 1;
        return new Promise<void>((resolve, reject) => (finishClose = (error) => (error ? reject(error) : resolve())));
      },
      exit: (code) => exits.push(code),
      signals,
    });
  });
  afterEach(() => jest.useRealTimers());

  it('SIGTERM drains at once, goes on serving for the delay, then closes and ends with 0', async () => {
    signals.emit('SIGTERM');
    expect(drain.draining).toBe(true);
    await jest.advanceTimersByTimeAsync(4999);
    expect(closed).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect([closed, exits]).toEqual([1, []]);
    finishClose();
    await jest.advanceTimersByTimeAsync(0);
    expect(exits).toEqual([0]);
  });

  it('SIGINT does not wait', async () => {
    signals.emit('SIGINT');
    await jest.advanceTimersByTimeAsync(0);
    expect(closed).toBe(1);
  });

  it('a second signal ends at once', async () => {
    signals.emit('SIGTERM');
    signals.emit('SIGINT');
    expect([closed, exits]).toEqual([0, [130]]);
    await jest.advanceTimersByTimeAsync(0);
  });

  it('a close that hangs ends after 25 s, one that fails ends with 1', async () => {
    signals.emit('SIGINT');
    await jest.advanceTimersByTimeAsync(24_999);
    expect(exits).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(exits).toEqual([1]);
    finishClose(new Error('pool'));
    await jest.advanceTimersByTimeAsync(0);
    expect(exits).toEqual([1, 1]);
  });
});
