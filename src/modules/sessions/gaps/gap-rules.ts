/**
 * The rules that give each category its status, in the order in which they are tried; the first that applies wins:
 * GAP-CONFLICT, GAP-EOL, GAP-DEPRECATED, GAP-NAMED, GAP-PARTIAL, GAP-NO-CANDIDATE, GAP-TRIGGERED, GAP-IMPLIED, GAP-CORE, GAP-OPEN, GAP-NO-TRIGGER.
 * `GAP-FOLLOWS` runs afterwards, because it needs the status of the category that leads.
 */
import { major, minVersion, validRange } from 'semver';
import type { Candidate, Category, CategoryDefinition } from '../../research/research.types.js';
import type { Gap, GapEvidence, GapInput, NodeRelease, NodeSchedule, StackFact } from './gap.types.js';

export type GapDraft = Omit<Gap, 'id'>;

/** Compared even when no word of the brief asks for them: every service has them and they shape its code. */
const CORE: readonly Category[] = ['framework-web', 'database-primary', 'orm-query'];

/** Two names in one of these are two answers to one question; in the others several tools live side by side. */
const SINGLE: readonly Category[] = [
  'framework-web',
  'database-primary',
  'orm-query',
  'migrations',
  'search-engine',
  'queue-jobs',
  'payments',
];

interface Named {
  readonly slug: string;
  readonly evidence: GapEvidence;
  readonly need?: string;
  readonly version?: string;
}

/** Facts about one category, gathered once so that each rule stays a few lines. */
export interface CategoryView {
  readonly category: Category;
  readonly definition: CategoryDefinition | undefined;
  readonly candidates: readonly Candidate[];
  readonly named: readonly Named[];
  readonly triggers: readonly { readonly need: string; readonly rule: string; readonly words: string }[];
  readonly input: GapInput;
}

export function viewOf(category: Category, input: GapInput): CategoryView {
  return {
    category,
    definition: input.definitions.find((definition) => definition.id === category),
    candidates: input.candidates.filter((candidate) => candidate.category === category),
    named: [...namedInBrief(category, input), ...namedInCode(category, input.stack)],
    triggers: input.read.needs.flatMap((need) =>
      need.triggers
        .filter((trigger) => trigger.opens.includes(category))
        .map((trigger) => ({ need: need.id, rule: trigger.rule, words: trigger.words })),
    ),
    input,
  };
}

function namedInBrief(category: Category, { read }: GapInput): Named[] {
  const inUse = read.inUse
    .filter((use) => use.category === category)
    .map((use) => ({ slug: use.slug, need: use.need, evidence: { where: use.need, words: wordsOf(use.need, read) } }));
  const pinned = read.constraints.pinned[category];
  if (pinned === undefined || inUse.some((use) => use.slug === pinned)) return inUse;
  return [...inUse, { slug: pinned, evidence: { where: '/constraints/pinned', words: `${category}: ${pinned}` } }];
}

function wordsOf(needId: string, read: GapInput['read']): string {
  return read.needs.find((need) => need.id === needId)?.text ?? needId;
}

function namedInCode(category: Category, stack: readonly StackFact[]): Named[] {
  return stack
    .filter((fact) => fact.category === category)
    .map((fact) => ({
      slug: fact.slug,
      evidence: { where: `${fact.file}:${fact.line}`, words: fact.words },
      ...(fact.version === undefined ? {} : { version: fact.version }),
    }))
    .sort((a, b) => compareText(a.evidence.where + a.slug, b.evidence.where + b.slug));
}

/** Order by code units: the same on every machine, unlike a locale's. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Rule = (view: CategoryView) => GapDraft | undefined;

const RULES: readonly Rule[] = [
  undefinedCategory,
  conflict,
  endOfLife,
  deprecated,
  named,
  partial,
  channelWithoutCandidate,
  triggered,
  implied,
  core,
  openWithoutWord,
];

/** The status of one category before `GAP-FOLLOWS`. */
export function statusOf(view: CategoryView): GapDraft {
  for (const rule of RULES) {
    const draft = rule(view);
    if (draft) return draft;
  }
  return draftOf(view, 'not-needed', 'GAP-NO-TRIGGER', 'no word of the brief and no line of the code asks for it');
}

function draftOf(
  view: CategoryView,
  status: Gap['status'],
  rule: string,
  reason: string,
  more: Partial<GapDraft> = {},
): GapDraft {
  const needs = [
    ...view.triggers.map((trigger) => trigger.need),
    ...view.named.flatMap((name) => (name.need === undefined ? [] : [name.need])),
  ];
  return {
    category: view.category,
    status,
    rule,
    reason,
    evidence: more.evidence ?? [],
    needs: more.needs ?? sortNeeds(needs),
    research: (more.research ?? false) && view.candidates.length > 0,
    ...(more.decidedBy === undefined ? {} : { decidedBy: more.decidedBy }),
  };
}

function sortNeeds(needs: readonly string[]): string[] {
  return [...new Set(needs)].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)) || compareText(a, b));
}

function undefinedCategory(view: CategoryView): GapDraft | undefined {
  if (view.definition) return undefined;
  return draftOf(view, 'unknown', 'GAP-UNKNOWN', 'the catalogue has no definition of this category');
}

function conflict(view: CategoryView): GapDraft | undefined {
  const evidence = view.named.map((name) => name.evidence);
  const slugs = [...new Set(view.named.map((name) => name.slug))].sort(compareText);
  if (SINGLE.includes(view.category) && slugs.length > 1) {
    const reason = `two in one role: ${slugs.join(' and ')}`;
    return draftOf(view, 'conflict', 'GAP-CONFLICT', reason, { evidence, research: true });
  }
  const wanted = view.input.read.constraints.engines['node'];
  const coded = view.named.find((name) => name.slug === 'nodejs' && name.version !== undefined);
  if (view.category !== 'runtime' || wanted === undefined || coded?.version === undefined) return undefined;
  if (sameMajor(wanted, coded.version)) return undefined;
  const reason = `the brief wants Node.js ${wanted}, ${coded.evidence.where} says ${coded.version}`;
  return draftOf(view, 'conflict', 'GAP-CONFLICT', reason, { evidence, decidedBy: 'nodejs' });
}

function sameMajor(a: string, b: string): boolean {
  const [left, right] = [majorOf(a), majorOf(b)];
  return left === undefined || right === undefined || left === right;
}

/** Lowest major of a range (`24.x` → 24), or undefined when it is no range. */
export function majorOf(range: string): number | undefined {
  const lowest = validRange(range) === null ? null : minVersion(range);
  return lowest === null ? undefined : major(lowest);
}

/** The schedule's line for a range, when both are known. */
export function releaseOf(range: string | undefined, schedule: NodeSchedule | undefined): NodeRelease | undefined {
  const line = range === undefined ? undefined : majorOf(range);
  return line === undefined ? undefined : schedule?.[`v${line}`];
}

function endOfLife(view: CategoryView): GapDraft | undefined {
  const { read, nodeSchedule, factsDate } = view.input;
  if (view.category !== 'runtime' || factsDate === undefined) return undefined;
  const node = view.named.find((name) => name.slug === 'nodejs');
  const range = node?.version ?? read.constraints.engines['node'];
  const end = releaseOf(range, nodeSchedule)?.end;
  if (node === undefined || end === undefined || end >= factsDate) return undefined;
  const reason = `Node.js ${range} reached its end of life on ${end}`;
  return draftOf(view, 'obsolete', 'GAP-EOL', reason, { evidence: [node.evidence], decidedBy: 'nodejs' });
}

function deprecated(view: CategoryView): GapDraft | undefined {
  const known = view.input.deprecated ?? {};
  const hit = view.named.find((name) => Object.hasOwn(known, name.slug));
  if (!hit) return undefined;
  const reason = `${hit.slug} is deprecated or replaced: ${known[hit.slug]}`;
  return draftOf(view, 'obsolete', 'GAP-DEPRECATED', reason, { evidence: [hit.evidence], research: true });
}

/** Languages stand beside the runtime in one category; the runtime is what decides it. */
const LANGUAGES: readonly string[] = ['typescript', 'javascript', 'kotlin'];

function deciding(names: readonly Named[]): Named | undefined {
  return names.find((name) => !LANGUAGES.includes(name.slug)) ?? names[0];
}

function named(view: CategoryView): GapDraft | undefined {
  const first = deciding(view.named);
  if (!first) return undefined;
  const slugs = [...new Set(view.named.map((name) => name.slug))];
  return draftOf(view, 'decided', 'GAP-NAMED', `named: ${slugs.join(', ')}`, {
    evidence: view.named.map((name) => name.evidence),
    decidedBy: first.slug,
  });
}

/** What the code has halfway: one category present, its natural other half missing. Says nothing when there is no code. */
const HALVES: Readonly<Partial<Record<Category, { readonly given: readonly Category[]; readonly says: string }>>> = {
  migrations: { given: ['database-primary', 'orm-query'], says: 'the code uses a database and no migration tool' },
  authorization: { given: ['authentication'], says: 'the code signs users in and checks no right' },
  validation: { given: ['framework-web'], says: 'the code has a web framework and no schema validation' },
  testing: { given: ['framework-web'], says: 'the code has a web framework and no test runner' },
};

function partial(view: CategoryView): GapDraft | undefined {
  const half = HALVES[view.category];
  const fact = view.input.stack
    .filter((stacked) => half?.given.includes(stacked.category))
    .sort((a, b) => compareText(`${a.file}:${a.line}`, `${b.file}:${b.line}`))[0];
  if (!half || !fact) return undefined;
  const evidence = [{ where: `${fact.file}:${fact.line}`, words: fact.words }];
  return draftOf(view, 'partial', 'GAP-PARTIAL', half.says, { evidence, research: true });
}

/** Candidates of `email-notification` send mail: words that ask for another channel and not for mail have no candidate here. */
const OTHER_CHANNELS: readonly string[] = ['NOTIFY-PUSH', 'NOTIFY-SMS'];

function channelWithoutCandidate(view: CategoryView): GapDraft | undefined {
  if (view.category !== 'email-notification' || view.triggers.length === 0) return undefined;
  if (!view.triggers.every(({ rule }) => OTHER_CHANNELS.includes(rule))) return undefined;
  const evidence = view.triggers.map(({ need, words }) => ({ where: need, words }));
  const words = [...new Set(view.triggers.map((trigger) => `"${trigger.words}"`))].join(' and ');
  return draftOf(view, 'open', 'GAP-NO-CANDIDATE', `asked for by ${words}, for which the catalogue has no candidate`, {
    evidence,
  });
}

function triggered(view: CategoryView): GapDraft | undefined {
  if (view.triggers.length === 0) return undefined;
  const evidence = view.triggers.map(({ need, words }) => ({ where: need, words }));
  const words = [...new Set(view.triggers.map((trigger) => `"${trigger.words}"`))].join(', ');
  return draftOf(view, 'open', 'GAP-TRIGGERED', `asked for by ${words}`, { evidence, research: true });
}

/** A decided neighbour asks for it: a named database needs a way to be queried, although no word says so. */
function implied(view: CategoryView): GapDraft | undefined {
  return impliedByRights(view) ?? impliedByNeighbour(view);
}

/** Rights of a person can't be checked for a caller nobody knows, also when no word speaks of signing in. */
function impliedByRights(view: CategoryView): GapDraft | undefined {
  if (view.category !== 'authentication' || !view.definition) return undefined;
  const [first] = viewOf('authorization', view.input).triggers;
  if (!first) return undefined;
  // Without needs of its own: authorization, asked for by the same words, must not wait for it.
  return draftOf(view, 'open', 'GAP-IMPLIED', `implied by "${first.words}" (${first.need}): the caller must be known`, {
    evidence: [{ where: first.need, words: first.words }],
    needs: [],
    research: true,
  });
}

function impliedByNeighbour(view: CategoryView): GapDraft | undefined {
  if (!view.definition || !CORE.concat('migrations').includes(view.category)) return undefined;
  for (const leader of view.definition.follows) {
    const uses = viewOf(leader, view.input).named;
    const first = deciding(uses);
    if (!first) continue;
    const needs = sortNeeds(uses.flatMap((use) => (use.need === undefined ? [] : [use.need])));
    const more = { evidence: [first.evidence], needs, research: true };
    return draftOf(view, 'open', 'GAP-IMPLIED', `implied by ${first.slug}, which is in use`, more);
  }
  return undefined;
}

function core(view: CategoryView): GapDraft | undefined {
  if (!view.definition || !CORE.includes(view.category)) return undefined;
  const runtime = view.input.read.inUse.find((use) => use.category === 'runtime');
  const reason = 'every service needs one and the brief names none';
  return draftOf(view, 'open', 'GAP-CORE', reason, {
    needs: runtime === undefined ? [] : [runtime.need],
    research: true,
  });
}

function openWithoutWord(view: CategoryView): GapDraft | undefined {
  if (!view.definition?.alwaysNeeded) return undefined;
  return draftOf(view, 'open', 'GAP-OPEN', 'needed, and the brief has no word for it');
}
