/** Section 6: everything that a person must answer, sorted by how much waits for it. */
import type { Assumption, Derivation, Question, Requirement } from '../../derivation/derivation.types.js';
import type { Gap } from '../../gaps/gap.types.js';
import { CATEGORIES } from '../../../research/research.types.js';
import { compareIds } from '../canonical.js';
import { listed, unique } from '../writing/text.js';
import { comparedGaps, labelOf, type ResearchedGap, type Writing } from '../writing/writing.js';
import { isUnknown, scored } from './comparison-text.js';

type Draft = Omit<Question, 'id'>;

/** The questions renumbered by what they block, and the parts of the derivation that speak of them, renumbered with them. */
export interface AskedDerivation {
  readonly questions: readonly Question[];
  readonly derivation: Derivation;
}

export function askQuestions(writing: Writing, requirements: readonly Requirement[]): AskedDerivation {
  const derivation = withGapIds({ ...writing.input.derivation, requirements }, writing.input.gaps);
  const fresh = [
    ...gapQuestions(writing),
    ...serverLicenceQuestion(writing),
    ...unreachedQuestion(writing, derivation),
  ];
  const known = derivation.questions;
  const last = Math.max(0, ...known.map((question) => Number(/\d+$/.exec(question.id)?.[0] ?? 0)));
  const all = [...known, ...fresh.map((draft, index) => ({ id: `Q-${last + index + 1}`, ...draft }))].map(
    (question) => ({
      ...question,
      blocks: blockedBy(question, derivation),
    }),
  );
  const sorted = [...all].sort((a, b) => b.blocks.length - a.blocks.length || compareIds(a.id, b.id));
  const renamed = new Map(sorted.map((question, index) => [question.id, `Q-${index + 1}`]));
  return { questions: rename(sorted, renamed), derivation: rename(derivation, renamed) };
}

/** Everything that waits: what the question names, requirements that rest on it, and what its assumption is used in. */
function blockedBy(question: Question, { requirements, assumptions }: Derivation): string[] {
  const resting = requirements.filter((requirement) => requirement.from.includes(question.id)).map(({ id }) => id);
  const used = assumptions
    .filter((assumption: Assumption) => assumption.question === question.id)
    .flatMap(({ usedIn }) => usedIn);
  return unique([...question.blocks, ...resting, ...used]).sort((a, b) => rank(a) - rank(b) || compareIds(a, b));
}

function rank(id: string): number {
  const at = ['R', 'G', 'D', 'N'].indexOf(id.charAt(0));
  return at === -1 ? 9 : at;
}

/** The derivation is made before the gaps have ids, so it may name a category where it means the gap. */
function withGapIds(derivation: Derivation, gaps: readonly Gap[]): Derivation {
  const ids = new Map<string, string>(gaps.map((gap) => [gap.category, gap.id]));
  const known = new Set<string>(CATEGORIES);
  const resolve = (id: string) => (known.has(id) ? (ids.get(id) ?? id) : id);
  return {
    ...derivation,
    requirements: derivation.requirements.map((item) => ({ ...item, from: unique(item.from.map(resolve)) })),
    questions: derivation.questions.map((item) => ({ ...item, blocks: unique(item.blocks.map(resolve)) })),
    dataStores: derivation.dataStores.map((item) => ({ ...item, createdBy: unique(item.createdBy.map(resolve)) })),
  };
}

/** Replaces question ids in every text of a value; the words of the brief are not among them. */
function rename<T>(value: T, ids: ReadonlyMap<string, string>): T {
  const walk = (member: unknown): unknown => {
    if (typeof member === 'string') return member.replace(/\bQ-\d+\b/g, (id) => ids.get(id) ?? id);
    if (Array.isArray(member)) return member.map(walk);
    if (member === null || typeof member !== 'object') return member;
    return Object.fromEntries(Object.entries(member).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value) as T;
}

function gapQuestions(writing: Writing): Draft[] {
  const compared = new Map(comparedGaps(writing).map((item) => [item.gap.id, item]));
  return writing.input.gaps.flatMap((gap) => {
    const item = compared.get(gap.id);
    const drafts = item ? needQuestion(item) : [];
    return [...drafts, ...openQuestion(writing, gap), ...conflictQuestion(gap)];
  });
}

/** Only where the missing fact leaves no leader: for a close verdict, section 5 already says which fact turns it. */
function needQuestion(item: ResearchedGap): Draft[] {
  const { comparison, definition, gap, options, decision } = item;
  if (comparison?.verdict !== 'undecidable' || !definition || decision?.by === 'person') return [];
  const open = scored(comparison).filter(({ id }) => isUnknown(item, id, 'C2'));
  if (open.length === 0) return [];
  const names = open.flatMap(({ id }) => options.filter((option) => option.candidate.id === id).map(labelOf));
  const rented = options.some((option) => option.candidate.kind === 'service');
  return [
    {
      key: `need:${gap.category}`,
      text: `Which of ${listed(names)} meets "${definition.need}"? ${rented ? 'Ask each provider in writing.' : 'No record read says so.'}`,
      blocks: [gap.id],
      ifUnanswered: `${gap.id} stays undecided`,
    },
  ];
}

/** One question for all gaps, about options that are in force or may still be: the licence of a server that lost blocks nothing. */
function serverLicenceQuestion(writing: Writing): Draft[] {
  const chosen = writing.choices.map((choice) => choice.option);
  const open = comparedGaps(writing).flatMap(({ gap, options, comparison }) =>
    options
      .filter((option) => comparison?.verdict === 'undecidable' || chosen.includes(option))
      .filter((option) => option.constraints.some(({ id, state }) => id === 'H3' && state === 'unknown'))
      .map((option) => ({ gap: gap.id, label: option.candidate.label })),
  );
  if (open.length === 0) return [];
  return [
    {
      key: 'server-licence',
      text: `Under which licence are the servers behind ${listed(unique(open.map(({ label }) => label)))} run? The record of a client says nothing about its server.`,
      blocks: unique(open.map(({ gap }) => gap)),
      ifUnanswered: 'H3 stays unknown for them',
    },
  ];
}

function openQuestion({ input, researched }: Writing, gap: Gap): Draft[] {
  const waiting = gap.status === 'open' && !researched.some((item) => item.gap.id === gap.id);
  const definition = input.definitions.find((candidate) => candidate.id === gap.category);
  const asked = definition?.openQuestion ?? definition?.question;
  const known = input.derivation.questions.some(
    (question) => question.blocks.includes(gap.category) || question.text === asked,
  );
  if (!waiting || asked === undefined || known) return [];
  return [{ key: `open:${gap.category}`, text: asked, blocks: [gap.id], ifUnanswered: 'gap stays open' }];
}

function conflictQuestion(gap: Gap): Draft[] {
  if (gap.status !== 'conflict') return [];
  const where = gap.evidence.map((piece) => `${piece.where} ("${piece.words}")`);
  const text = `Which one stays for ${gap.category}: ${gap.reason}? See ${listed(unique(where))}.`;
  return [{ key: `conflict:${gap.category}`, text, blocks: [gap.id], ifUnanswered: 'both stay, and both must be run' }];
}

/** Needs that reach no requirement and no gap are asked about in one question, not passed over. */
function unreachedQuestion({ input }: Writing, derivation: Derivation): Draft[] {
  const reached = new Set([
    ...derivation.requirements.flatMap((requirement) => requirement.from),
    ...input.gaps.flatMap((gap) => [...gap.needs, ...gap.evidence.map((piece) => piece.where)]),
    ...derivation.questions.flatMap((question) => [...question.blocks, ...(question.text.match(/\bN\d+\b/g) ?? [])]),
    ...input.read.expansions.map((expansion) => expansion.need),
  ]);
  const left = input.read.needs.filter((need) => !reached.has(need.id));
  if (left.length === 0) return [];
  const text = `${listed(left.map((need) => need.id))} led to no requirement: what must be observable for ${left.length === 1 ? 'it' : 'each of them'} to count as done?`;
  return [{ key: 'unreached', text, blocks: left.map((need) => need.id), ifUnanswered: 'not covered by any test' }];
}
