/** Section 8: every store of personal data with its deletion path; what a choice stores adds a row. */
import type { DataStore } from '../../derivation/derivation.types.js';
import type { Writing } from '../writing/writing.js';

export function dataRows(writing: Writing): DataStore[] {
  const { dataStores } = writing.input.derivation;
  const rows = [...dataStores];
  for (const { gap, option } of writing.choices) {
    const { storesPersonalData, label, kind } = option.candidate;
    if (storesPersonalData === undefined || rows.some((row) => row.createdBy.includes(gap.id))) continue;
    rows.push({
      store: `${label} (${gap.category})`,
      personalData: storesPersonalData,
      createdBy: [gap.id],
      deletedBy:
        kind === 'service' ? 'by contract with its operator' : 'open: its own clean-up must be set to the same period',
      state: `open: ${gap.id}`,
    });
  }
  return rows;
}
