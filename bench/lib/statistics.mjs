/** Middle value; of an even number the mean of the two in the middle. NaN when there is none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(half)] : (sorted[half - 1] + sorted[half]) / 2;
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** At most three decimals: a table is read by people, and no figure here is known better. */
export const rounded = (value) => Math.round(value * 1000) / 1000;

/** Pairs that a ratio needs before it may count. */
export const PAIRS_NEEDED = 5;
/** How far the same binary may be from itself in the same run, in the median of its pairs. */
const SELF_LOW = 0.9;
const SELF_HIGH = 1.1;

/**
 * A ratio of interleaved batches.
 * @param pairs list of `{ ours, bare, bareAgain }`: one value of each of three batches that ran in turn
 * @returns ratio ours/bare and bare/bareAgain (medians over the pairs), and whether the run was quiet enough to count
 */
export function ratioOf(pairs) {
  const ratio = median(pairs.map(({ ours, bare, bareAgain }) => (2 * ours) / (bare + bareAgain)));
  const self = median(pairs.map(({ bare, bareAgain }) => bare / bareAgain));
  return { ratio, self, quiet: self >= SELF_LOW && self <= SELF_HIGH, enough: pairs.length >= PAIRS_NEEDED };
}
