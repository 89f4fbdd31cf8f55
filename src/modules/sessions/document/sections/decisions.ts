/** Section 5: one table and verdict per compared gap, with a claim for every fact a cell shows. */
import type { Comparison, ScoredOption } from '../../../research/comparison.types.js';
import type { ConstraintResult, ResearchedOption, Sha256 } from '../../../research/research.types.js';
import { compareText } from '../canonical.js';
import type { DecisionRow, DecisionSection } from '../document.types.js';
import { percent, scoreRange } from '../writing/text.js';
import { comparedGaps, labelOf, sectionOf, type ResearchedGap, type Writing } from '../writing/writing.js';
import { verdictText, wouldChangeTexts } from './comparison-text.js';
import { consequencesOf } from './consequences.js';

export function decisionSections(writing: Writing): DecisionSection[] {
  claimOptions(writing);
  return comparedGaps(writing).flatMap((item) => (item.comparison ? [sectionFor(writing, item, item.comparison)] : []));
}

function sectionFor(writing: Writing, item: ResearchedGap, comparison: Comparison): DecisionSection {
  const { criteria } = writing.input;
  const { gap, definition } = item;
  return {
    gapId: gap.id,
    category: gap.category,
    question: definition?.question ?? gap.category,
    need: definition?.need ?? '',
    needs: gap.needs,
    comparison,
    rows: comparison.options.flatMap((scored) => rowFor(writing, item, comparison, scored)),
    equal: equalText(item, comparison),
    verdict: verdictText(item, comparison, criteria),
    wouldChange: wouldChangeTexts(item, comparison, criteria),
    consequences: consequencesOf(writing, item),
    ...(item.decision ? { decision: item.decision } : {}),
  };
}

function rowFor(writing: Writing, item: ResearchedGap, comparison: Comparison, scored: ScoredOption): DecisionRow[] {
  const option = item.options.find((candidate) => candidate.candidate.id === scored.id);
  if (!option) return [];
  const record = writing.book.recordOf(option)?.sha256;
  const values = option.values.filter((value) => comparison.criteria.includes(value.criterion));
  const removedBy = removalText(option);
  return [
    {
      optionId: scored.id,
      option: labelOf(option),
      constraints: constraintCells(writing, option, record),
      values: Object.fromEntries(
        values.map((value) => [
          value.criterion,
          withMarks(value.shown, writing.book.marks(value.citations, record === undefined ? [] : [record])),
        ]),
      ),
      numbers: intervals(option, comparison),
      score: scored.admissible ? scoreRange(scored.low, scored.high) : '–',
      wins: scored.admissible ? percent(scored.winShare) : '–',
      ...(removedBy === undefined ? {} : { removedBy }),
      ...(option.candidate.rented === true ? { rented: true as const } : {}),
    },
  ];
}

/** What the sum is made of. A criterion without a value for this option is open: [0, 1]. */
function intervals(option: ResearchedOption, comparison: Comparison): DecisionRow['numbers'] {
  const summed = [...comparison.criteria, ...comparison.equalCriteria];
  return Object.fromEntries(
    summed.sort(compareText).map((criterion) => {
      const value = option.values.find((candidate) => candidate.criterion === criterion);
      return [criterion, value ? [value.low, value.high] : [0, 1]];
    }),
  );
}

function constraintCells(
  writing: Writing,
  option: ResearchedOption,
  record: Sha256 | undefined,
): Record<string, string> {
  const marked = record === undefined ? undefined : writing.book.idOf(record);
  return Object.fromEntries(
    option.constraints
      .filter((constraint) => constraint.state !== 'not-applicable')
      .map((constraint) => [constraint.id, constraintCell(constraint, constraint.id === 'H1' ? marked : undefined)]),
  );
}

function constraintCell(constraint: ConstraintResult, mark: string | undefined): string {
  const shown = constraint.state === 'fail' ? `${constraint.shown} (fails)` : constraint.shown;
  return withMarks(shown, mark ?? '');
}

function withMarks(shown: string, marks: string): string {
  return marks === '' ? shown : `${shown} ${marks}`;
}

const CONSTRAINT_WORDS: Readonly<Record<ConstraintResult['id'], string>> = {
  H1: 'licence',
  H2: 'Node range',
  H3: 'licence of its server',
  H4: 'forbidden by the brief',
  H5: 'place of the data',
};

/** `H1: licence MIT-0`, one for each failed constraint; undefined when none failed. */
export function removalText(option: ResearchedOption): string | undefined {
  const failed = option.constraints.filter((constraint) => constraint.state === 'fail');
  if (failed.length === 0) return undefined;
  return failed
    .map(({ id, shown }) =>
      id === 'H4' || id === 'H5' ? `${id}: ${shown}` : `${id}: ${CONSTRAINT_WORDS[id]} ${shown}`,
    )
    .join('; ');
}

/** `C1 = C4 = 1 for all.`: criteria that cannot tell the options apart leave the table. */
function equalText(item: ResearchedGap, comparison: Comparison): string {
  const first = item.options.find((option) => option.candidate.id === comparison.options[0]?.id);
  const groups = new Map<string, string[]>();
  for (const criterion of comparison.equalCriteria) {
    const value = first?.values.find((candidate) => candidate.criterion === criterion);
    if (!value) continue;
    const shown = value.low === value.high ? String(Number(value.low.toFixed(2))) : '?';
    groups.set(shown, [...(groups.get(shown) ?? []), criterion]);
  }
  return [...groups].map(([value, ids]) => `${ids.join(' = ')} = ${value} for all.`).join(' ');
}

/** Every cited fact of every option, also of those that a constraint removed: a removal must be provable. */
function claimOptions(writing: Writing): void {
  for (const { gap, options } of writing.researched) {
    const section = sectionOf(writing, gap.id);
    for (const option of options) claimOption(writing, section, option);
  }
}

function claimOption({ book }: Writing, section: string, option: ResearchedOption): void {
  const { record } = option;
  const subject = record && { name: record.name, version: record.version };
  if (record) book.claimField(section, record, ['version'], record.version);
  for (const constraint of option.constraints) {
    const text = `${labelOf(option)}: ${CONSTRAINT_WORDS[constraint.id]} ${constraint.shown} (${constraint.id} ${constraint.state})`;
    for (const citation of constraint.citations) book.claim(section, text, citation, subjectFor(citation.evidence));
  }
  for (const value of option.values) {
    const text = `${labelOf(option)}: ${value.criterion} is ${value.shown}`;
    for (const citation of value.citations) book.claim(section, text, citation, subjectFor(citation.evidence));
  }

  /** Only the option's own record must speak of the option; a data set or a companion's record speaks of more. */
  function subjectFor(evidence: Sha256): typeof subject {
    return book.recordOf(option)?.sha256 === evidence ? subject : undefined;
  }
}
