/**
 * Histograms as the database keeps them: one number, whose groups of 12 decimal digits are the counts of the bins, the lowest group that of bin
 * 0. So they are added like numbers. For durations, bin n holds more than 1.1^(n-1) and at most 1.1^n milliseconds; bin 0 all up to 1 ms. (The sketch
 * of DDSketch, Masson et al. 2019, with a relative accuracy of (1.1 - 1) / (1.1 + 1) = 0.0476.)
 */

const DIGITS = 12;
const GROWTH = 1.1;

/** No percentile is further from the true one than this share of it; the sketch itself keeps within 4.8 %. */
export const MAX_ERROR_PERCENT = 5;

/**
 * Counts by bin.
 * @param packed digits, as SQL gives a numeric
 * @throws Error for a sum below 0, which no set of things has: the deltas are not those of the roll-ups
 */
export function binsOf(packed: string): readonly number[] {
  if (packed.startsWith('-')) throw new Error('a histogram holds fewer than nothing');
  const bins: number[] = [];
  for (let end = packed.length; end > 0; end -= DIGITS) bins.push(Number(packed.slice(Math.max(0, end - DIGITS), end)));
  return bins;
}

/**
 * The duration that a share of all does not exceed (nearest rank), in milliseconds to a thousandth; null of none.
 * @param share above 0, at most 1
 */
export function percentileMs(bins: readonly number[], share: number): number | null {
  const count = countOf(bins);
  if (count === 0) return null;
  const rank = Math.max(1, Math.ceil(share * count));
  let seen = 0;
  const bin = bins.findIndex((value) => (seen += value) >= rank);
  return Math.round(((2 * GROWTH ** bin) / (GROWTH + 1)) * 1000) / 1000;
}

export function countOf(bins: readonly number[]): number {
  return bins.reduce((sum, value) => sum + value, 0);
}
