/** Checks 6 and 7: no winner out of noise, no field of straw men. Everything is recomputed from the stored values. */
import type { Comparison, ScoredOption } from '../../../research/comparison.types.js';
import type { CriterionId } from '../../../research/research.types.js';
import type { DecisionRow, DecisionSection, TrdBody } from '../document.types.js';
import { isWeakField } from '../sections/comparison-text.js';
import { CHECKS, failure, type CheckContext, type Failure } from './check.js';

/** Stored scores have three decimals. */
const ROUNDING = 0.0011;
const CLOSE_SHARE = 0.6;

export function checkVerdicts({ body }: CheckContext): Failure[] {
  return body.decisions.flatMap((section) => [
    ...scoreFaults(section, body.criteria).map((detail) =>
      failure('decisionRobustness', CHECKS.verdict, section.gapId, detail),
    ),
    ...verdictFaults(section, body.criteria).map((detail) =>
      failure('decisionRobustness', CHECKS.verdict, section.gapId, detail),
    ),
  ]);
}

function scoreFaults({ comparison, rows }: DecisionSection, criteria: TrdBody['criteria']): string[] {
  return comparison.options.flatMap((option) => {
    const row = rows.find((candidate) => candidate.optionId === option.id);
    if (!option.admissible || !row) return row ? [] : [`${option.id} has no row`];
    const [low, high] = [0, 1].map((end) => sumOf(row, criteria, end)) as [number, number];
    const off = Math.abs(low - option.low) > ROUNDING || Math.abs(high - option.high) > ROUNDING;
    return off
      ? [
          `score of ${row.option}: ${option.low}–${option.high} stored, ${low.toFixed(3)}–${high.toFixed(3)} from its values`,
        ]
      : [];
  });
}

/** Weighted sum over the criteria the row carries, weights brought to a sum of 1. */
function sumOf(row: DecisionRow, criteria: TrdBody['criteria'], end: number): number {
  const used = criteria.criteria.filter((criterion) => row.numbers[criterion.id] !== undefined && criterion.weight > 0);
  const total = used.reduce((sum, criterion) => sum + criterion.weight, 0);
  return used.reduce((sum, { id, weight }) => sum + (weight / total) * (row.numbers[id]?.[end] ?? 0), 0);
}

function verdictFaults(section: DecisionSection, criteria: TrdBody['criteria']): string[] {
  const { comparison } = section;
  const [first, ...rivals] = comparison.options.filter((option) => option.admissible);
  if (!first || rivals.length === 0) return ['fewer than two admissible options are no comparison'];
  const removed = comparison.options.filter((option) => !option.admissible && option.winShare > 0);
  const expected = leadsByItsClient(section, criteria) ? 'undecidable' : expectedVerdict(first, rivals, section);
  return [
    ...(comparison.verdict === expected ? [] : [`verdict ${comparison.verdict}, the values say ${expected}`]),
    ...(section.verdict.startsWith(comparison.verdict) ? [] : [`the text does not say ${comparison.verdict}`]),
    ...removed.map((option) => `${option.id} failed a constraint and still wins draws`),
  ];
}

/** A rented leader has to be ahead by servers (C1) and need (C2), unknowns in the middle: the rest are facts of its npm client. */
function leadsByItsClient({ rows, comparison }: DecisionSection, criteria: TrdBody['criteria']): boolean {
  const [leader, ...rivals] = rows.filter((row) => row.removedBy === undefined);
  if (leader?.rented !== true || leader.optionId !== comparison.leader) return false;
  const merit = (row: DecisionRow): number =>
    criteria.criteria
      .filter(({ id }) => id === 'C1' || id === 'C2')
      .reduce((sum, { id, weight }) => sum + weight * middleOf(row.numbers[id]), 0);
  return rivals.some((rival) => merit(rival) + 1e-9 >= merit(leader));
}

const middleOf = (interval: readonly [number, number] | undefined): number =>
  interval ? (interval[0] + interval[1]) / 2 : 0;

function expectedVerdict(
  first: ScoredOption,
  rivals: readonly ScoredOption[],
  section: DecisionSection,
): Comparison['verdict'] {
  const need: CriterionId = 'C2';
  const open = section.rows
    .filter((row) => row.removedBy === undefined)
    .every((row) => row.numbers[need] !== undefined && row.numbers[need][0] !== row.numbers[need][1]);
  if (open) return 'undecidable';
  if (rivals.every((rival) => rival.high < first.low)) return 'clear';
  return first.winShare >= CLOSE_SHARE ? 'close' : 'undecidable';
}

/** Check 7: options removed by a constraint are no alternatives; a field in which every rival is far behind must say so. */
export function checkStrawMen({ body }: CheckContext): Failure[] {
  return body.decisions.flatMap((section) => {
    const said = section.wouldChange.some((text) => text.includes('0.3 below'));
    const weak = isWeakField(section.comparison) && !said;
    const twice = section.rows.length !== new Set(section.rows.map((row) => row.optionId)).size;
    const scoredRemoved = section.rows.some((row) => row.removedBy !== undefined && row.score !== '–');
    return [
      ...(weak ? ['every rival is more than 0.3 behind and the text does not say so'] : []),
      ...(twice ? ['an option stands twice in the table'] : []),
      ...(scoredRemoved ? ['an option that a constraint removed has a score'] : []),
    ].map((detail) => failure('decisionRobustness', CHECKS.strawMen, section.gapId, detail));
  });
}
