import fc from 'fast-check';
import { floorTo, GRAINS, HOUR_MS, nextOf, partsOf, periodsOf } from './periods.js';

const hour = fc.integer({ min: -100_000, max: 800_000 }).map((hours) => hours * HOUR_MS);
const span = fc
  .tuple(hour, fc.integer({ min: 1, max: 30_000 }))
  .map(([from, hours]) => ({ from, to: from + hours * HOUR_MS }));
const grain = fc.constantFrom(...GRAINS);

describe('parts of a span of time', () => {
  it('follow each other without a gap, whole periods that are no longer than allowed', () => {
    fc.assert(
      fc.property(span, grain, (asked, longest) => {
        let at = asked.from;
        for (const part of partsOf(asked, longest)) {
          expect(part.from).toBe(at);
          expect(GRAINS.indexOf(part.grain)).toBeLessThanOrEqual(GRAINS.indexOf(longest));
          expect([floorTo(part.grain, part.from), floorTo(part.grain, part.to)]).toEqual([part.from, part.to]);
          expect(part.to).toBeGreaterThan(part.from);
          at = part.to;
        }
        expect(at).toBe(asked.to);
      }),
    );
  });

  it('are at most five, and of a year few periods', () => {
    const at = (text: string) => Date.parse(text);
    const parts = partsOf({ from: at('2025-11-13T21:00:00Z'), to: at('2027-02-03T02:00:00Z') }, 'month');
    expect(parts.map((part) => [part.grain, periodsOf(part, part.grain).length])).toEqual([
      ['hour', 3],
      ['day', 17],
      ['month', 14],
      ['day', 2],
      ['hour', 2],
    ]);
  });

  it('of all time are one, and an open end is made of the longest', () => {
    expect(partsOf({ from: -Infinity, to: Infinity }, 'month')).toEqual([
      { grain: 'month', from: -Infinity, to: Infinity },
    ]);
    const from = Date.parse('2026-01-31T23:00:00Z');
    expect(partsOf({ from, to: Infinity }, 'month').map((part) => part.grain)).toEqual(['hour', 'month']);
    expect(partsOf({ from: -Infinity, to: from }, 'day').map((part) => part.grain)).toEqual(['day', 'hour']);
    expect(partsOf({ from, to: from }, 'day')).toEqual([]);
  });

  it('are shown as periods, cut at both ends', () => {
    fc.assert(
      fc.property(span, grain, (asked, unit) => {
        const periods = periodsOf(asked, unit);
        expect([periods[0]?.from, periods.at(-1)?.to]).toEqual([asked.from, asked.to]);
        const wrong = periods.filter(({ from, to }, index) => {
          const before = periods[index - 1];
          return nextOf(unit, from) < to || (before && (from !== before.to || from !== floorTo(unit, from)));
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});
