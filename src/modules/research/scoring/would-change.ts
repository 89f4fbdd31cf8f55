import type { ChangeFactor } from '../comparison.types.js';
import type { Interval, Row, Yardstick } from './yardstick.js';
import { expected, highest, lowest, middle, SAME } from './yardstick.js';

/**
 * What would turn the result, and what can't: dominance (no weights can turn it), the weight at which the second overtakes,
 * single unknown facts that change the leader, and unknowns that can't whatever they turn out to be.
 *
 * @param rows best first
 */
export function wouldChange(rows: readonly Row[], yardstick: Yardstick): ChangeFactor[] {
  const [leader, second] = rows;
  if (!leader || !second) return [];
  const rivals = rows.slice(1);
  return [
    ...rivals.flatMap((rival) => (dominates(leader, rival) ? [dominance(leader, rival)] : [])),
    ...(dominates(leader, second) ? [] : breakEvens(leader, second, yardstick)),
    ...unknowns(rows, yardstick),
  ];
}

const dominance = (leader: Row, rival: Row): ChangeFactor => ({
  kind: 'dominance',
  leader: leader.id,
  rival: rival.id,
});

/**
 * Even at the leader's worst and the rival's best, the leader is at least equal on every criterion; and not merely equal on
 * all of them, which is a draw.
 */
function dominates(leader: Row, rival: Row): boolean {
  const isEqualOrBetter = leader.values.every(({ low }, index) => low >= (rival.values[index]?.high ?? 0));
  return isEqualOrBetter && leader.values.some(({ high }, index) => high > (rival.values[index]?.low ?? 0));
}

/**
 * Weight at which two options are equal when the others keep their proportions and all sum to 1. With d the difference on
 * the criterion and R = (D − w·d)/(1 − w) the mean difference on the others: x·d + (1 − x)·R = 0, so x = R/(R − d).
 * Unknowns stand at the middle of their interval.
 */
function breakEvens(leader: Row, rival: Row, { ids, weights }: Yardstick): ChangeFactor[] {
  const gaps = leader.values.map((value, index) => middle(value) - middle(rival.values[index] ?? { low: 0, high: 0 }));
  const total = gaps.reduce((sum, gap, index) => sum + gap * (weights[index] ?? 0), 0);
  if (total <= SAME) return [];
  return ids.flatMap((criterion, index) => {
    const now = weights[index] ?? 0;
    const gap = gaps[index] ?? 0;
    // Equal on this criterion: its weight moves nothing between the two.
    if (Math.abs(gap) <= SAME || 1 - now <= SAME) return [];
    const others = (total - now * gap) / (1 - now);
    if (Math.abs(others - gap) <= SAME) return [];
    const weight = others / (others - gap);
    if (weight <= 0 || weight >= 1) return [];
    return [{ kind: 'break-even' as const, criterion, weight: round3(weight), now: round3(now), rival: rival.id }];
  });
}

function unknowns(rows: readonly Row[], yardstick: Yardstick): ChangeFactor[] {
  return [...rows]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((row) => yardstick.ids.flatMap((_, index) => unknown(rows, row, index, yardstick)));
}

/** What one value of one option can do, if it is unknown: each end that brings another leader, or the proof that none can. */
function unknown(rows: readonly Row[], row: Row, index: number, yardstick: Yardstick): ChangeFactor[] {
  const value = row.values[index];
  const criterion = yardstick.ids[index];
  if (!value || !criterion || value.low === value.high) return [];
  const turns = ([0, 1] as const).flatMap((end): ChangeFactor[] => {
    const newLeader = leaderWith(rows, row, index, end === 0 ? value.low : value.high, yardstick);
    return newLeader === undefined ? [] : [{ kind: 'unknown', option: row.id, criterion, value: end, newLeader }];
  });
  if (turns.length > 0 || !isHarmless(rows, row, yardstick)) return turns;
  return [{ kind: 'harmless-unknown', option: row.id, criterion }];
}

/** Who leads when one unknown is settled and all others stay in the middle; undefined when it is still the same option. */
function leaderWith(
  rows: readonly Row[],
  changed: Row,
  index: number,
  value: number,
  yardstick: Yardstick,
): string | undefined {
  const settled: Interval = { low: value, high: value };
  const scores = rows.map((row) =>
    expected(row === changed ? { ...row, values: row.values.with(index, settled) } : row, yardstick),
  );
  const best = scores.reduce((top, score, position) => (score > (scores[top] ?? 0) + SAME ? position : top), 0);
  return best === 0 ? undefined : rows[best]?.id;
}

/** No combination of unknown facts lets it pass the leader, or, for the leader's own, lets anyone pass the leader. */
function isHarmless(rows: readonly Row[], row: Row, yardstick: Yardstick): boolean {
  const [leader, ...rivals] = rows;
  if (!leader) return false;
  const floor = lowest(leader, yardstick);
  const challengers = row === leader ? rivals : [row];
  return challengers.every((rival) => highest(rival, yardstick) + SAME < floor);
}

const round3 = (value: number): number => Math.round(value * 1000) / 1000;
