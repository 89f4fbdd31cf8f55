/**
 * Collects what follows from a brief while rules run, under keys; `finish` numbers it and replaces keys by ids. Texts may
 * name other entries as `{D:peakRate}` or `{R:RATE-SUSTAIN}`; a reference to an entry no rule made is dropped with its brackets.
 */
import type { Amount } from './amount.js';
import type { DataStore, DerivedQuantity, TestSkeleton } from './derivation.types.js';
import type { Facts } from './facts.types.js';
import { evaluate } from './formulas.js';
import { statement, type Slot, untracedNumbers } from './statement.js';

export interface Ask {
  readonly key: string;
  readonly text: string;
  /** What is assumed or left out until there is an answer. */
  readonly ifUnanswered: string;
  /** Ids, keys or categories it blocks besides those that refer to it. */
  readonly blocks?: readonly string[];
}

export interface DraftAssumption {
  readonly key: string;
  readonly statement: string;
  readonly value: number | string;
  readonly unit: string;
  readonly questionKey: string;
}

export interface DraftDerived extends Omit<DerivedQuantity, 'id' | 'inputs' | 'consequence'> {
  readonly key: string;
  readonly inputs: readonly { readonly name: string; readonly amount: Amount }[];
  readonly consequence: string;
}

/** Groups in the order of the document; each starts at the next multiple of ten. */
export const GROUPS = [
  'input',
  'flow',
  'notify',
  'read',
  'privacy',
  'access',
  'devices',
  'exchange',
  'operate',
  'build',
] as const;
export type Group = (typeof GROUPS)[number];

export interface DraftRequirement {
  readonly key: string;
  readonly template: string;
  readonly group: Group;
  readonly statement: string;
  readonly check: 'T' | 'A' | 'I';
  readonly from: readonly string[];
  readonly numbers: readonly { readonly text: string; readonly from: string }[];
  readonly test?: TestSkeleton;
}

export interface DeriveInput {
  readonly key: string;
  readonly formula: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, Amount>>;
  readonly working: string;
  readonly unit: string;
  readonly shown: (value: number) => string;
  readonly consequence: string;
  readonly table?: DerivedQuantity['table'];
}

export interface RequireInput {
  readonly template: string;
  /** Tells two requirements of one template apart. */
  readonly item?: string;
  readonly group: Group;
  readonly check?: 'T' | 'A' | 'I';
  readonly from: readonly string[];
  readonly say: readonly Slot[];
  readonly test?: TestSkeleton;
}

export class Draft {
  readonly assumptions = new Map<string, DraftAssumption>();
  readonly derived = new Map<string, DraftDerived>();
  readonly requirements = new Map<string, DraftRequirement>();
  readonly questions = new Map<string, Ask>();
  readonly stores: DataStore[] = [];

  constructor(readonly facts: Facts) {}

  /** An input the brief lacks; made once per key, and dropped at the end when nothing uses it. */
  assume(
    input: {
      readonly key: string;
      readonly statement: string;
      readonly unit: string;
      readonly value: number | string;
      readonly shown: string;
    },
    question: Ask,
  ): Amount {
    if (!this.assumptions.has(input.key)) {
      const { key, statement: words, unit, value } = input;
      this.assumptions.set(key, { key, statement: words, unit, value, questionKey: question.key });
      this.ask(question);
    }
    return {
      value: typeof input.value === 'number' ? input.value : 0,
      unit: input.unit,
      shown: input.shown,
      from: `A:${input.key}`,
    };
  }

  ask(question: Ask): void {
    const known = this.questions.get(question.key);
    const blocks = [...new Set([...(known?.blocks ?? []), ...(question.blocks ?? [])])];
    this.questions.set(question.key, { ...(known ?? question), blocks });
  }

  /** Computes a quantity by a formula of the library; the value is never passed in. */
  derive(input: DeriveInput): Amount {
    const { key, formula, name, working, unit, consequence, table } = input;
    const values = Object.fromEntries(Object.entries(input.inputs).map(([label, amount]) => [label, amount.value]));
    const value = evaluate(formula, values);
    const shown = input.shown(value);
    this.derived.set(key, {
      key,
      formula,
      name,
      working,
      value,
      unit,
      shown,
      consequence,
      inputs: Object.entries(input.inputs).map(([label, amount]) => ({ name: label, amount })),
      ...(table ? { table } : {}),
    });
    return { value, unit, shown, from: `D:${key}` };
  }

  /** A quantity that a rule has computed, for use in another rule or in a statement. */
  figure(key: string): Amount | undefined {
    const found = this.derived.get(key);
    return found && { value: found.value, unit: found.unit, shown: found.shown, from: `D:${key}` };
  }

  require(input: RequireInput): void {
    const key = input.item === undefined ? input.template : `${input.template}#${input.item}`;
    if (this.requirements.has(key)) return;
    const { text, numbers, sources } = statement(input.say);
    const words = this.numbersOfNeeds(text, numbers, input.from);
    this.requirements.set(key, {
      key,
      template: input.template,
      group: input.group,
      statement: text,
      check: input.check ?? 'T',
      from: [...new Set([...input.from, ...sources])],
      numbers: [...numbers, ...words],
      ...(input.test ? { test: input.test } : {}),
    });
  }

  /** Numbers that came in with words of the brief (`search by 3 fields`), traced to the need that holds them. */
  private numbersOfNeeds(
    text: string,
    numbers: DraftRequirement['numbers'],
    from: readonly string[],
  ): DraftRequirement['numbers'] {
    const left = untracedNumbers({ statement: text, numbers });
    if (left.length === 0) return [];
    const needs = this.facts.read.needs.filter((need) => from.includes(need.id) || need.pointer === '/projectType');
    return left.flatMap((number) => {
      const need = needs.find((one) => one.text.includes(number));
      return need ? [{ text: number, from: need.id }] : [];
    });
  }

  store(row: DataStore): void {
    if (!this.stores.some((other) => other.store === row.store)) this.stores.push(row);
  }
}
