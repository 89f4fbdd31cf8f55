/** Section 5.6: gaps with fewer than two admissible options. One candidate is no comparison, so no row has a score. */
import type { ResearchedOption } from '../../../research/research.types.js';
import type { NoChoiceRow } from '../document.types.js';
import { listed } from '../writing/text.js';
import { admissible, comparedGaps, labelOf, type ResearchedGap, type Writing } from '../writing/writing.js';
import { removalText } from './decisions.js';

export function noChoiceRows(writing: Writing): NoChoiceRow[] {
  const compared = new Set(comparedGaps(writing).map((item) => item.gap.id));
  return writing.researched.filter((item) => !compared.has(item.gap.id)).map((item) => rowFor(writing, item));
}

function rowFor(writing: Writing, item: ResearchedGap): NoChoiceRow {
  const left = admissible(item.options);
  const removed = item.options.filter((option) => !left.includes(option));
  return {
    gapId: item.gap.id,
    category: item.gap.category,
    needs: item.gap.needs,
    admissible: left.length === 0 ? 'none' : left.map((option) => withLicence(writing, option)).join('; '),
    removed: removed.length === 0 ? 'none' : removedTexts(removed),
    whatToDo: whatToDo(item, left, removed),
  };
}

/** Options that fell to the same constraint share their reason. */
function removedTexts(removed: readonly ResearchedOption[]): string {
  const byReason = new Map<string, string[]>();
  for (const option of removed) {
    const reason = removalText(option) ?? '';
    byReason.set(reason, [...(byReason.get(reason) ?? []), labelOf(option)]);
  }
  return [...byReason].map(([reason, labels]) => `${listed(labels)} by ${reason}`).join('; ');
}

/** `@aws-sdk/client-sesv2 3.1169.0, Apache-2.0 (E-19)`. */
function withLicence(writing: Writing, option: ResearchedOption): string {
  const hash = writing.book.recordOf(option)?.sha256;
  const id = hash === undefined ? undefined : writing.book.idOf(hash);
  const licence = option.constraints.find((constraint) => constraint.id === 'H1');
  const shown = licence && licence.state !== 'not-applicable' ? `, ${licence.shown}` : '';
  return `${labelOf(option)}${shown}${id === undefined ? '' : ` (${id})`}`;
}

/** The smallest change that restores a choice, else what a person must settle. */
function whatToDo(
  item: ResearchedGap,
  left: readonly ResearchedOption[],
  removed: readonly ResearchedOption[],
): string {
  if (item.decision) return `decided: ${decisionLabel(item)}`;
  const licences = removed.flatMap(onlyLicence);
  if (licences.length > 0) {
    const would =
      left.length === 0 ? `would admit ${listed(removed.filter(fallsByLicence).map(labelOf))}` : 'gives a choice';
    return `allowing ${listed([...new Set(licences)], 'or')} ${would}`;
  }
  if (left.length > 1) return 'nothing read tells them apart: name the one already run';
  if (removed.some((option) => failedIds(option).includes('H5')))
    return left.length > 0 ? 'what runs inside: confirm it, or say what may leave' : 'name a product that runs inside';
  if (left.length > 0) return 'the only one known: confirm it, or name another';
  return removed.length > 0
    ? 'relax the constraint named here, or name a product'
    : 'no candidate is known: name a product';
}

function failedIds(option: ResearchedOption): string[] {
  return option.constraints.filter((constraint) => constraint.state === 'fail').map(({ id }) => id);
}

const fallsByLicence = (option: ResearchedOption): boolean => failedIds(option).join() === 'H1';

/** The licence that alone keeps an option out. */
function onlyLicence(option: ResearchedOption): string[] {
  if (!fallsByLicence(option)) return [];
  return option.constraints.filter(({ id }) => id === 'H1').map(({ shown }) => shown);
}

function decisionLabel({ decision, options }: ResearchedGap): string {
  const option = options.find((candidate) => candidate.candidate.id === decision?.optionId);
  return decision?.custom ?? (option ? labelOf(option) : (decision?.optionId ?? ''));
}
