/** Numbers a draft: ids in order, keys replaced by ids, unused assumptions dropped, questions sorted by what they block. */
import type { Assumption, Derivation, DerivedQuantity, Question, Requirement } from './derivation.types.js';
import { type Draft, type DraftDerived, type DraftRequirement, GROUPS } from './draft.js';

type Ids = ReadonlyMap<string, string>;

const REFERENCE = /\{([ADQR]:[^{}]{1,80})\}/gu;

/** Replaces `{D:key}`; what points nowhere goes, together with brackets and commas that would be left empty. */
function resolveText(text: string, ids: Ids): string {
  return text
    .replace(REFERENCE, (_, key: string) => ids.get(key) ?? '')
    .replace(/\s{2,}/gu, ' ')
    .replace(/,(?:\s?,)+/gu, ',')
    .replace(/\(\s?,?\s?\)/gu, '')
    .replace(/,\s?([;.)]|$)/gu, '$1')
    .replace(/^[\s,;]+|(?<![\s,;])[\s,;]+$/gu, '')
    .replace(/\s{2,}/gu, ' ')
    .replace(/\s([,.;)])/gu, '$1')
    .replace(/:\s?,\s?/gu, ': ')
    .replace(/,(?:\s?,)+/gu, ',');
}

const resolveList = (keys: readonly string[], ids: Ids): string[] => [
  ...new Set(keys.map((key) => (/^[ADQR]:/u.test(key) ? ids.get(key) : key)).filter((id): id is string => !!id)),
];

const keysIn = (text: string): string[] => [...text.matchAll(REFERENCE)].map((match) => match[1] ?? '');

/** R-001 …, each group from the next multiple of ten, as reviewers cite whole groups. */
function requirementIds(requirements: readonly DraftRequirement[]): Map<string, string> {
  const ids = new Map<string, string>();
  let next = 1;
  for (const group of GROUPS) {
    const members = requirements.filter((one) => one.group === group);
    if (members.length > 0 && next > 1) next = Math.ceil(next / 10) * 10;
    for (const member of members) {
      ids.set(`R:${member.key}`, `R-${String(next).padStart(3, '0')}`);
      next += 1;
    }
  }
  return ids;
}

function usedAssumptions(draft: Draft): Map<string, string[]> {
  const used = new Map<string, string[]>();
  const note = (key: string, by: string): void => {
    if (key.startsWith('A:')) used.set(key, [...(used.get(key) ?? []), by]);
  };
  for (const one of draft.derived.values()) one.inputs.forEach((input) => note(input.amount.from, `D:${one.key}`));
  for (const one of draft.requirements.values()) one.from.forEach((key) => note(key, `R:${one.key}`));
  return used;
}

/** What waits for the answer: entries that use an assumption of the question, name the question, or are listed by it. */
function blockedBy(draft: Draft, questionKey: string, used: ReadonlyMap<string, readonly string[]>): string[] {
  const assumptions = [...draft.assumptions.values()].filter((one) => one.questionKey === questionKey);
  const named = [...draft.requirements.values()].filter((one) => one.from.includes(`Q:${questionKey}`));
  return [
    ...assumptions.flatMap((one) => used.get(`A:${one.key}`) ?? []),
    ...named.map((one) => `R:${one.key}`),
    ...(draft.questions.get(questionKey)?.blocks ?? []),
  ];
}

interface Numbered {
  readonly ids: Map<string, string>;
  readonly used: Map<string, string[]>;
  readonly questionKeys: readonly string[];
}

function numberAll(draft: Draft): Numbered {
  const used = usedAssumptions(draft);
  const ids = requirementIds([...draft.requirements.values()]);
  [...draft.assumptions.keys()]
    .filter((key) => used.has(`A:${key}`))
    .forEach((key, at) => ids.set(`A:${key}`, `A-${at + 1}`));
  [...draft.derived.keys()].forEach((key, at) => ids.set(`D:${key}`, `D-${at + 1}`));
  const dropped = [...draft.assumptions.values()].filter((one) => !used.has(`A:${one.key}`));
  const needed = [...draft.questions.keys()].filter(
    (key) => blockedBy(draft, key, used).length > 0 || !dropped.some((one) => one.questionKey === key),
  );
  const weight = (key: string): number => new Set(blockedBy(draft, key, used)).size;
  // Array.sort is stable: equal questions stay in the order in which the rules asked them.
  const questionKeys = [...needed].sort((a, b) => weight(b) - weight(a));
  questionKeys.forEach((key, at) => ids.set(`Q:${key}`, `Q-${at + 1}`));
  return { ids, used, questionKeys };
}

function derivedRow(one: DraftDerived, ids: Ids): DerivedQuantity {
  const { formula, name, value, unit, shown, table } = one;
  return {
    id: ids.get(`D:${one.key}`) ?? '',
    formula,
    name,
    working: resolveText(one.working, ids),
    value,
    unit,
    shown,
    consequence: resolveText(one.consequence, ids),
    inputs: one.inputs.map(({ name: label, amount }) => ({
      name: label,
      value: amount.value,
      unit: amount.unit,
      from: ids.get(amount.from) ?? amount.from,
    })),
    ...(table ? { table: { ...table, ...(table.note ? { note: resolveText(table.note, ids) } : {}) } } : {}),
  };
}

function requirementRow(one: DraftRequirement, ids: Ids): Requirement {
  const { template, check, test } = one;
  return {
    id: ids.get(`R:${one.key}`) ?? '',
    template,
    statement: one.statement,
    check,
    from: resolveList(one.from, ids),
    numbers: one.numbers.map((number) => ({ text: number.text, from: ids.get(number.from) ?? number.from })),
    ...(test ? { test: { load: resolveText(test.load, ids), passes: resolveText(test.passes, ids) } } : {}),
  };
}

function assumptionRows(draft: Draft, { ids, used }: Numbered): Assumption[] {
  return [...draft.assumptions.values()]
    .filter((one) => used.has(`A:${one.key}`))
    .map((one) => ({
      id: ids.get(`A:${one.key}`) ?? '',
      key: one.key,
      statement: one.statement,
      value: one.value,
      unit: one.unit,
      usedIn: resolveList(used.get(`A:${one.key}`) ?? [], ids),
      question: ids.get(`Q:${one.questionKey}`) ?? '',
    }));
}

function questionRows(draft: Draft, { ids, used, questionKeys }: Numbered): Question[] {
  return questionKeys.flatMap((key) => {
    const one = draft.questions.get(key);
    if (!one) return [];
    const assumed = [...draft.assumptions.values()]
      .filter((entry) => entry.questionKey === key && used.has(`A:${entry.key}`))
      .map((entry) => ids.get(`A:${entry.key}`) ?? '');
    const otherwise = resolveText(one.ifUnanswered, ids);
    return [
      {
        id: ids.get(`Q:${key}`) ?? '',
        key,
        text: resolveText(one.text, ids),
        blocks: resolveList([...blockedBy(draft, key, used), ...keysIn(one.text)], ids),
        ifUnanswered: [assumed.join(', '), otherwise].filter((part) => part !== '').join('; '),
      },
    ];
  });
}

/** The finished derivation. Deterministic: order of rules, then of the brief. */
export function finish(draft: Draft): Derivation {
  const numbered = numberAll(draft);
  const { ids } = numbered;
  const requirements = [...draft.requirements.values()].map((one) => requirementRow(one, ids));
  return {
    assumptions: assumptionRows(draft, numbered),
    derived: [...draft.derived.values()].map((one) => derivedRow(one, ids)),
    requirements: requirements.sort((a, b) => Number(a.id.slice(2)) - Number(b.id.slice(2))),
    questions: questionRows(draft, numbered),
    dataStores: draft.stores.map((row) => ({
      ...row,
      personalData: resolveText(row.personalData, ids),
      createdBy: resolveList(row.createdBy, ids),
      deletedBy: resolveText(row.deletedBy, ids),
      state: resolveText(row.state, ids).replace(/:$/u, '') || 'open',
    })),
  };
}
