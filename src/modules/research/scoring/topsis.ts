/** TOPSIS: how near an option is to an ideal and how far from its opposite (Hwang and Yoon, 1981). 1 is the ideal itself. */

export interface Ideal {
  /** Best and worst value per criterion, on the weighted scale in which distances are taken. */
  readonly best: readonly number[];
  readonly worst: readonly number[];
}

/**
 * Classical TOPSIS: columns normalised by their Euclidean length, weighted, compared with the best and worst of the options
 * at hand (or with a given ideal on that same scale).
 *
 * @param matrix one row an option, one column a criterion
 * @param directions per column whether more or less is better; default `max`
 * @returns closeness 0-1 per row
 */
export function topsis(
  matrix: readonly (readonly number[])[],
  weights: readonly number[],
  ideal?: Ideal,
  directions: readonly ('min' | 'max')[] = weights.map(() => 'max' as const),
): number[] {
  const lengths = weights.map((_, column) => Math.sqrt(sum(matrix.map((row) => square(at(row, column))))));
  const weighted = matrix.map((row) =>
    weights.map((weight, column) => {
      const length = at(lengths, column);
      return length === 0 ? 0 : (weight * at(row, column)) / length;
    }),
  );
  const reference = ideal ?? idealOf(weighted, directions);
  return weighted.map((row) => closeness(row, reference));
}

/**
 * TOPSIS for values that already lie on absolute scales from 0 to 1: no normalisation, the ideal is 1 and its opposite 0 on
 * each criterion. So the closeness of one option doesn't depend on the others.
 */
export function topsisAbsolute(values: readonly number[], weights: readonly number[]): number {
  const weighted = weights.map((weight, column) => weight * at(values, column));
  return closeness(weighted, { best: weights, worst: weights.map(() => 0) });
}

function idealOf(weighted: readonly (readonly number[])[], directions: readonly ('min' | 'max')[]): Ideal {
  const columns = directions.map((_, column) => weighted.map((row) => at(row, column)));
  const extreme = (column: readonly number[], high: boolean) => (high ? Math.max(...column) : Math.min(...column));
  return {
    best: columns.map((column, index) => extreme(column, directions[index] === 'max')),
    worst: columns.map((column, index) => extreme(column, directions[index] !== 'max')),
  };
}

function closeness(row: readonly number[], { best, worst }: Ideal): number {
  const toBest = distance(row, best);
  const toWorst = distance(row, worst);
  // Both are 0 only when the ideal equals its opposite: no criterion tells anything.
  return toBest + toWorst === 0 ? 0 : toWorst / (toBest + toWorst);
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.sqrt(sum(a.map((value, index) => square(value - at(b, index)))));

const square = (value: number): number => value * value;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const at = (values: readonly number[], index: number): number => values[index] ?? 0;
