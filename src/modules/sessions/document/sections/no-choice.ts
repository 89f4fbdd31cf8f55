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
    removed:
      removed.length === 0
        ? 'none'
        : removed.map((option) => `${labelOf(option)} by ${removalText(option)}`).join('; '),
    whatToDo: whatToDo(item, left, removed),
  };
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
  if (licences.length > 0) return `allowing ${listed([...new Set(licences)], 'or')} gives a choice`;
  if (left.length > 1) return 'not compared, see section 10';
  if (left.length > 0) return 'the only one known: confirm it, or name another';
  return removed.length > 0
    ? 'relax the constraint named here, or name a product'
    : 'no candidate is known: name a product';
}

/** The licence that alone keeps an option out. */
function onlyLicence(option: ResearchedOption): string[] {
  const failed = option.constraints.filter((constraint) => constraint.state === 'fail');
  return failed.length === 1 && failed[0]?.id === 'H1' ? [failed[0].shown] : [];
}

function decisionLabel({ decision, options }: ResearchedGap): string {
  const option = options.find((candidate) => candidate.candidate.id === decision?.optionId);
  return decision?.custom ?? (option ? labelOf(option) : (decision?.optionId ?? ''));
}
