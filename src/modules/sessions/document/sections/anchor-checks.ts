/** Dates that hang on the same event: what one need still waits for must be done before another need deletes it. */
import type { Need, Quantity } from '../../brief/brief.types.js';
import type { CrossCheck } from '../document.types.js';
import { listed } from '../writing/text.js';
import type { Writing } from '../writing/writing.js';

/** A check before it is numbered. */
export type CheckDraft = Omit<CrossCheck, 'id'>;

const DAY = 86_400;

/** A need that ends data after a period. */
const ENDS = /^(RETENTION|ERASE|EXPIRY)-/;
/** A need that keeps data for a period. */
const KEEPS = /^KEPT-/;
/** A need that still needs the data later: work that waits, money that is held, disputes and refunds. */
const WAITS = /^(DELAYED-|MONEY-HELD|DISPUTE-|REFUND-)/;

interface Period {
  readonly need: Need;
  readonly words: string;
  readonly period: Quantity;
}

export function anchorChecks(writing: Writing): CheckDraft[] {
  const { needs } = writing.input.read;
  const ends = needs.flatMap((need) => periodOf(need, ENDS));
  const keeps = needs.flatMap((need) => periodOf(need, KEEPS));
  const waits = needs.flatMap((need) =>
    wordsOf(need, WAITS)
      .slice(0, 1)
      .map((words) => ({ need, words })),
  );
  return [
    ...ends.flatMap((end) => waits.flatMap((wait) => waitPair(wait, end))),
    ...ends.flatMap((end) => keeps.flatMap((keep) => keepPair(keep, end))),
    ...endPairs(ends),
  ];
}

function wordsOf(need: Need, rule: RegExp): string[] {
  return need.triggers.filter((trigger) => rule.test(trigger.rule)).map((trigger) => trigger.words);
}

function periodOf(need: Need, rule: RegExp): Period[] {
  const [words] = wordsOf(need, rule);
  const [period] = need.quantities.filter((quantity) => quantity.kind === 'duration').sort((a, b) => b.value - a.value);
  return words === undefined || !period ? [] : [{ need, words, period }];
}

function waitPair(wait: { readonly need: Need; readonly words: string }, end: Period): CheckDraft[] {
  if (wait.need.id === end.need.id) return [];
  const days = end.period.value / DAY;
  const alarm = days >= 3 ? `alarm at day ${Math.floor((days * 2) / 3)}` : 'alarm at two thirds of the period';
  return [
    {
      check: `${wait.need.id} against ${end.need.id}`,
      result: `"${wait.words}" (${wait.need.id}) can still be open when ${end.period.words} (${end.need.id}) are over: it then loses the data it needs`,
      action: `${alarm} on everything that ${wait.need.id} has not finished`,
      severity: 'changes-design',
      rests: [wait.need.id, end.need.id],
    },
  ];
}

function keepPair(keep: Period, end: Period): CheckDraft[] {
  if (keep.need.id === end.need.id || keep.period.value <= end.period.value) return [];
  return [
    {
      check: `${keep.need.id} against ${end.need.id}`,
      result: `${keep.need.id} keeps data ${keep.period.words}, ${end.need.id} ends data after ${end.period.words}`,
      action: 'name the fields on each side; what both cover must be split before the first table is made',
      severity: 'changes-design',
      rests: [keep.need.id, end.need.id],
    },
  ];
}

/** Two different periods after which data goes: the shorter one wins for whatever both cover. */
function endPairs(ends: readonly Period[]): CheckDraft[] {
  const periods = new Set(ends.map(({ period }) => period.value));
  if (periods.size < 2) return [];
  const shown = ends.map(({ need, period }) => `${need.id} ${period.words}`);
  return [
    {
      check: 'periods after which data goes',
      result: `${listed(shown)} differ`,
      action: 'state for each store which period holds; what both cover follows the shorter',
      severity: 'changes-design',
      rests: [...new Set(ends.map(({ need }) => need.id))],
    },
  ];
}
