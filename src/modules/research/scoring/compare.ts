import type { Comparison, ScoredOption, Verdict } from '../comparison.types.js';
import type { Category, CriteriaSet, CriterionId, ResearchedOption } from '../research.types.js';
import { CATEGORY_DEFINITIONS } from '../catalogue/category-definitions.js';
import { topsisAbsolute } from './topsis.js';
import { winShares } from './win-share.js';
import { wouldChange } from './would-change.js';
import type { Row, Yardstick } from './yardstick.js';
import { expected, highest, lowest, middle, rowOf, SAME, weighted, yardstickOf } from './yardstick.js';

/** Criteria about the option itself; the others are about the package it is reached through. */
const OF_THE_SERVICE: readonly CriterionId[] = ['C1', 'C2'];

/** Below this share of draws won, a leader isn't called one. */
const CLOSE_SHARE = 0.6;

/**
 * Compares the options of one category: hard constraints first, then score ranges, second view and verdict.
 *
 * - `none`: no option is admissible; `no-choice`: one is, and one is no comparison, so nothing is scored (zeros)
 * - `undecidable`: the category need is unknown for all, the leader wins under 60 % of the draws, or it is rented and only
 *   facts of its npm client put it ahead (`undecidableBecause`)
 * - `clear`: the leader's lowest score is above every rival's highest
 * - `close`: ranges overlap and the leader wins at least 60 %
 *
 * The order is that of the expected score (unknowns in the middle), which depends on one option alone: adding an option
 * never turns the order of two others. The order of the input doesn't matter.
 *
 * @param seed 32 bits, made from the hash of the inputs
 */
export function compare(
  category: Category,
  options: readonly ResearchedOption[],
  criteria: CriteriaSet,
  seed: number,
): Comparison {
  const sorted = [...options].sort((a, b) => byText(a.candidate.id, b.candidate.id));
  const admissible = sorted.filter(isAdmissible);
  const excluded = sorted.filter((option) => !isAdmissible(option)).map((option) => unscored(option, false));
  if (admissible.length < 2) return withoutComparison(category, admissible, excluded);

  const definition = CATEGORY_DEFINITIONS.find(({ id }) => id === category);
  const yardstick = yardstickOf(admissible, criteria, definition?.yardstick);
  const shares = winShares(
    admissible.map((option) => rowOf(option, yardstick)),
    yardstick,
    seed,
  );
  const ranked = admissible
    .map((option, index) => ({ row: rowOf(option, yardstick), winShare: shares[index] ?? 0 }))
    .sort((a, b) => byExpectation(a.row, b.row, yardstick));
  const rows = ranked.map(({ row }) => row);
  const scored = ranked.map(({ row, winShare }) => score(row, winShare, yardstick));
  const equal = yardstick.ids.filter((_, index) => isEqualForAll(rows, index));
  const verdict = verdictOf(rows, scored[0]?.winShare ?? 0, yardstick);
  const byClient = verdict !== 'undecidable' && leadsByItsClient(rows, admissible, yardstick);
  return {
    category,
    verdict: byClient ? 'undecidable' : verdict,
    ...(byClient && { undecidableBecause: 'client-facts' as const }),
    criteria: yardstick.ids.filter((id) => !equal.includes(id)),
    equalCriteria: equal,
    options: [...scored, ...excluded],
    ...(rows[0] && { leader: rows[0].id }),
    wouldChange: wouldChange(rows, yardstick),
  };
}

/** Unknown is neither pass nor fail: only a failed constraint removes an option. */
export function isAdmissible(option: ResearchedOption): boolean {
  return option.constraints.every(({ state }) => state !== 'fail');
}

/** One option, or none: said so, never padded. */
function withoutComparison(
  category: Category,
  admissible: readonly ResearchedOption[],
  excluded: readonly ScoredOption[],
): Comparison {
  const [only] = admissible;
  return {
    category,
    verdict: only ? 'no-choice' : 'none',
    criteria: [],
    equalCriteria: [],
    options: [...admissible.map((option) => unscored(option, true)), ...excluded],
    ...(only && { leader: only.candidate.id }),
    wouldChange: [],
  };
}

function verdictOf(rows: readonly Row[], leaderShare: number, yardstick: Yardstick): Verdict {
  const [leader, ...rivals] = rows;
  if (!leader || yardstick.ids.length === 0) return 'undecidable';
  if (isUnknownForAll(rows, yardstick.ids.indexOf('C2' satisfies CriterionId))) return 'undecidable';
  const floor = lowest(leader, yardstick);
  if (rivals.every((rival) => highest(rival, yardstick) + SAME < floor)) return 'clear';
  return leaderShare >= CLOSE_SHARE ? 'close' : 'undecidable';
}

/**
 * A rented leader that some rival equals or beats (unknowns in the middle) on what isn't a fact of a package: new servers and
 * the category's need. Contracts are not chosen by the dependencies of their clients.
 */
function leadsByItsClient(rows: readonly Row[], options: readonly ResearchedOption[], yardstick: Yardstick): boolean {
  const [leader, ...rivals] = rows;
  const rented = options.some(({ candidate }) => candidate.id === leader?.id && candidate.rented === true);
  if (!leader || !rented) return false;
  const weights = yardstick.ids.map((id, index) => (OF_THE_SERVICE.includes(id) ? (yardstick.weights[index] ?? 0) : 0));
  const merit = (row: Row): number => weighted(row.values.map(middle), weights);
  return rivals.some((rival) => merit(rival) + SAME >= merit(leader));
}

function isUnknownForAll(rows: readonly Row[], index: number): boolean {
  return index >= 0 && rows.every(({ values }) => values[index]?.low !== values[index]?.high);
}

function isEqualForAll(rows: readonly Row[], index: number): boolean {
  const first = rows[0]?.values[index];
  return first?.low === first?.high && rows.every(({ values }) => sameInterval(values[index], first));
}

const sameInterval = (a: Row['values'][number] | undefined, b: Row['values'][number] | undefined): boolean =>
  a?.low === b?.low && a?.high === b?.high;

function score(row: Row, winShare: number, yardstick: Yardstick): ScoredOption {
  return {
    id: row.id,
    label: row.label,
    admissible: true,
    low: round3(lowest(row, yardstick)),
    high: round3(highest(row, yardstick)),
    topsis: round3(topsisAbsolute(row.values.map(middle), yardstick.weights)),
    winShare,
  };
}

const unscored = ({ candidate }: ResearchedOption, admissible: boolean): ScoredOption => ({
  id: candidate.id,
  label: candidate.label,
  admissible,
  low: 0,
  high: 0,
  topsis: 0,
  winShare: 0,
});

function byExpectation(a: Row, b: Row, yardstick: Yardstick): number {
  const difference = expected(b, yardstick) - expected(a, yardstick);
  return Math.abs(difference) > SAME ? difference : byText(a.id, b.id);
}

/** By code units, never by locale. */
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The only rounding of a score; 1e-12 lifts sums of decimals such as 0.9745 that a double holds as 0.97449…. */
const round3 = (value: number): number => Math.round((value + 1e-12) * 1000) / 1000;
