/** A person's changes to the plan, applied before research starts. Ids stay: events and answers already name them. */
import type { Gap, PlanPatch } from './gap.types.js';

/**
 * The gaps with the patch applied. A pin decides the category (`by` a person: PLAN-PIN), `add` opens it for research, `drop` takes
 * it out of research. When one category is named twice the stronger wins: pin, then drop, then add.
 */
export function applyPlan(gaps: readonly Gap[], patch: PlanPatch): Gap[] {
  return gaps.map((gap) => pinned(gap, patch) ?? dropped(gap, patch) ?? added(gap, patch) ?? gap);
}

function pinned(gap: Gap, patch: PlanPatch): Gap | undefined {
  const name = patch.pin?.[gap.category];
  if (name === undefined) return undefined;
  const evidence = [{ where: 'plan', words: `pin ${name}` }];
  return changed(gap, { status: 'decided', rule: 'PLAN-PIN', reason: `pinned: ${name}`, evidence }, name);
}

function dropped(gap: Gap, patch: PlanPatch): Gap | undefined {
  if (!patch.drop?.includes(gap.category)) return undefined;
  const evidence = [{ where: 'plan', words: `drop ${gap.category}` }];
  return changed(gap, { status: 'not-needed', rule: 'PLAN-DROP', reason: 'taken out of the plan', evidence });
}

function added(gap: Gap, patch: PlanPatch): Gap | undefined {
  if (!patch.add?.includes(gap.category) || gap.research) return undefined;
  const evidence = [...gap.evidence, { where: 'plan', words: `add ${gap.category}` }];
  const reason = 'added to the plan';
  return { ...changed(gap, { status: 'open', rule: 'PLAN-ADD', reason, evidence }), research: true };
}

type Change = Pick<Gap, 'status' | 'rule' | 'reason' | 'evidence'>;

function changed(gap: Gap, change: Change, decidedBy?: string): Gap {
  const { id, category, needs } = gap;
  return { id, category, needs, ...change, research: false, ...(decidedBy === undefined ? {} : { decidedBy }) };
}
