import fc from 'fast-check';
import { DEFAULT_CRITERIA } from '../criteria/default-criteria.js';
import type { Comparison } from '../comparison.types.js';
import type { ConstraintState, CriterionId, ResearchedOption } from '../research.types.js';
import { CRITERION_IDS } from '../research.types.js';
import { by, option, SEED } from './compare.fixture.js';
import { compare } from './compare.js';

describe('properties of every comparison', () => {
  const step = fc.integer({ min: 0, max: 20 }).map((value) => value / 20);
  const value = fc.oneof(step, fc.constant<[number, number]>([0, 1]));
  const packaged = fc.record(
    Object.fromEntries(CRITERION_IDS.map((id) => [id, value])) as Record<CriterionId, typeof value>,
  );
  const builtIn = fc.record({ C1: value, C2: value });
  const state = fc.constantFrom<ConstraintState>('pass', 'pass', 'pass', 'unknown', 'fail');
  const set = (min: number) =>
    fc
      .array(fc.tuple(fc.oneof({ weight: 3, arbitrary: packaged }, builtIn), state), { minLength: min, maxLength: 6 })
      .map((entries) => entries.map(([values, h1], index) => option(`option-${index}`, values, h1)));
  const category = fc.constantFrom('queue-jobs' as const, 'search-engine' as const);
  const runs = { numRuns: 40 };

  it('adding an option never reverses the order of two others', () => {
    fc.assert(
      fc.property(category, set(3), (where, options) => {
        const order = (part: ResearchedOption[]) =>
          compare(where, part, DEFAULT_CRITERIA, SEED)
            .options.filter(({ admissible, high }) => admissible && high > 0)
            .map(({ id }) => id);
        const before = order(options.slice(0, -1));
        const after = order(options).filter((id) => before.includes(id));
        if (before.length > 1) expect(after).toEqual(before);
      }),
      runs,
    );
  });

  it('the order of the input changes nothing', () => {
    fc.assert(
      fc.property(
        set(1).chain((options) =>
          fc.tuple(fc.constant(options), fc.shuffledSubarray(options, { minLength: options.length })),
        ),
        ([options, shuffled]) => {
          expect(compare('queue-jobs', shuffled, DEFAULT_CRITERIA, SEED)).toEqual(
            compare('queue-jobs', options, DEFAULT_CRITERIA, SEED),
          );
        },
      ),
      runs,
    );
  });

  it('low ≤ high, all within 0 and 1, and win shares sum to 1', () => {
    fc.assert(
      fc.property(set(2), fc.nat(), (options, seed) => {
        const { options: scored, verdict } = compare('queue-jobs', options, DEFAULT_CRITERIA, seed);
        for (const { low, high, topsis } of scored) {
          expect(low).toBeLessThanOrEqual(high);
          expect([low, high, topsis].every((number) => number >= 0 && number <= 1)).toBe(true);
        }
        if (verdict === 'none' || verdict === 'no-choice') return;
        expect(scored.reduce((sum, { winShare }) => sum + winShare, 0)).toBeCloseTo(1, 9);
      }),
      runs,
    );
  });

  it('the verdict follows from the printed numbers', () => {
    fc.assert(
      fc.property(set(2), (options) => {
        const { options: scored, verdict } = compare('queue-jobs', options, DEFAULT_CRITERIA, SEED);
        const [leader, ...rivals] = scored.filter(({ admissible }) => admissible);
        if (!leader || rivals.length === 0) return;
        const disjoint = rivals.every(({ high }) => high <= leader.low);
        if (verdict === 'clear') expect(disjoint).toBe(true);
        if (verdict === 'close') expect(leader.winShare).toBeGreaterThanOrEqual(0.6);
      }),
      runs,
    );
  });

  it('a dominated option never wins a draw', () => {
    fc.assert(
      fc.property(set(2), packaged, (options, values) => {
        const low = (entry: number | [number, number]) => (typeof entry === 'number' ? entry : entry[0]);
        const better = Object.fromEntries(
          CRITERION_IDS.map((id) => [id, typeof values[id] === 'number' ? Math.min(1, low(values[id]) + 0.1) : 1]),
        );
        const worse = Object.fromEntries(CRITERION_IDS.map((id) => [id, low(values[id]) > 0.9 ? 0.9 : values[id]]));
        const comparison = compare(
          'queue-jobs',
          [...options, option('better', better), option('worse', worse)],
          DEFAULT_CRITERIA,
          SEED,
        );
        expect(by(comparison, 'worse').winShare).toBe(0);
      }),
      runs,
    );
  });

  it('the same seed gives the same numbers, and another seed moves only the win shares', () => {
    fc.assert(
      fc.property(set(2), fc.nat(), (options, seed) => {
        const one = compare('queue-jobs', options, DEFAULT_CRITERIA, SEED);
        const two = compare('queue-jobs', options, DEFAULT_CRITERIA, seed);
        const plain = (comparison: Comparison) => comparison.options.map(({ winShare: _, ...rest }) => rest);
        expect(plain(two)).toEqual(plain(one));
        expect(compare('queue-jobs', options, DEFAULT_CRITERIA, SEED)).toEqual(one);
      }),
      { numRuns: 20 },
    );
  });
});
