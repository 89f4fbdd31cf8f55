/** Builds a sentence from words and amounts, and keeps for every number where it comes from. */
import type { Amount } from './amount.js';

export type Slot = string | Amount;

export interface Statement {
  readonly text: string;
  readonly numbers: readonly { readonly text: string; readonly from: string }[];
  /** Ids and keys of the amounts, without `default`. */
  readonly sources: readonly string[];
}

const NUMBER = /\d+(?:[.,]\d+)*/gu;

const isInvented = (from: string): boolean => from === 'default' || from.startsWith('A:');

function printed(slot: Slot): string {
  if (typeof slot === 'string') return slot;
  return isInvented(slot.from) ? `*${slot.shown}*` : slot.shown;
}

/**
 * Joins the slots with single spaces (none before punctuation). An amount that is an assumption or a default stands in
 * *italics*. Numbers inside plain words are names (`SHA-256`) and must be traced by the caller through an amount.
 */
export function statement(slots: readonly Slot[]): Statement {
  const text = slots
    .map(printed)
    .filter((part) => part !== '')
    .join(' ')
    .replace(/(?<!\s)\s+([.,;:])/gu, '$1');
  const amounts = slots.filter((slot): slot is Amount => typeof slot !== 'string');
  return {
    text: text.endsWith('.') ? text : `${text}.`,
    numbers: amounts.flatMap((amount) =>
      (amount.shown.match(NUMBER) ?? []).map((number) => ({ text: number, from: amount.from })),
    ),
    sources: [...new Set(amounts.map((amount) => amount.from).filter((from) => from !== 'default' && from !== 'name'))],
  };
}

/** Numbers of a statement that no source explains; empty for every statement made here (check 3 of the document). */
export function untracedNumbers(requirement: {
  readonly statement: string;
  readonly numbers: readonly { readonly text: string }[];
}): readonly string[] {
  const left = requirement.numbers.map((number) => number.text);
  return (requirement.statement.match(NUMBER) ?? []).filter((number) => {
    const at = left.indexOf(number);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
