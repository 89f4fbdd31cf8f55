import fc from 'fast-check';
import { AppError } from '../errors/app-error.js';
import { backoffMs, isTransient, pause, within } from './backoff.js';

describe('back-off', () => {
  it('stays below the doubled second of each try, and below 30 s', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        (attempt, random) => {
          const wait = backoffMs(attempt, () => random);
          return wait >= 0 && wait < Math.min(30_000, 1000 * 2 ** (attempt - 1));
        },
      ),
    );
  });

  it('uses the whole range, so that many do not come back together', () => {
    expect(backoffMs(3, () => 0)).toBe(0);
    expect(backoffMs(3, () => 0.999999)).toBe(3999);
  });

  it('tries again what may heal, never a mistake of the caller', () => {
    expect(isTransient(new AppError('unavailable', 'x', 'x'))).toBe(true);
    expect(isTransient(new Error('unexpected'))).toBe(true);
    expect(isTransient(new AppError('invalid', 'x', 'x'))).toBe(false);
    expect(isTransient(new AppError('not-found', 'x', 'x'))).toBe(false);
  });

  it('ends a pause with the reason of the signal, also of one that fired before', async () => {
    const early = AbortSignal.abort(new Error('gone'));
    await expect(pause(60_000, early)).rejects.toThrow('gone');
    const controller = new AbortController();
    const waiting = pause(60_000, controller.signal);
    controller.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
  });

  it('gives up waiting, but passes on an outcome in time', async () => {
    await expect(within(5, new Promise(() => undefined))).rejects.toThrow('5 ms');
    await expect(within(60_000, Promise.resolve('in time'))).resolves.toBe('in time');
  });
});
