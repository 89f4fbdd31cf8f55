import type { Row, Yardstick } from './yardstick.js';
import { SAME, weighted } from './yardstick.js';
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
  const wins = rows.map(() => 0);
  const weightStreams = yardstick.ids.map((id) => stream(seed, `weight ${id}`));
  const valueStreams = rows.map((row) => yardstick.ids.map((id) => stream(seed, `${row.id} ${id}`)));
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const weights = yardstick.weights.map((weight, index) => weight * swing(weightStreams[index]?.() ?? 0));
    const scores = rows.map((row, position) => weighted(drawValues(row, valueStreams[position] ?? []), weights));
    const best = Math.max(...scores);
    const winners = scores.flatMap((score, position) => (best - score <= SAME ? [position] : []));
    for (const position of winners) wins[position] = (wins[position] ?? 0) + 1 / winners.length;
  }
  return rounded(wins);
}

const swing = (draw: number): number => 1 - SWING + 2 * SWING * draw;

const drawValues = (row: Row, streams: readonly (() => number)[]): number[] =>
  row.values.map(({ low, high }, index) => low + (high - low) * (streams[index]?.() ?? 0));

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
