/** What every section of the document needs to know: the ordered input, the choices in force and the book of evidence. */
import type { Comparison } from '../../../research/comparison.types.js';
import type { CategoryDefinition, PackageRecord, ResearchedOption, Sha256 } from '../../../research/research.types.js';
import type { Decision, Gap } from '../../gaps/gap.types.js';
import { compareIds } from '../canonical.js';
import type { DocumentInput } from '../document.types.js';
import { EvidenceBook } from './evidence-book.js';
import { orderedInput } from './ordered-input.js';

/** How an option came to be in force. `lead`: nobody decided, it leads its comparison; `only`: the others fell to a hard constraint. */
export type ChosenBy = 'decision' | 'lead' | 'only';

/** The option in force for a gap; a name a person typed has no option behind it and is not here. */
export interface Choice {
  readonly gap: Gap;
  readonly option: ResearchedOption;
  readonly by: ChosenBy;
}

export interface ResearchedGap {
  readonly gap: Gap;
  readonly definition: CategoryDefinition | undefined;
  readonly options: readonly ResearchedOption[];
  readonly comparison: Comparison | undefined;
  readonly decision: Decision | undefined;
}

export interface Writing {
  readonly input: DocumentInput;
  readonly book: EvidenceBook;
  /** Gaps with research, in the order of their ids. */
  readonly researched: readonly ResearchedGap[];
  readonly choices: readonly Choice[];
}

/** @param cited pieces to number; absent: every piece that may be cited */
export function beginWriting(unordered: DocumentInput, cited?: ReadonlySet<Sha256>): Writing {
  const input = orderedInput(unordered);
  const researched = [...input.gaps]
    .sort((a, b) => compareIds(a.id, b.id))
    .flatMap((gap) => researchedGap(gap, input) ?? []);
  const choices = researched.flatMap((item) => choiceOf(item) ?? []);
  const book = new EvidenceBook(withBrief(input), cited ?? citedHashes(input));
  return { input, book, researched, choices };
}

function withBrief(input: DocumentInput): ReadonlyMap<Sha256, DocumentInput['briefEvidence']> {
  return new Map([...input.evidence, [input.briefEvidence.sha256, input.briefEvidence]]);
}

/** Everything that may be cited: the brief, what options cite, the records of options, and the data sets. */
function citedHashes(input: DocumentInput): Sha256[] {
  const options = input.research.flatMap((result) => result.options);
  const subjects = new Set(options.flatMap(({ record }) => (record ? [`${record.name}@${record.version}`] : [])));
  const citations = options.flatMap((option) => [
    ...option.constraints.flatMap((constraint) => constraint.citations),
    ...option.values.flatMap((value) => value.citations),
  ]);
  const found = [...input.evidence.values()].filter(
    (piece) =>
      piece.source === 'dataset' || (piece.subject && subjects.has(`${piece.subject.name}@${piece.subject.version}`)),
  );
  return [
    input.briefEvidence.sha256,
    ...citations.map((citation) => citation.evidence),
    ...found.map((piece) => piece.sha256),
  ];
}

function researchedGap(gap: Gap, input: DocumentInput): ResearchedGap | undefined {
  const result = input.research.find((research) => research.category === gap.category);
  if (!result) return undefined;
  return {
    gap,
    definition: input.definitions.find((definition) => definition.id === gap.category),
    options: result.options,
    comparison: input.comparisons.find((comparison) => comparison.category === gap.category),
    decision: input.decisions.find((decision) => decision.gapId === gap.id || decision.category === gap.category),
  };
}

function choiceOf(item: ResearchedGap): Choice | undefined {
  const { gap, options, decision } = item;
  const decided = optionBy(options, decision?.optionId);
  if (decided) return { gap, option: decided, by: 'decision' };
  if (decision?.custom !== undefined) return undefined;
  const [only, second] = admissible(options);
  if (only && !second) return { gap, option: only, by: 'only' };
  const lead = leadOf(item);
  return lead && { gap, option: lead, by: 'lead' };
}

function optionBy(options: readonly ResearchedOption[], id: string | undefined): ResearchedOption | undefined {
  return options.find((option) => option.candidate.id === id);
}

function leadOf({ options, comparison }: ResearchedGap): ResearchedOption | undefined {
  const decided = comparison?.verdict === 'clear' || comparison?.verdict === 'close';
  return decided ? optionBy(options, comparison.leader) : undefined;
}

/** Options that no hard constraint removed. Unknown is neither pass nor fail. */
export function admissible(options: readonly ResearchedOption[]): ResearchedOption[] {
  return options.filter((option) => option.constraints.every((constraint) => constraint.state !== 'fail'));
}

/** `pg-boss 12.38.0`; the bare label when no record was read. */
export function labelOf(option: ResearchedOption): string {
  return option.record ? `${option.candidate.label} ${option.record.version}` : option.candidate.label;
}

/** Choices that install a package and whose record was read. */
export function chosenRecords(writing: Writing): { readonly choice: Choice; readonly record: PackageRecord }[] {
  return writing.choices.flatMap((choice) => (choice.option.record ? [{ choice, record: choice.option.record }] : []));
}

/** Peers that must be installed: those not marked optional. */
export function requiredPeers(record: PackageRecord): [name: string, range: string][] {
  return Object.entries(record.peerDependencies ?? {}).filter(
    ([name]) => record.peerDependenciesMeta?.[name]?.optional !== true,
  );
}

/** The words that keep data at one place. */
export function placeNeeds(needs: DocumentInput['read']['needs']): string[] {
  const rules = ['RESIDENCY-1', 'ONPREM-1'];
  return needs.filter((need) => need.triggers.some(({ rule }) => rules.includes(rule))).map(({ id }) => id);
}

/** The section a decision stands in: `5.1` for the first compared gap; rows without comparison stand in the section after them. */
export function sectionOf(writing: Writing, gapId: string): string {
  const index = comparedGaps(writing).findIndex((item) => item.gap.id === gapId);
  return index === -1 ? `5.${comparedGaps(writing).length + 1}` : `5.${index + 1}`;
}

/** Is anything known of it beyond the servers it needs? Options of which nothing was read are listed and not scored. */
function isKnown(option: ResearchedOption): boolean {
  const need = option.values.find((value) => value.criterion === 'C2');
  return option.record !== undefined || (need !== undefined && need.low === need.high);
}

/** Gaps with at least two admissible options, a comparison and something read: the only ones that may show a score. */
export function comparedGaps(writing: Writing): ResearchedGap[] {
  return writing.researched.filter(
    (item) =>
      item.comparison !== undefined &&
      item.comparison.verdict !== 'no-choice' &&
      item.comparison.verdict !== 'none' &&
      admissible(item.options).length >= 2 &&
      (item.decision?.by === 'person' || admissible(item.options).some(isKnown)),
  );
}
