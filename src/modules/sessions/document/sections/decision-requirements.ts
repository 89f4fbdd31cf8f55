/** Requirements that the decisions add to those of the brief: each rests on the words that opened its gap. */
import { majorOf } from '../../gaps/gap-rules.js';
import { compareText } from '../canonical.js';
import type { Requirement } from '../../derivation/derivation.types.js';
import { listed } from '../writing/text.js';
import { chosenRecords, type Choice, type Writing } from '../writing/writing.js';
import { DECISION_TEMPLATES, type TemplateContext } from './decision-templates.js';
import { sharedPackages } from './shared-packages.js';

type Draft = Omit<Requirement, 'id'>;

/** Numbered after the last of the brief, from the next full ten. */
export function decisionRequirements(writing: Writing): Requirement[] {
  const derived = writing.input.derivation.requirements;
  const said = derived.map((requirement) => requirement.statement);
  const drafts = [...templateDrafts(writing, said), ...buildDrafts(writing, said)];
  const last = Math.max(0, ...derived.map((requirement) => Number(/\d{1,9}$/.exec(requirement.id)?.[0] ?? 0)));
  const start = Math.ceil((last + 1) / 10) * 10;
  return drafts.map((draft, index) => ({ id: `R-${String(start + index).padStart(3, '0')}`, ...draft }));
}

function templateDrafts(writing: Writing, said: readonly string[]): Draft[] {
  return writing.choices.flatMap((choice) => {
    if (choice.gap.needs.length === 0) return [];
    const context = contextOf(writing, choice);
    return DECISION_TEMPLATES.filter(
      (template) =>
        template.category === choice.gap.category &&
        template.applies(context) &&
        !said.some((statement) => template.unless.every((words) => words.test(statement))),
    ).map((template) => {
      const statement = template.statement(context);
      return {
        template: template.template,
        statement,
        check: template.check,
        from: [...choice.gap.needs, choice.gap.id],
        numbers: defaultsIn(statement),
        ...(template.test ? { test: template.test(context) } : {}),
      };
    });
  });
}

function contextOf(writing: Writing, choice: Choice): TemplateContext {
  const need = choice.option.values.find((value) => value.criterion === 'C2');
  return {
    choice,
    system: systemOf(writing),
    subject: subjectOf(writing),
    needProven: need !== undefined && need.low === 1,
    hasPersonalData: writing.input.derivation.dataStores.length > 0,
  };
}

/** The name that most statements of the brief's own requirements use, so that one document speaks of one system. */
function systemOf({ input }: Writing): string {
  const counts = new Map<string, number>();
  for (const { statement } of input.derivation.requirements) {
    const name = /^The (.+?) shall\b/.exec(statement)?.[1];
    if (name !== undefined && name !== 'build') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [first] = [...counts].sort(([a, x], [b, y]) => y - x || compareText(a, b));
  return first?.[0] ?? 'service';
}

/** The noun that carries the load: that of the largest rate, stated or computed, else `record`. */
export function subjectOf({ input }: Writing): string {
  const rates = input.read.needs.flatMap((need) =>
    need.quantities.filter((quantity) => quantity.kind === 'rate' && quantity.noun),
  );
  const noun = [...rates].sort((a, b) => b.value - a.value)[0]?.noun;
  if (noun !== undefined) return singular(noun);
  const rate = input.derivation.derived
    .map(({ name }) => /^(?:peak )?rate λ of (\p{L}+)$/u.exec(name)?.[1])
    .find(Boolean);
  return rate === undefined ? 'record' : singular(rate);
}

function singular(noun: string): string {
  if (/(ss|us|is)$/.test(noun)) return noun;
  if (/ies$/.test(noun)) return noun.replace(/ies$/, 'y');
  return noun.replace(/(?<=(?:ch|sh|x|ss))es$|s$/, '');
}

/** Numbers between asterisks are defaults of the template. */
function defaultsIn(statement: string): Requirement['numbers'] {
  return [...statement.matchAll(/\*([^*]+)\*/g)].map((match) => ({ text: match[1] ?? '', from: 'default' }));
}

/** Rules of the build: licences at every depth, the runtime lines, one copy of shared packages, exact pins of 0.x lines. */
function buildDrafts(writing: Writing, said: readonly string[]): Draft[] {
  const fresh = (pattern: RegExp) => !said.some((statement) => pattern.test(statement));
  return [
    ...(fresh(/licen[cs]e/i) ? licenceRule(writing) : []),
    ...(fresh(/Node\.js/) ? nodeRule(writing) : []),
    ...copiesRule(writing),
    ...pinRule(writing),
  ];
}

function needOf(writing: Writing, pointer: string, words: RegExp): string[] {
  const { needs } = writing.input.read;
  const found = needs.find((need) => need.pointer.startsWith(pointer)) ?? needs.find((need) => words.test(need.text));
  return found ? [found.id] : [];
}

function licenceRule(writing: Writing): Draft[] {
  const { licenses } = writing.input.read.constraints;
  const from = needOf(writing, '/constraints/licenses', /licen[cs]e/i);
  if (licenses.length === 0 || from.length === 0) return [];
  const statement = `The build shall fail when a production package, at any depth, has a licence other than ${listed(licenses, 'or')}.`;
  return [{ template: 'BUILD-LICENCE', statement, check: 'T', from, numbers: [] }];
}

function nodeRule(writing: Writing): Draft[] {
  const wanted = writing.input.read.constraints.engines['node'];
  const line = wanted === undefined ? undefined : majorOf(wanted);
  const from = needOf(writing, '/constraints/engines', /node/i);
  if (line === undefined || from.length === 0) return [];
  const statement = `The build shall run the test suite on Node.js ${line} and *${line + 2}*.`;
  const numbers = [
    { text: String(line), from: from[0] ?? '' },
    { text: String(line + 2), from: 'default' },
  ];
  return [{ template: 'BUILD-NODE', statement, check: 'T', from, numbers }];
}

function copiesRule(writing: Writing): Draft[] {
  const shared = sharedPackages(writing).filter(
    (item) => item.state === 'fits' && new Set(item.uses.map((use) => use.by)).size > 1,
  );
  const names = shared.map((item) => item.name);
  const using = shared.flatMap((item) => item.uses.map((use) => use.record.name));
  const gaps = writing.choices.filter(({ option }) => option.record && using.includes(option.record.name));
  const needs = [...new Set(gaps.flatMap(({ gap }) => gap.needs.slice(0, 1)))];
  if (names.length === 0 || needs.length === 0) return [];
  const statement = `The build shall fail when the lock file holds two versions of ${listed(
    names.map((name) => `\`${name}\``),
    'or',
  )}.`;
  return [
    {
      template: 'BUILD-COPIES',
      statement,
      check: 'T',
      from: [...needs, ...gaps.map(({ gap }) => gap.id)],
      numbers: [],
    },
  ];
}

function pinRule(writing: Writing): Draft[] {
  const zero = chosenRecords(writing).filter(({ record }) => record.version.startsWith('0.'));
  const needs = [...new Set(zero.flatMap(({ choice }) => choice.gap.needs))];
  if (zero.length === 0 || needs.length === 0) return [];
  const names = listed(
    zero.map(({ record }) => `\`${record.name}\``),
    'or',
  );
  const statement = `The build shall fail when the manifest declares ${names} with a range instead of one exact version.`;
  const gaps = zero.map(({ choice }) => choice.gap.id);
  return [{ template: 'BUILD-PIN', statement, check: 'T', from: [...needs, ...gaps], numbers: [] }];
}
