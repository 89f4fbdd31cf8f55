/** Section 8: every store of personal data with its deletion path; what a choice stores adds a row. */
import type { DataStore } from '../../derivation/derivation.types.js';
import type { Category } from '../../../research/research.types.js';
import type { Choice, Writing } from '../writing/writing.js';

/** The row the brief already has for what a category stores: a choice is entered there instead of beside it. */
const STORE_OF: Readonly<Partial<Record<Category, RegExp>>> = {
  'queue-jobs': /\bjobs?\b/i,
  'email-notification': /e-?mail|push|sms/i,
  observability: /\blogs?\b/i,
  'file-storage': /\bfiles?\b/i,
};

export function dataRows(writing: Writing): DataStore[] {
  return writing.choices.reduce<DataStore[]>(
    (rows, choice) => (choice.option.candidate.storesPersonalData === undefined ? rows : withChoice(rows, choice)),
    [...writing.input.derivation.dataStores],
  );
}

function withChoice(rows: readonly DataStore[], { gap, option }: Choice): DataStore[] {
  const { storesPersonalData = '', label, kind } = option.candidate;
  const words = STORE_OF[gap.category];
  const known = rows.find((row) => words?.test(row.store));
  if (known) {
    const entered = { ...known, store: `${known.store} (${label})`, createdBy: [...known.createdBy, gap.id] };
    return rows.map((row) => (row === known ? entered : row));
  }
  const outside = kind === 'service' || /provider|operator|mail server/i.test(storesPersonalData);
  const deletedBy = outside
    ? `by contract with the operator of ${label}`
    : `open: the clean-up of ${label} must be set to the same period`;
  const row = {
    store: `${label} (${gap.category})`,
    personalData: storesPersonalData,
    createdBy: [gap.id],
    deletedBy,
    state: `open: ${gap.id}`,
  };
  return [...rows, row];
}
