import type { Row, Yardstick } from './yardstick.js';
import { SAME } from './yardstick.js';
import { stream } from './random.js';

export const DRAWS = 1_000;
/** Each weight is drawn between 80 and 120 % of itself. */
const SWING = 0.2;

/**
 * Share of draws in which each option has the highest weighted sum: each weight ± 20 %, each unknown uniform in its
 * interval. A draw with several winners is split among them. Weights needn't sum to 1: a common factor doesn't move a rank.
 *
 * @returns shares in the order of `rows`, in steps of 0.001; they sum to 1
 */
export function winShares(rows: readonly Row[], yardstick: Yardstick, seed: number): number[] {
  const columns = yardstick.ids.map((id, index) =>
    drawnWeights(yardstick.weights[index] ?? 0, stream(seed, `weight ${id}`)),
  );
  const scores = rows.map((row) => drawnScores(row, yardstick, columns, seed));
  const wins = new Float64Array(rows.length);
  for (let draw = 0; draw < DRAWS; draw += 1) countWinners(scores, draw, wins);
  return rounded([...wins]);
}

/** One weight in every draw. Numbers are kept in columns: the draws are most of the cost of a comparison. */
function drawnWeights(weight: number, next: () => number): Float64Array {
  const drawn = new Float64Array(DRAWS);
  for (let draw = 0; draw < DRAWS; draw += 1) drawn[draw] = weight * (1 - SWING + 2 * SWING * next());
  return drawn;
}

/** Weighted sum of one option in every draw, summed in the order of the criteria; only unknowns take random numbers. */
function drawnScores(row: Row, { ids }: Yardstick, columns: readonly Float64Array[], seed: number): Float64Array {
  const scores = new Float64Array(DRAWS);
  columns.forEach((weights, index) => {
    const { low, high } = row.values[index] ?? { low: 0, high: 1 };
    const next = low === high ? undefined : stream(seed, `${row.id} ${ids[index] ?? ''}`);
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const value = next === undefined ? low : low + (high - low) * next();
      scores[draw] = (scores[draw] ?? 0) + (weights[draw] ?? 0) * value;
    }
  });
  return scores;
}

function countWinners(scores: readonly Float64Array[], draw: number, wins: Float64Array): void {
  let best = -Infinity;
  for (const column of scores) best = Math.max(best, column[draw] ?? 0);
  let winners = 0;
  for (const column of scores) if (best - (column[draw] ?? 0) <= SAME) winners += 1;
  scores.forEach((column, position) => {
    if (best - (column[draw] ?? 0) <= SAME) wins[position] = (wins[position] ?? 0) + 1 / winners;
  });
}

/** Whole draws by the largest remainder, so that the printed shares still sum to 1. */
function rounded(wins: readonly number[]): number[] {
  const whole = wins.map((count) => Math.floor(count + SAME));
  const missing = DRAWS - whole.reduce((total, count) => total + count, 0);
  const order = wins
    .map((count, position) => ({ position, rest: count - (whole[position] ?? 0) }))
    .sort((a, b) => (Math.abs(b.rest - a.rest) > 1e-6 ? b.rest - a.rest : a.position - b.position));
  for (const { position } of order.slice(0, Math.max(0, missing))) whole[position] = (whole[position] ?? 0) + 1;
  return whole.map((count) => count / DRAWS);
}
