import fc from 'fast-check';
import { binsOf, countOf, MAX_ERROR_PERCENT, percentileMs } from './histogram.js';

/** As the database sums them: an independent statement of the form. */
const packed = (bins: readonly number[]) =>
  bins.reduce((sum, count, bin) => sum + BigInt(count) * 10n ** BigInt(12 * bin), 0n).toString();
const binOf = (ms: number) => Math.min(300, Math.ceil(Math.log(Math.max(ms, 1)) / Math.log(1.1)));

describe('a histogram in one number', () => {
  it('gives its bins back, up to a billion in one of them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000_000), { maxLength: 301 }), (bins) => {
        const read = binsOf(packed(bins));
        expect(read.length).toBeLessThanOrEqual(Math.max(1, bins.length));
        bins.forEach((count, bin) => expect(read[bin] ?? 0).toBe(count));
        expect(countOf(read)).toBe(bins.reduce((sum, count) => sum + count, 0));
      }),
    );
  });

  it('has percentiles within the error it names, from a millisecond to decades', () => {
    const duration = fc.oneof(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 27, noNaN: true }).map((x) => Math.round(Math.exp(x))),
    );
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (all, share) => {
          const bins: number[] = [];
          for (const ms of all) bins[binOf(ms)] = (bins[binOf(ms)] ?? 0) + 1;
          const filled = Array.from(bins, (count) => count ?? 0);
          const sorted = [...all].sort((a, b) => a - b);
          const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? 0;
          const value = percentileMs(binsOf(packed(filled)), share) ?? 0;
          expect(Math.abs(value - exact) / exact).toBeLessThanOrEqual(MAX_ERROR_PERCENT / 100);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of nothing has none', () => {
    expect(percentileMs(binsOf('0'), 0.5)).toBeNull();
  });

  it('refuses what cannot be a sum of sessions', () => {
    expect(() => binsOf('-1')).toThrow('fewer than nothing');
  });
});
