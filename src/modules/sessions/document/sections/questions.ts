/** Section 6: everything that a person must answer, sorted by how much waits for it. */
import type { Assumption, Derivation, Question, Requirement } from '../../derivation/derivation.types.js';
import type { Need } from '../../brief/brief.types.js';
import type { Gap } from '../../gaps/gap.types.js';
import { hardConstraints } from './frame.js';
import { CATEGORIES } from '../../../research/research.types.js';
import { compareIds } from '../canonical.js';
import { listed, lowerFirst, sentence, unique } from '../writing/text.js';
import { admissible, comparedGaps, labelOf, type ResearchedGap, type Writing } from '../writing/writing.js';
import { equalOnes, isDraw, isUnknown, namesOf, scored } from './comparison-text.js';
import { loadsFor } from './loads.js';

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
    ...silentQuestion(writing),
    ...serverLicenceQuestion(writing),
    ...unreachedQuestion(writing, derivation),
    ...teamQuestion(writing),
  ];
  const known = derivation.questions;
  const last = Math.max(0, ...known.map((question) => Number(/\d{1,9}$/.exec(question.id)?.[0] ?? 0)));
  const all = [...known, ...fresh.map((draft, index) => ({ id: `Q-${last + index + 1}`, ...draft }))].map(
    (question) => ({
      ...question,
      text: sentence(question.text),
      blocks: blockedBy(question, derivation),
    }),
  );
  const sorted = [...all].sort(
    (a, b) => closing(a) - closing(b) || b.blocks.length - a.blocks.length || compareIds(a.id, b.id),
  );
  const renamed = new Map(sorted.map((question, index) => [question.id, `Q-${index + 1}`]));
  return { questions: rename(sorted, renamed), derivation: rename(derivation, renamed) };
}

/** What is asked of every project comes last, however many gaps it is about. */
const closing = ({ key }: Question): number => ['server-licence', 'silent'].indexOf(key) + 1;

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
  const idle = new Set(gaps.filter((gap) => gap.status === 'not-needed').map((gap) => gap.id));
  /** A gap that nobody needs is not blocked, unless the question is about nothing else. */
  const waiting = (blocks: readonly string[]) => {
    const left = blocks.filter((id) => !idle.has(id));
    return left.length > 0 ? left : blocks;
  };
  return {
    ...derivation,
    requirements: derivation.requirements.map((item) => ({ ...item, from: unique(item.from.map(resolve)) })),
    questions: derivation.questions.map((item) => ({ ...item, blocks: waiting(unique(item.blocks.map(resolve))) })),
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
    const drafts = item ? needQuestion(writing, item) : [];
    return [...drafts, ...openQuestion(writing, gap), ...conflictQuestion(gap)];
  });
}

/** Categories that every service needs and no word of this brief speaks of: one question, not one of the same for each project. */
function silentQuestion({ input, researched }: Writing): Draft[] {
  const silent = input.gaps.filter(
    (gap) =>
      gap.rule === 'GAP-OPEN' &&
      !researched.some((item) => item.gap.id === gap.id) &&
      !input.derivation.questions.some((question) => question.blocks.includes(gap.category)),
  );
  if (silent.length === 0) return [];
  return [
    {
      key: 'silent',
      text: `The brief has no word for ${listed(silent.map(({ category }) => category))}: what does the team run already?`,
      blocks: silent.map(({ id }) => id),
      ifUnanswered: 'they stay open',
    },
  ];
}

/** Only where the missing fact leaves no leader: for a close verdict, section 5 already says which fact turns it. */
function needQuestion(writing: Writing, item: ResearchedGap): Draft[] {
  const { comparison, definition, gap, options, decision } = item;
  if (comparison?.verdict !== 'undecidable' || !definition || decision?.by === 'person') return [];
  if (isDraw(comparison) && comparison.undecidableBecause === undefined) {
    const names = namesOf(options);
    const text = `${equalOnes(comparison, names)} are equal on all that was read: ${lowerFirst(definition.openQuestion)}`;
    return [{ key: `need:${gap.category}`, text, blocks: [gap.id], ifUnanswered: `${gap.id} stays undecided` }];
  }
  const rented = rentedIn(item);
  if (rented.length > 1) return [contractQuestion(writing, item, rented)];
  const open = scored(comparison).filter(({ id }) => isUnknown(item, id, 'C2'));
  if (open.length === 0) return [];
  const names = open.flatMap(({ id }) => options.filter((option) => option.candidate.id === id).map(labelOf));
  return [
    {
      key: `need:${gap.category}`,
      text: `Which of ${listed(names)} meets "${definition.need}"? No record read says so.`,
      blocks: [gap.id],
      ifUnanswered: `${gap.id} stays undecided`,
    },
  ];
}

/** What a contract holds and no package does, with the loads of this brief that its price and limits depend on. */
function contractQuestion(
  { input }: Writing,
  { gap, definition, comparison }: ResearchedGap,
  rented: readonly string[],
): Draft {
  const loads = loadsFor(gap.category, input.derivation.derived).map(
    (load) => `${load.name} ${load.shown} (${load.id})`,
  );
  const place = input.read.needs.find((need) =>
    need.triggers.some(({ rule }) => /^(?:RESIDENCY-1|PRIVACY-EU)$/.test(rule)),
  );
  const open = comparison?.undecidableBecause === undefined && definition ? [`whether ${definition.need}`] : [];
  const asked = [
    ...open,
    loads.length === 0 ? 'price and limits' : `price and limits for ${listed(loads)}`,
    place ? `where each keeps data (${place.id})` : 'where each keeps data',
    'how data and contract end',
  ];
  return {
    key: `need:${gap.category}`,
    text: `For ${listed(gap.needs)}, ask ${listed(rented)} in writing: ${listed(asked)}`,
    blocks: [gap.id],
    ifUnanswered: `${gap.id} stays undecided`,
  };
}

function rentedIn({ options, comparison }: ResearchedGap): string[] {
  const ids = comparison ? scored(comparison).map(({ id }) => id) : [];
  return options.flatMap(({ candidate }) => (candidate.rented && ids.includes(candidate.id) ? [candidate.label] : []));
}

/** One question for all gaps, about options that are in force or may still be: the licence of a server that lost blocks nothing. */
function serverLicenceQuestion(writing: Writing): Draft[] {
  const chosen = writing.choices.map((choice) => choice.option);
  const open = comparedGaps(writing).flatMap(({ gap, options, comparison }) =>
    options
      .filter((option) => option.candidate.rented !== true)
      .filter((option) => comparison?.verdict === 'undecidable' || chosen.includes(option))
      .filter((option) => option.constraints.some(({ id, state }) => id === 'H3' && state === 'unknown'))
      .map((option) => ({ gap: gap.id, label: option.candidate.label })),
  );
  if (open.length === 0) return [];
  return [
    {
      key: 'server-licence',
      text: `Under which licence are the servers behind ${listed(unique(open.map(({ label }) => label)))} run?`,
      blocks: unique(open.map(({ gap }) => gap)),
      ifUnanswered: 'H3 stays unknown',
    },
  ];
}

function openQuestion(writing: Writing, gap: Gap): Draft[] {
  if (!isWaiting(writing, gap)) return [];
  const { definitions, derivation } = writing.input;
  const draft = (text: string): Draft[] => [
    { key: `open:${gap.category}`, text, blocks: [gap.id], ifUnanswered: 'gap stays open' },
  ];
  if (gap.rule === 'GAP-NO-CANDIDATE') return draft(missingText(gap));
  const asked = definitions.find((definition) => definition.id === gap.category)?.openQuestion;
  const known = derivation.questions.some(({ blocks, text }) => blocks.includes(gap.category) || text === asked);
  return known || asked === undefined ? [] : draft(asked);
}

/** Open, asked for by words of the brief, and neither compared nor left with one option. */
function isWaiting(writing: Writing, gap: Gap): boolean {
  if (gap.status !== 'open' || gap.rule === 'GAP-OPEN') return false;
  if (comparedGaps(writing).some((item) => item.gap.id === gap.id)) return false;
  const found = writing.researched.find((item) => item.gap.id === gap.id);
  return found === undefined || admissible(found.options).length > 1;
}

function missingText(gap: Gap): string {
  const words = listed(unique(gap.evidence.map((piece) => `"${piece.words}" (${piece.where})`)));
  return `Which provider serves ${words}, at which price per message, and how does it confirm a delivery? The catalogue knows none for this channel`;
}

function conflictQuestion(gap: Gap): Draft[] {
  if (gap.status !== 'conflict') return [];
  const where = gap.evidence.map((piece) => `${piece.where} ("${piece.words}")`);
  const text = `Which one stays for ${gap.category}: ${gap.reason}? See ${listed(unique(where))}.`;
  return [{ key: `conflict:${gap.category}`, text, blocks: [gap.id], ifUnanswered: 'both stay, and both must be run' }];
}

/** Needs that reach no requirement and no gap are asked about in one question, not passed over. */
function unreachedQuestion(writing: Writing, derivation: Derivation): Draft[] {
  const { input } = writing;
  const reached = new Set([
    ...derivation.requirements.flatMap((requirement) => requirement.from),
    ...input.gaps.flatMap((gap) => [...gap.needs, ...gap.evidence.map((piece) => piece.where)]),
    ...derivation.questions.flatMap((question) => [...question.blocks, ...(question.text.match(/\bN\d+\b/g) ?? [])]),
    ...input.read.expansions.map((expansion) => expansion.need),
    ...hardConstraints(writing).flatMap((constraint) => constraint.from),
    ...derivation.derived.flatMap((quantity) => quantity.inputs.map((one) => one.from)),
  ]);
  const left = input.read.needs.filter((need) => !reached.has(need.id) && !isTeam(need));
  if (left.length === 0) return [];
  const text = `${listed(left.map((need) => need.id))} led to no requirement: what must be observable for ${left.length === 1 ? 'it' : 'each of them'} to count as done?`;
  return [{ key: 'unreached', text, blocks: left.map((need) => need.id), ifUnanswered: 'not covered by any test' }];
}

const isTeam = (need: Need): boolean => need.triggers.some(({ rule }) => rule === 'TEAM-1');

/** A team is no requirement: it is what new servers cost (C1), so it is asked who runs them. */
function teamQuestion({ input }: Writing): Draft[] {
  const team = input.read.needs.find(isTeam);
  if (!team) return [];
  const text = `"${team.text}" (${team.id}): who of them runs each server that section 5 adds, and who is called at night?`;
  return [{ key: 'team', text, blocks: [team.id], ifUnanswered: 'each new server costs points in C1' }];
}
