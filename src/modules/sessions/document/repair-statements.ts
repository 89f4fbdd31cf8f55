/** Statements: a vague word goes, two duties become two requirements, and what no rewording saves is asked instead of demanded. */
import type { Requirement } from '../derivation/derivation.types.js';
import { CHECKS, type Failure } from './checks/check.js';
import { statementFaults, VAGUE_PHRASES, VAGUE_WORDS } from './checks/statements.js';
import type { TrdBody } from './document.types.js';

export interface Repaired {
  readonly body: TrdBody;
  /** One line per change: `R-004: vague word "fast" removed`. */
  readonly repaired: readonly string[];
}

export function repairStatements(body: TrdBody, failures: readonly Failure[]): Repaired {
  const failing = new Set(
    failures.filter((item) => item.check === CHECKS.vague || item.check === CHECKS.statement).map((item) => item.item),
  );
  if (failing.size === 0) return { body, repaired: [] };
  return body.requirements
    .filter((requirement) => failing.has(requirement.id))
    .reduce<Repaired>((state, requirement) => repairOne(state, requirement), { body, repaired: [] });
}

function repairOne({ body, repaired }: Repaired, requirement: Requirement): Repaired {
  const twin = body.requirements.find(
    (other) => other.id !== requirement.id && other.statement === requirement.statement,
  );
  if (twin) return merged(body, repaired, requirement, twin);
  const split = splitDuties(requirement);
  if (split) return withSplit(body, repaired, requirement, split);
  const statement = reworded(requirement.statement);
  if (statementFaults(statement).length === 0) {
    const requirements = body.requirements.map((item) => (item.id === requirement.id ? { ...item, statement } : item));
    return { body: { ...body, requirements }, repaired: [...repaired, `${requirement.id}: reworded`] };
  }
  return asked(body, repaired, requirement);
}

/** Two requirements with the same words are one: the later takes over what the earlier rests on. */
function merged(body: TrdBody, repaired: readonly string[], gone: Requirement, kept: Requirement): Repaired {
  const from = [...new Set([...kept.from, ...gone.from])];
  const requirements = body.requirements.flatMap((item) =>
    item.id === gone.id ? [] : [item.id === kept.id ? { ...item, from } : item],
  );
  return {
    body: pointElsewhere({ ...body, requirements }, gone.id, [kept.id]),
    repaired: [...repaired, `${gone.id}: merged into ${kept.id}, same words`],
  };
}

/** `The service shall a and shall b.` → two statements with one "shall" each. */
function splitDuties(requirement: Requirement): readonly [string, string] | undefined {
  const [subject = '', duties] = parted(requirement.statement, ' shall ');
  if (!subject.startsWith('The ') || duties === undefined) return undefined;
  const joints = [' and shall ', ' and it shall ', ` and ${subject} shall `];
  const [first = '', second] = joints
    .map((joint) => parted(duties, joint))
    .reduce((nearest, parts) => (parts[0].length < nearest[0].length ? parts : nearest));
  if (second === undefined) return undefined;
  const parts = [`${subject} shall ${first.replace(/,$/, '')}.`, `${subject} shall ${second}`] as const;
  return parts.every((part) => statementFaults(part).length === 0) ? parts : undefined;
}

/** The text before and behind the first `joint`; without one, all of it. */
function parted(text: string, joint: string): readonly [string, string?] {
  const at = text.indexOf(joint);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + joint.length)];
}

function withSplit(
  body: TrdBody,
  repaired: readonly string[],
  requirement: Requirement,
  [first, second]: readonly [string, string],
): Repaired {
  const last = Math.max(...body.requirements.map((item) => Number(/\d{1,9}$/.exec(item.id)?.[0] ?? 0)));
  const id = `R-${String(last + 1).padStart(3, '0')}`;
  const requirements = body.requirements.flatMap((item) =>
    item.id === requirement.id
      ? [
          { ...item, statement: first },
          { ...item, id, statement: second },
        ]
      : [item],
  );
  return {
    body: pointElsewhere({ ...body, requirements }, requirement.id, [requirement.id, id]),
    repaired: [...repaired, `${requirement.id}: split, the second duty is ${id}`],
  };
}

/** Takes vague words and escape phrases out; a vague verb cannot go without the sentence. */
function reworded(statement: string): string {
  const phrases = VAGUE_PHRASES.filter((phrase) => !phrase.startsWith('shall '));
  const without = [...phrases, ...VAGUE_WORDS].reduce(
    (text, words) => text.replace(new RegExp(`,?\\s{0,3}(?<![\\w-])${escaped(words)}(?![\\w-])`, 'gi'), ''),
    statement,
  );
  const tidy = without
    .replace(/(?<!\s)\s+([.,;])/g, '$1')
    .replace(/\s+/g, ' ')
    .replace(/\b(and|or|in a|with)\s*(?=[.,])/g, '')
    .trim();
  return tidy.endsWith('.') ? tidy : `${tidy}.`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** What no rewording saves becomes a question and leaves the requirements; the loss is listed. */
function asked(body: TrdBody, repaired: readonly string[], requirement: Requirement): Repaired {
  const needs = requirement.from.filter((id) => /^N\d+$/.test(id));
  const last = Math.max(0, ...body.questions.map((question) => Number(/\d{1,9}$/.exec(question.id)?.[0] ?? 0)));
  const question = {
    id: `Q-${last + 1}`,
    key: `statement:${requirement.id}`,
    text: `What exactly must be observable for ${needs.join(', ') || 'this need'}? No testable statement could be made of it.`,
    blocks: needs,
    ifUnanswered: 'not covered by any test',
  };
  const requirements = body.requirements.filter((item) => item.id !== requirement.id);
  const dropped = [
    ...body.dropped,
    { item: requirement.id, text: requirement.statement, why: `turned into ${question.id}` },
  ];
  const next = { ...body, requirements, questions: [...body.questions, question], dropped };
  return {
    body: pointElsewhere(next, requirement.id, [question.id]),
    repaired: [...repaired, `${requirement.id}: turned into ${question.id}`],
  };
}

/** Everything that pointed to the old id points to the new ones; tests show requirements only. */
function pointElsewhere(body: TrdBody, old: string, ids: readonly string[]): TrdBody {
  const swap = (list: readonly string[]) => [...new Set(list.flatMap((id) => (id === old ? ids : [id])))];
  const shown = ids.filter((id) => id.startsWith('R-'));
  const swapText = (text: string) =>
    text.replace(new RegExp(`\\b${old}\\b(, )?`, 'g'), (_all, comma: string | undefined) =>
      shown.length > 0 ? `${shown.join(', ')}${comma ?? ''}` : '',
    );
  return {
    ...body,
    assumptions: body.assumptions.map((item) => ({ ...item, usedIn: swap(item.usedIn) })),
    questions: body.questions.map((item) => ({ ...item, blocks: swap(item.blocks).filter((id) => id !== item.id) })),
    derived: body.derived.map((item) => ({ ...item, consequence: item.consequence.replaceAll(old, ids.join(', ')) })),
    data: body.data.map((item) => ({ ...item, state: item.state.replaceAll(old, ids.join(', ')) })),
    risks: body.risks.map((item) => ({ ...item, answer: item.answer.replaceAll(old, ids.join(', ')) })),
    findings: body.findings.map((item) => ({ ...item, rests: swap(item.rests) })),
    tests: body.tests
      .map((item) => ({ ...item, shows: item.shows.flatMap((id) => (id === old ? shown : [id])) }))
      .filter((item) => item.shows.length > 0),
    singleTests: withoutLostTests(body, old, shown)
      .map(swapText)
      .filter((line) => !/^[,\s]*:/.test(line)),
  };
}

/** The bound of a sample goes with its test, when the test showed nothing but the requirement that went. */
function withoutLostTests(body: TrdBody, old: string, shown: readonly string[]): readonly string[] {
  if (shown.length > 0) return body.singleTests;
  const lost = body.tests.filter((test) => test.shows.every((id) => id === old)).map((test) => test.id);
  return body.singleTests.filter((line) => !lost.some((id) => new RegExp(`\\b${id}\\b`).test(line)));
}
