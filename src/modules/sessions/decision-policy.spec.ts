import type { Comparison, Verdict } from '../research/comparison.types.js';
import { decideByPolicy } from './decision-policy.js';
import type { Gap } from './gaps/gap.types.js';

const gap = (changes: Partial<Gap> = {}): Gap => ({
  id: 'G-1',
  category: 'queue-jobs',
  status: 'open',
  rule: 'GAP-TRIGGERED',
  reason: 'a payout waits',
  evidence: [],
  needs: ['N1'],
  research: true,
  ...changes,
});

const comparison = (verdict: Verdict, admissible = true): Comparison => ({
  category: 'queue-jobs',
  verdict,
  criteria: ['C1'],
  equalCriteria: [],
  options: [{ id: 'queue-jobs/pg-boss', label: 'pg-boss', admissible, low: 0.9, high: 0.9, topsis: 0.9, winShare: 1 }],
  ...(verdict === 'clear' || verdict === 'close' ? { leader: 'queue-jobs/pg-boss' } : {}),
  wouldChange: [],
});

describe('the default policy', () => {
  it.each(['clear', 'close'] as const)('takes the leader of a %s comparison', (verdict) => {
    const { decisions, open } = decideByPolicy({
      mode: 'auto',
      gaps: [gap()],
      comparisons: [comparison(verdict)],
      earlier: [],
    });
    expect(decisions).toMatchObject([{ gapId: 'G-1', optionId: 'queue-jobs/pg-boss', by: 'policy' }]);
    expect(open).toEqual([]);
  });

  it.each(['undecidable', 'no-choice', 'none'] as const)('invents nothing when it is %s', (verdict) => {
    const result = decideByPolicy({ mode: 'auto', gaps: [gap()], comparisons: [comparison(verdict)], earlier: [] });
    expect(result).toEqual({ decisions: [], open: [] });
  });

  it('asks a person for every comparison with an admissible option when decisions are theirs', () => {
    const asked = decideByPolicy({ mode: 'ask', gaps: [gap()], comparisons: [comparison('undecidable')], earlier: [] });
    expect(asked).toEqual({ decisions: [], open: ['G-1'] });
    const none = decideByPolicy({
      mode: 'ask',
      gaps: [gap()],
      comparisons: [comparison('no-choice', false)],
      earlier: [],
    });
    expect(none.open).toEqual([]);
  });

  it('keeps what a person decided in the run before, under the new id of the gap', () => {
    const earlier = [{ gapId: 'G-7', category: 'queue-jobs', optionId: 'queue-jobs/pg-boss', by: 'person' } as const];
    const result = decideByPolicy({ mode: 'ask', gaps: [gap()], comparisons: [comparison('close')], earlier });
    expect(result).toMatchObject({ decisions: [{ gapId: 'G-1', by: 'person' }], open: [] });
  });

  it('does not keep an earlier choice that a constraint has since removed', () => {
    const earlier = [{ gapId: 'G-1', category: 'queue-jobs', optionId: 'queue-jobs/pg-boss', by: 'person' } as const];
    const comparisons = [comparison('no-choice', false)];
    expect(decideByPolicy({ mode: 'ask', gaps: [gap()], comparisons, earlier }).decisions).toEqual([]);
  });

  it('records what the brief and the plan decided as theirs', () => {
    const gaps = [
      gap({ status: 'decided', decidedBy: 'pg-boss', rule: 'GAP-NAMED', research: false }),
      gap({ id: 'G-2', category: 'cache', status: 'decided', decidedBy: 'Valkey', rule: 'PLAN-PIN', research: false }),
    ];
    const { decisions } = decideByPolicy({ mode: 'auto', gaps, comparisons: [], earlier: [] });
    expect(decisions).toMatchObject([
      { gapId: 'G-1', custom: 'pg-boss', by: 'brief' },
      { gapId: 'G-2', custom: 'Valkey', by: 'person' },
    ]);
  });
});
