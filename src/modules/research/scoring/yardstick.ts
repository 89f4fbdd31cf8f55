import type { CriterionId, CriteriaSet, CriterionValue, ResearchedOption } from '../research.types.js';
import { CRITERION_IDS } from '../research.types.js';

/** The criteria an option is summed over, their weights (renormalised to 1), and one interval each. Same order everywhere. */
export interface Yardstick {
  readonly ids: readonly CriterionId[];
  readonly weights: readonly number[];
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** One admissible option as intervals in the order of the yardstick. */
export interface Row {
  readonly id: string;
  readonly label: string;
  readonly values: readonly Interval[];
}

/**
 * Which criteria count: those of the category that have a weight and a value of at least one option. It must not depend on
 * the options beyond that: a criterion nobody has a value for adds the same to all, so one more option can't turn the order
 * of two others. With no weight left the yardstick is empty.
 */
export function yardstickOf(
  options: readonly ResearchedOption[],
  criteria: CriteriaSet,
  allowed: readonly CriterionId[] = CRITERION_IDS,
): Yardstick {
  const valued = new Set(options.flatMap(({ values }) => values.map(({ criterion }) => criterion)));
  const weightOf = new Map(criteria.criteria.map(({ id, weight }) => [id, weight]));
  const ids = CRITERION_IDS.filter((id) => allowed.includes(id) && valued.has(id) && (weightOf.get(id) ?? 0) > 0);
  const total = ids.reduce((sum, id) => sum + (weightOf.get(id) ?? 0), 0);
  return { ids, weights: ids.map((id) => (weightOf.get(id) ?? 0) / total) };
}

/** A criterion that says nothing about an option's kind is unknown for it, never "good". */
export function rowOf(option: ResearchedOption, { ids }: Yardstick): Row {
  const find = (id: CriterionId): CriterionValue | undefined => option.values.find(({ criterion }) => criterion === id);
  const values = ids.map((id) => {
    const value = find(id);
    return value ? { low: value.low, high: value.high } : { low: 0, high: 1 };
  });
  return { id: option.candidate.id, label: option.candidate.label, values };
}

export const middle = ({ low, high }: Interval): number => (low + high) / 2;

/** Weighted sum in the fixed order of the criteria: the same numbers give the same bits. */
export function weighted(values: readonly number[], weights: readonly number[]): number {
  return weights.reduce((total, weight, index) => total + weight * (values[index] ?? 0), 0);
}

export const lowest = (row: Row, { weights }: Yardstick): number =>
  weighted(
    row.values.map(({ low }) => low),
    weights,
  );

export const highest = (row: Row, { weights }: Yardstick): number =>
  weighted(
    row.values.map(({ high }) => high),
    weights,
  );

export const expected = (row: Row, { weights }: Yardstick): number => weighted(row.values.map(middle), weights);

/** Differences below this are rounding of sums of decimals and count as equal. */
export const SAME = 1e-9;
