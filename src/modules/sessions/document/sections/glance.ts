/** Section 1: one row per researched gap with its verdict and the one number that carries it. */
import type { Comparison } from '../../../research/comparison.types.js';
import type { TrdBody } from '../document.types.js';
import { percent, score } from '../writing/text.js';
import { admissible, comparedGaps, labelOf, type ResearchedGap, type Writing } from '../writing/writing.js';
import { equalOnes, isDraw, namesOf, scored } from './comparison-text.js';
import { removalText } from './decisions.js';

type GlanceRow = TrdBody['glance'][number];

export function glanceRows(writing: Writing): GlanceRow[] {
  const compared = new Set(comparedGaps(writing).map((item) => item.gap.id));
  const rows = writing.researched.map((item) =>
    compared.has(item.gap.id) && item.comparison ? comparedRow(item, item.comparison) : singleRow(item),
  );
  return [...rows, ...degradedRows(writing)];
}

function base(item: ResearchedGap): Pick<GlanceRow, 'gap' | 'category'> {
  return { gap: item.gap.id, category: item.gap.category };
}

function comparedRow(item: ResearchedGap, comparison: Comparison): GlanceRow {
  const { decision } = item;
  const names = namesOf(item.options);
  const verdict = comparison.verdict;
  if (decision?.by === 'person') {
    const result = decision.custom ?? (decision.optionId === undefined ? 'none' : names(decision.optionId));
    const lead = comparison.leader === undefined ? '' : `; the comparison says ${verdict}, ${names(comparison.leader)}`;
    return {
      ...base(item),
      result,
      verdict: 'decided by a person',
      restsOn: `${decision.reason ?? 'no reason given'}${lead}`,
    };
  }
  const [first, second] = scored(comparison);
  const result = {
    clear: () => (first ? names(first.id) : 'none'),
    close: () => (first && second ? `${names(first.id)} ahead of ${names(second.id)}` : 'none'),
  };
  const shown = verdict === 'clear' || verdict === 'close' ? result[verdict]() : 'none';
  return { ...base(item), result: shown, verdict, restsOn: restsOn(item, comparison) };
}

function restsOn(item: ResearchedGap, comparison: Comparison): string {
  const names = namesOf(item.options);
  const [first, ...rivals] = scored(comparison);
  if (!first) return 'no admissible option';
  const top = Math.max(...rivals.map((rival) => rival.high));
  if (comparison.verdict === 'clear') return `lowest score ${score(first.low)} > highest rival ${score(top)}`;
  if (comparison.undecidableBecause === 'client-facts')
    return `only the npm client puts ${names(first.id)} ahead, and a contract is not chosen by it`;
  if (comparison.verdict === 'undecidable' && isDraw(comparison))
    return `${equalOnes(comparison, names)} are equal on every criterion read`;
  const unknown = comparison.wouldChange.find((factor) => factor.kind === 'unknown');
  if (comparison.verdict === 'close') {
    const reverses = unknown ? `; ${unknown.criterion} of ${names(unknown.option)} is unknown and can reverse it` : '';
    return `wins ${percent(first.winShare)} of draws${reverses}`;
  }
  return item.definition
    ? `"${item.definition.need}" is not settled by any record read`
    : `wins only ${percent(first.winShare)} of draws`;
}

function singleRow(item: ResearchedGap): GlanceRow {
  const left = admissible(item.options);
  const removed = item.options.flatMap((option) => removalText(option) ?? []);
  const because =
    removed.length === 0 ? 'the catalogue knows no other' : `others removed by ${[...new Set(removed)].join('; ')}`;
  if (left.length > 1)
    return { ...base(item), result: 'none', verdict: 'not compared', restsOn: 'nothing was read of any of them' };
  const result = left[0] ? labelOf(left[0]) : 'none';
  const decided = item.decision?.by === 'person' ? 'decided by a person' : 'no choice to make';
  return {
    ...base(item),
    result: item.decision?.custom ?? result,
    verdict: left.length === 0 ? 'no admissible option' : decided,
    restsOn: because,
  };
}

function degradedRows({ input, researched }: Writing): GlanceRow[] {
  return input.degraded.flatMap(({ gapId, reason }) => {
    const gap = input.gaps.find((candidate) => candidate.id === gapId);
    if (!gap || researched.some((item) => item.gap.id === gapId)) return [];
    return [{ gap: gap.id, category: gap.category, result: 'none', verdict: 'not researched', restsOn: reason }];
  });
}
