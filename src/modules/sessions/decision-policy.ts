/** Who decides what. Pure. */
import type { Comparison } from '../research/comparison.types.js';
import type { Decision, Gap } from './gaps/gap.types.js';
import type { DecisionMode } from './sessions.types.js';

export interface PolicyInput {
  readonly mode: DecisionMode;
  readonly gaps: readonly Gap[];
  readonly comparisons: readonly Comparison[];
  /** What persons decided in the run before; kept while the option is still admissible. */
  readonly earlier: readonly Decision[];
}

export interface PolicyResult {
  readonly decisions: readonly Decision[];
  /** Ids of gaps a person has to decide before the document is written; empty in mode `auto`. */
  readonly open: readonly string[];
}

/**
 * The default policy takes the leader of a comparison that has one; `undecidable`, `no-choice` and `none` stay open in
 * the document, since nothing known prefers one option. In mode `ask` a person decides every comparison that
 * leaves an admissible option. What the brief or the plan names is recorded as theirs.
 */
export function decideByPolicy({ mode, gaps, comparisons, earlier }: PolicyInput): PolicyResult {
  const decisions: Decision[] = [];
  const open: string[] = [];
  for (const gap of gaps) {
    const comparison = comparisons.find((one) => one.category === gap.category);
    const decision =
      given(gap) ?? kept(gap, comparison, earlier) ?? (mode === 'auto' ? leading(gap, comparison) : undefined);
    if (decision) decisions.push(decision);
    else if (mode === 'ask' && comparison?.options.some((option) => option.admissible)) open.push(gap.id);
  }
  return { decisions, open };
}

function given(gap: Gap): Decision | undefined {
  if (gap.status !== 'decided' || gap.decidedBy === undefined) return undefined;
  const by = gap.rule === 'PLAN-PIN' ? 'person' : 'brief';
  return { gapId: gap.id, category: gap.category, custom: gap.decidedBy, reason: gap.reason, by };
}

function kept(gap: Gap, comparison: Comparison | undefined, earlier: readonly Decision[]): Decision | undefined {
  const before = earlier.find((one) => one.by === 'person' && one.category === gap.category);
  if (!before || !comparison) return undefined;
  const admissible = comparison.options.some((option) => option.id === before.optionId && option.admissible);
  return before.custom !== undefined || admissible ? { ...before, gapId: gap.id } : undefined;
}

function leading(gap: Gap, comparison: Comparison | undefined): Decision | undefined {
  if (!comparison?.leader || (comparison.verdict !== 'clear' && comparison.verdict !== 'close')) return undefined;
  return {
    gapId: gap.id,
    category: gap.category,
    optionId: comparison.leader,
    reason: `leads the comparison, verdict ${comparison.verdict}`,
    by: 'policy',
  };
}
