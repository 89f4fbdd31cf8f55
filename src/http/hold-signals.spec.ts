import { EventEmitter } from 'node:events';
import { HeldSignals } from './hold-signals.js';

describe('signals while the program starts', () => {
  const process = new EventEmitter();
  let exits: number[];
  let held: HeldSignals;
  beforeEach(() => {
    process.removeAllListeners();
    exits = [];
    held = new HeldSignals(process, (code) => exits.push(code));
  });

  it('are remembered instead of ending it', () => {
    expect(held.came).toBeUndefined();
    process.emit('SIGTERM');
    expect([held.came, exits]).toEqual(['SIGTERM', []]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('a second one, %s, ends it with %i and the first is still the one that came', (signal, code) => {
    process.emit('SIGINT');
    process.emit(signal);
    expect([held.came, exits]).toEqual(['SIGINT', [code]]);
  });

  it('are held until somebody else looks after them', () => {
    process.emit('SIGTERM');
    held.release();
    expect(held.came).toBe('SIGTERM');
    expect(process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')).toBe(0);
  });
});
