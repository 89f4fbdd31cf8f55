import * as fc from 'fast-check';
import { takeFrom, type WindowState } from './sliding-window.js';

const rule = fc.record({ limit: fc.integer({ min: 1, max: 200 }), windowMs: fc.integer({ min: 100, max: 3_600_000 }) });
const fresh = (): WindowState => ({ start: 0, before: 0, current: 0 });
/** Pauses between calls, as shares of the window. */
const pauses = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2.5, noNaN: true })), { maxLength: 200 });

describe('a sliding window', () => {
  it('admits exactly the limit in a burst, at whatever time, and nothing beyond', () => {
    fc.assert(
      fc.property(rule, fc.integer({ min: 0, max: 1e9 }), ({ limit, windowMs }, at) => {
        const state = { ...fresh(), start: at };
        const said = Array.from({ length: limit + 20 }, () => takeFrom(state, at, { limit, windowMs }));
        expect(said.filter(({ admitted }) => admitted)).toHaveLength(limit);
        expect(said.map(({ remaining }) => remaining)).toEqual(said.map((_, index) => Math.max(0, limit - index - 1)));
      }),
    );
  });

  it('admits never more than twice the limit in any window’s length, and the limit on average', () => {
    fc.assert(
      fc.property(rule, pauses, ({ limit, windowMs }, steps) => {
        const state = fresh();
        const admitted: number[] = [];
        let now = 0;
        for (const step of steps) {
          now += step * windowMs;
          if (takeFrom(state, now, { limit, windowMs }).admitted) admitted.push(now);
        }
        for (const from of admitted)
          expect(admitted.filter((at) => at >= from && at < from + windowMs).length).toBeLessThanOrEqual(2 * limit);
        expect(admitted.length).toBeLessThanOrEqual(limit * (now / windowMs + 2));
      }),
    );
  });

  it('tells a caller the truth: who waits as long as it says is served, whoever does not is refused', () => {
    fc.assert(
      fc.property(rule, pauses, ({ limit, windowMs }, steps) => {
        const state = fresh();
        let now = 0;
        let last = takeFrom(state, now, { limit, windowMs });
        for (const step of steps) {
          // A client that obeys: with nothing left it waits for the reset, else it goes on as it likes.
          now += last.remaining === 0 ? last.resetMs : step * windowMs;
          last = takeFrom(state, now, { limit, windowMs });
          expect(last.admitted).toBe(true);
          expect(last.remaining).toBeGreaterThanOrEqual(0);
          if (last.remaining === 0 && last.resetMs > 2) {
            const early = takeFrom({ ...state }, now + last.resetMs / 2 - 1, { limit, windowMs });
            expect(early.admitted).toBe(false);
          }
        }
      }),
    );
  });

  it('forgets everything after two windows without a call', () => {
    const state = { start: 0, before: 100, current: 100 };
    expect(takeFrom(state, 2000, { limit: 100, windowMs: 1000 })).toMatchObject({ admitted: true, remaining: 99 });
  });
});
