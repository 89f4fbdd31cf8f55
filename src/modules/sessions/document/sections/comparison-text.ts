/** A comparison in words: the verdict with the numbers that carry it, and what would change it. */
import type { ChangeFactor, Comparison, ScoredOption } from '../../../research/comparison.types.js';
import type { CriteriaSet, CriterionId, ResearchedOption } from '../../../research/research.types.js';
import { listed, percent, score, scoreRange, sentence, unique } from '../writing/text.js';
import { labelOf, type ResearchedGap } from '../writing/writing.js';

/** The names under which the options of one gap are printed. */
export type Names = (optionId: string) => string;

export function namesOf(options: readonly ResearchedOption[]): Names {
  const labels = new Map(options.map((option) => [option.candidate.id, labelOf(option)]));
  return (id) => labels.get(id) ?? id;
}

function shortNames(options: readonly ResearchedOption[]): Names {
  const labels = new Map(options.map((option) => [option.candidate.id, option.candidate.label]));
  return (id) => labels.get(id) ?? id;
}

export function scored(comparison: Comparison): ScoredOption[] {
  return comparison.options.filter((option) => option.admissible);
}

export function verdictText(item: ResearchedGap, comparison: Comparison, criteria: CriteriaSet): string {
  const names = shortNames(item.options);
  const [first, ...rivals] = scored(comparison);
  if (!first) return 'no option is admissible';
  const words = {
    clear: () => clearText(first, rivals, names),
    close: () => closeText(first, rivals, names),
    undecidable: () => undecidableText(item, comparison, criteria),
  };
  const verdict = comparison.verdict;
  const text = verdict in words ? words[verdict as keyof typeof words]() : 'no comparison';
  const lost = losses(item, comparison, names);
  const said = lost === '' ? text : `${text.replace(/\.$/, '')}; ${lost}`;
  return [servingText(said, verdict, item), topsisText(comparison, names)].filter((part) => part !== '').join(' ');
}

/** The verdict names the words of the brief it is given for: `clear for "batch" (N5): …`. Without them it would fit any project. */
function servingText(text: string, verdict: string, { gap }: ResearchedGap): string {
  const places = new Map<string, string[]>();
  for (const { words, where } of gap.evidence) places.set(words, [...(places.get(words) ?? []), where]);
  const words = [...places].map(([said, where]) => `"${said}" (${unique(where).join(', ')})`).slice(0, 3);
  if (words.length === 0 || !text.startsWith(verdict)) return text;
  return `${verdict} for ${listed(words)}: ${text
    .slice(verdict.length)
    .replace(/^[,.] /, '')
    .replace(/^Only\b/, 'only')}`;
}

function highest(rivals: readonly ScoredOption[]): ScoredOption | undefined {
  return rivals.reduce<ScoredOption | undefined>(
    (top, rival) => (top && top.high >= rival.high ? top : rival),
    undefined,
  );
}

function clearText(first: ScoredOption, rivals: readonly ScoredOption[], names: Names): string {
  const rival = highest(rivals);
  const against = rival
    ? `; even at its best ${names(rival.id)} reaches ${score(rival.high)}, below ${score(first.low)}`
    : '';
  return `clear, ${names(first.id)}${against}.`;
}

function closeText(first: ScoredOption, rivals: readonly ScoredOption[], names: Names): string {
  const rival = highest(rivals);
  const against = rival
    ? ` ${names(rival.id)} (${scoreRange(rival.low, rival.high)}) overlaps it (${scoreRange(first.low, first.high)}).`
    : '';
  return `close, ${names(first.id)} ahead with ${percent(first.winShare)} of the draws;${against}`;
}

function undecidableText(item: ResearchedGap, comparison: Comparison, criteria: CriteriaSet): string {
  const options = scored(comparison);
  const unknownForAll = options.every(({ id }) => isUnknown(item, id, 'C2'));
  const weight = criteria.criteria.find((criterion) => criterion.id === 'C2')?.weight ?? 0;
  if (unknownForAll && item.definition) {
    const lows = options.map((option) => option.low);
    const gap = Math.max(...lows) - Math.min(...lows);
    return `undecidable. "${item.definition.need}" is in no package record of the ${options.length} options; its weight of ${weight} outweighs the ${score(gap)} that the known facts put between them.`;
  }
  const [top, next] = options;
  const names = shortNames(item.options);
  if (comparison.undecidableBecause === 'client-facts' && top)
    return `undecidable. Only its npm client (${clientFacts(comparison)}) puts ${names(top.id)} ahead, and a contract must not be chosen by that: ask the providers.`;
  if (isDraw(comparison)) return `undecidable. ${equalOnes(comparison, names)} are equal on every criterion read.`;
  if (!top || !next) return 'undecidable.';
  return `undecidable. ${names(top.id)} (${scoreRange(top.low, top.high)}) wins only ${percent(top.winShare)} of the draws against ${names(next.id)} (${scoreRange(next.low, next.high)}).`;
}

/** Criteria that tell the options apart and speak of the package alone. */
function clientFacts(comparison: Comparison): string {
  return comparison.criteria.filter((id) => id !== 'C1' && id !== 'C2').join(', ') || 'nothing else';
}

/** The leader and those that have its very score, without an unknown between them. */
function equalOptions(comparison: Comparison): ScoredOption[] {
  const [top, ...rivals] = scored(comparison);
  if (!top || top.low !== top.high) return [];
  return [top, ...rivals.filter((rival) => rival.low === top.low && rival.high === top.high)];
}

export const isDraw = (comparison: Comparison): boolean => equalOptions(comparison).length > 1;

export const equalOnes = (comparison: Comparison, names: Names): string =>
  listed(equalOptions(comparison).map(({ id }) => names(id)));

/** A value that no evidence settles. */
export function isUnknown(item: ResearchedGap, optionId: string, criterion: CriterionId): boolean {
  const value = item.options
    .find((option) => option.candidate.id === optionId)
    ?.values.find((candidate) => candidate.criterion === criterion);
  return value === undefined || value.low !== value.high;
}

/** Where the next rival loses, by the two criteria that cost it most: known facts only; the others stand in the table. */
function losses(item: ResearchedGap, comparison: Comparison, names: Names): string {
  const [first, ...rivals] = scored(comparison);
  if (!first || comparison.verdict === 'undecidable') return '';
  const lines = rivals.slice(0, 1).flatMap((rival) => {
    const lost = comparison.criteria
      .map((criterion) => ({ criterion, by: difference(item, first.id, rival.id, criterion) }))
      .filter(({ by }) => by !== undefined && by.from - by.to > 0.005)
      .sort((a, b) => (b.by ? b.by.from - b.by.to : 0) - (a.by ? a.by.from - a.by.to : 0))
      .slice(0, 2)
      .map(({ criterion, by }) => `${criterion} (${by?.shown})`);
    return lost.length === 0 ? [] : [`${names(rival.id)} loses on ${listed(lost)}`];
  });
  return lines.length === 0 ? '' : `${lines.join('; ')}.`;
}

function difference(
  item: ResearchedGap,
  first: string,
  rival: string,
  criterion: CriterionId,
): { readonly from: number; readonly to: number; readonly shown: string } | undefined {
  const value = (id: string) =>
    item.options
      .find((option) => option.candidate.id === id)
      ?.values.find((candidate) => candidate.criterion === criterion);
  const [a, b] = [value(first), value(rival)];
  if (!a || !b || a.low !== a.high || b.low !== b.high) return undefined;
  return { from: a.low, to: b.high, shown: `${b.shown} against ${a.shown}` };
}

function topsisText(comparison: Comparison, names: Names): string {
  const options = scored(comparison);
  const best = options.reduce<ScoredOption | undefined>(
    (top, option) => (top && top.topsis >= option.topsis ? top : option),
    undefined,
  );
  if (!best || options.length < 2) return '';
  // Agreement is the rule and said once, in the legend; only a second view that differs is worth a sentence.
  if (best.id === options[0]?.id) return '';
  const first = options[0];
  const against = first ? `${score(best.topsis)} against ${score(first.topsis)}` : score(best.topsis);
  return `TOPSIS, the second view, ranks ${names(best.id)} first (${against}).`;
}

// ---------- what would change it ----------

/** How a missing fact is fetched, by the criterion that misses it. */
const SETTLES: Readonly<Record<CriterionId, string>> = {
  C1: 'find out which server it needs',
  C2: 'read its documentation or try it, and store the page as evidence',
  C3: 'read its record',
  C4: 'read its record',
  C5: 'look for type declarations in the package',
  C6: 'start the test suite once on the required Node.js',
  C7: 'compare its dependencies with the list of replacements',
};

export function wouldChangeTexts(item: ResearchedGap, comparison: Comparison, criteria: CriteriaSet): string[] {
  const names = shortNames(item.options);
  const of = <K extends ChangeFactor['kind']>(kind: K) =>
    comparison.wouldChange.filter((factor): factor is Extract<ChangeFactor, { kind: K }> => factor.kind === kind);
  return [
    ...unknownTexts(of('unknown'), item, criteria),
    ...weightTexts(of('break-even'), names),
    ...settledText(
      dominanceText(of('dominance'), names, scored(comparison).length),
      harmlessText(of('harmless-unknown'), names),
    ),
    ...weakFieldText(comparison, names),
  ];
}

type Unknown = Extract<ChangeFactor, { kind: 'unknown' }>;

/** Options for which the same missing fact has the same effect share a sentence. */
function unknownTexts(factors: readonly Unknown[], item: ResearchedGap, criteria: CriteriaSet): string[] {
  const groups = new Map<string, Unknown[]>();
  for (const factor of factors) {
    const key = `${factor.criterion} ${factor.value} ${factor.newLeader === factor.option ? '' : factor.newLeader}`;
    groups.set(key, [...(groups.get(key) ?? []), factor]);
  }
  return [...groups.values()].flatMap((group) => unknownText(group, item, criteria));
}

function unknownText(group: readonly Unknown[], item: ResearchedGap, criteria: CriteriaSet): string[] {
  const [factor] = group;
  if (!factor) return [];
  const names = shortNames(item.options);
  const name = criteria.criteria.find((criterion) => criterion.id === factor.criterion)?.name ?? '';
  const fact =
    factor.criterion === 'C2' && item.definition ? `"${item.definition.need}"` : `${factor.criterion} (${name})`;
  const value = factor.value === 1 ? 'in full' : 'not at all';
  const leader = factor.newLeader === factor.option ? 'it leads' : `${names(factor.newLeader)} leads`;
  const who = listed(
    group.map(({ option }) => names(option)),
    'or',
  );
  return [`If ${who} meets ${fact} ${value}, ${leader}: ${SETTLES[factor.criterion]}.`];
}

type BreakEven = Extract<ChangeFactor, { kind: 'break-even' }>;

/** One sentence per rival, with each weight that would put it ahead. */
function weightTexts(factors: readonly BreakEven[], names: Names): string[] {
  const rivals = [...new Set(factors.map((factor) => factor.rival))];
  return rivals.map((rival) => {
    const weights = factors.filter((factor) => factor.rival === rival).map(weightText);
    return `${names(rival)} gets ahead with a weight of ${listed(weights, 'or')}.`;
  });
}

function weightText({ criterion, weight, now }: BreakEven): string {
  return `${criterion} ${weight > now ? 'above' : 'below'} ${Number(weight.toFixed(2))} (now ${now})`;
}

/** What can't change the result, weights and unknown facts, in one sentence. */
function settledText(dominance: string, harmless: string): string[] {
  const parts = [dominance, harmless].filter((part) => part !== '');
  return parts.length === 0 ? [] : [`${sentence(parts.join('; '))}.`];
}

function dominanceText(
  factors: readonly Extract<ChangeFactor, { kind: 'dominance' }>[],
  names: Names,
  options: number,
): string {
  const leader = factors[0]?.leader;
  if (leader === undefined) return '';
  const rivals = factors.map((factor) => names(factor.rival));
  const who = rivals.length === options - 1 ? 'any rival' : listed(rivals, 'or');
  return `no weights put ${who} ahead, because ${names(leader)} is at least equal on every criterion`;
}

function harmlessText(factors: readonly Extract<ChangeFactor, { kind: 'harmless-unknown' }>[], names: Names): string {
  if (factors.length === 0) return '';
  const list = listed(factors.map((factor) => `${factor.criterion} of ${names(factor.option)}`));
  return `not looked up, because no value changes the leader: ${list}`;
}

/** Rivals that all lie far below are no real alternatives (notes, check 7): the reader must know. */
function weakFieldText(comparison: Comparison, names: Names): string[] {
  const [first, ...rivals] = scored(comparison);
  if (!first || !isWeakField(comparison)) return [];
  return [
    `Every rival stays more than 0.3 below ${names(first.id)} (${listed(rivals.map((rival) => score(rival.high)))}): the field is weak, and the margin says little.`,
  ];
}

export function isWeakField(comparison: Comparison): boolean {
  const [first, ...rivals] = scored(comparison);
  return first !== undefined && rivals.length > 0 && rivals.every((rival) => first.low - rival.high > 0.3);
}
