/** Section 5 as blocks. */
import { CRITERION_IDS, type CriterionId } from '../../../research/research.types.js';
import type { DecisionRow, DecisionSection, TrdBody } from '../document.types.js';
import { heading, list, paragraph, table, type Block } from './blocks.js';
import { plain, rich, strong, type Inline } from './inline.js';

export function decisionBlocks(body: TrdBody): Block[] {
  if (body.decisions.length + body.noChoice.length === 0) return [];
  return [
    heading(2, '5. Decisions'),
    ...constraintBlocks(body),
    ...(body.decisions.length > 0 ? criteriaBlocks(body) : []),
    ...body.decisions.flatMap((section, index) => sectionBlocks(section, `5.${index + 1}`)),
    ...noChoiceBlocks(body),
  ];
}

function constraintBlocks({ hardConstraints }: TrdBody): Block[] {
  if (hardConstraints.length === 0) return [];
  const texts = hardConstraints.map(
    ({ id, text, from }) => `${id} ${text}${from.length === 0 ? '' : ` (${from.join(', ')})`}`,
  );
  return [
    paragraph(
      strong('Hard constraints'),
      plain(`, applied first: ${texts.join(' · ')}. Unknown is neither pass nor fail; it is shown as ?.`),
    ),
  ];
}

function criteriaBlocks({ criteria }: TrdBody): Block[] {
  const rows = criteria.criteria.map((item) => [
    plain(`${item.id} ${item.name}`),
    plain(item.weight.toFixed(2)),
    rich(item.scale),
  ]);
  return [
    paragraph(strong(`Criteria v${criteria.version}`), plain(', absolute scales 0 to 1:')),
    ...table(['criterion', 'weight', 'value'], rows),
    paragraph(
      rich(
        "Win share: 1,000 draws, each weight ± 20 %, each unknown uniform in its interval. **clear**: lowest score above every rival's highest. **close**: ranges overlap, win share at least 60 %. **undecidable**: below 60 %, C2 unknown for all, or a rented service put ahead by its npm client alone. TOPSIS, the second view, is named where it ranks another option first.",
      ),
    ),
  ];
}

function sectionBlocks(section: DecisionSection, number: string): Block[] {
  const needs = section.needs.length === 0 ? '' : ` (${section.needs.join(', ')})`;
  const { decision } = section;
  return [
    heading(3, `${number} ${section.gapId} ${section.category}${needs}`),
    paragraph(plain(`${section.question} C2 asks: ${section.need}.`)),
    ...optionTable(section),
    ...(section.equal === '' ? [] : [paragraph(plain(section.equal))]),
    paragraph(strong('Verdict:'), rich(` ${section.verdict}`)),
    ...(decision?.by === 'person'
      ? [paragraph(strong('Decided by a person:'), plain(` ${decisionText(section)}`))]
      : []),
    ...labelled('Would change it:', section.wouldChange),
    ...labelled('Consequences:', section.consequences),
  ];
}

function decisionText({ decision, rows }: DecisionSection): string {
  const chosen = rows.find((row) => row.optionId === decision?.optionId)?.option ?? decision?.custom ?? 'none';
  return `${chosen}. Reason: ${decision?.reason ?? 'none given'}.`;
}

/** One text stands on the line of its label, several become a list. */
function labelled(label: string, texts: readonly string[]): Block[] {
  const [only, ...more] = texts;
  if (only === undefined) return [];
  if (more.length === 0) return [paragraph(strong(label), rich(` ${only}`))];
  return [paragraph(strong(label)), ...list(texts.map((text) => rich(text)))];
}

function optionTable({ rows }: DecisionSection): Block[] {
  const constraints = [...new Set(rows.flatMap((row) => Object.keys(row.constraints)))]
    .sort()
    .filter((id) => tells(rows, id));
  const criteria = CRITERION_IDS.filter((id) => rows.some((row) => row.values[id] !== undefined));
  const head = ['option', ...constraints, ...criteria, 'score', 'wins'];
  return table(
    head,
    rows.map((row) => optionCells(row, constraints, criteria)),
  );
}

/** How a passed constraint is shown that says nothing more than that it was passed. */
const PASSED: Readonly<Record<string, string>> = { H4: 'allowed', H5: 'inside' };

/** A constraint that every option passes with the same words tells nothing in a column. */
function tells(rows: readonly DecisionRow[], id: string): boolean {
  const passed = PASSED[id];
  return (
    passed === undefined || rows.some((row) => row.constraints[id] !== undefined && row.constraints[id] !== passed)
  );
}

function optionCells(row: DecisionRow, constraints: readonly string[], criteria: readonly CriterionId[]): Inline[] {
  return [
    plain(row.option),
    ...constraints.map((id) => plain(row.constraints[id] ?? '–')),
    ...criteria.map((id) => plain(row.values[id] ?? '–')),
    row.removedBy === undefined ? strong(row.score) : plain(`removed by ${row.removedBy}`),
    plain(row.wins),
  ];
}

function noChoiceBlocks({ noChoice, decisions }: TrdBody): Block[] {
  if (noChoice.length === 0) return [];
  const rows = noChoice.map((row) => [
    plain(`${row.gapId} ${row.category} ${row.needs.join(', ')}`.trim()),
    plain(row.admissible),
    plain(row.removed),
    plain(row.whatToDo),
  ]);
  return [
    heading(3, `5.${decisions.length + 1} Gaps without a comparison`),
    ...table(['gap', 'admissible', 'removed, by which constraint', 'what to do'], rows),
    paragraph(plain('One option is not a comparison: none of these rows has a score.')),
  ];
}
