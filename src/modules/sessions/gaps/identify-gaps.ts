/** From what was read to 24 gaps: which technology decisions are open, which are made, and why. */
import { CATEGORIES, type Category } from '../../research/research.types.js';
import type { Gap, GapInput } from './gap.types.js';
import { statusOf, viewOf, type GapDraft } from './gap-rules.js';

/**
 * One gap for each of the 24 categories, compared ones first. The same input gives the same ids, whatever the order of its lists
 * (`read.needs` is ordered by the brief itself).
 */
export function identifyGaps(input: GapInput): Gap[] {
  const drafts = CATEGORIES.map((category) => statusOf(viewOf(category, input)));
  return number(follow(drafts, input));
}

/**
 * GAP-FOLLOWS: an open category whose leader is itself open and researched waits for that decision; one that words of the brief ask
 * for waits only when the same words ask for its leader (a scheduler comes with the queue). Leaders are judged by their status
 * before this step, and two that name each other lead nobody, so no cycle can arise.
 */
function follow(drafts: readonly GapDraft[], input: GapInput): GapDraft[] {
  const byCategory = new Map(drafts.map((draft) => [draft.category, draft]));
  const followsOf = new Map(input.definitions.map((definition) => [definition.id, definition.follows]));
  const leads = (draft: GapDraft, category: Category): boolean => {
    const leader = byCategory.get(category);
    if (leader?.status !== 'open' || !leader.research || (followsOf.get(category) ?? []).includes(draft.category))
      return false;
    return draft.rule !== 'GAP-TRIGGERED' || draft.needs.some((need) => leader.needs.includes(need));
  };
  return drafts.map((draft) => {
    if (draft.status !== 'open' || draft.rule === 'GAP-IMPLIED') return draft;
    const leader = (followsOf.get(draft.category) ?? []).find((category) => leads(draft, category));
    if (leader === undefined) return draft;
    const reason = `comes with the choice of ${leader}`;
    return { ...draft, status: 'follows', rule: 'GAP-FOLLOWS', reason, followsFrom: leader, research: false };
  });
}

const STATUS_ORDER: readonly Gap['status'][] = [
  'conflict',
  'obsolete',
  'partial',
  'open',
  'unknown',
  'follows',
  'decided',
  'not-needed',
];

/** Ids by what a gap blocks: researched ones first, then by the number of needs that wait for it. */
export function number(drafts: readonly GapDraft[]): Gap[] {
  const waiting = (draft: GapDraft) => drafts.filter((other) => other.followsFrom === draft.category).length;
  const key = (draft: GapDraft): readonly number[] => [
    draft.research ? 0 : 1,
    draft.research ? 0 : STATUS_ORDER.indexOf(draft.status),
    -(draft.needs.length + waiting(draft)),
    CATEGORIES.indexOf(draft.category),
  ];
  return [...drafts]
    .sort((a, b) => compareKeys(key(a), key(b)))
    .map((draft, index) => ({ id: `G-${index + 1}`, ...draft }));
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at === -1 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
