import fc from 'fast-check';
import { DEFAULT_CRITERIA } from '../criteria/default-criteria.js';
import type {
  Candidate,
  Comparison,
  ConstraintState,
  CriterionId,
  CriterionValue,
  ResearchedOption,
} from '../research.types.js';
import { CRITERION_IDS } from '../research.types.js';
import { compare } from './compare.js';

type Values = Partial<Record<CriterionId, number | [number, number]>>;

const SEED = 0x83c65e74;
const candidate = (slug: string): Candidate => ({
  id: `queue-jobs/${slug}`,
  category: 'queue-jobs',
  ecosystem: 'javascript',
  label: slug,
  kind: 'package',
  package: slug,
  names: [slug],
  needsServers: [],
  companions: [],
  notes: [],
});

function option(slug: string, values: Values, h1: ConstraintState = 'pass'): ResearchedOption {
  const interval = (value: number | [number, number]) => (typeof value === 'number' ? [value, value] : value);
  return {
    candidate: candidate(slug),
    constraints: [{ id: 'H1', state: h1, shown: '', citations: [] }],
    values: Object.entries(values).map(([criterion, value]): CriterionValue => {
      const [low = 0, high = 1] = interval(value);
      return { criterion: criterion as CriterionId, low, high, shown: '', citations: [] };
    }),
  };
}

const full = { C1: 1, C2: 1, C3: 1, C4: 1, C5: 1, C6: 1, C7: 1 };
const by = (comparison: Comparison, slug: string) => comparison.options.find(({ id }) => id.endsWith(`/${slug}`))!;

describe('the comparisons of the exemplar document', () => {
  it('queue-jobs: pg-boss is clear, by dominance over both rivals', () => {
    const comparison = compare(
      'queue-jobs',
      [
        option('pg-boss', { ...full, C3: 1 - 5 / 30 }),
        option('bullmq', { ...full, C2: [0, 1], C3: 0.8, C7: 0.75 }),
        option('graphile-worker', { ...full, C3: 1 - 8 / 30, C4: 0.25, C7: 0.5 }),
      ],
      DEFAULT_CRITERIA,
      SEED,
    );
    expect(comparison.verdict).toBe('clear');
    expect(comparison.leader).toBe('queue-jobs/pg-boss');
    expect(comparison.options.map(({ low, high, topsis }) => [low, high, topsis])).toEqual([
      [0.975, 0.975, 0.939],
      [0.745, 0.945, 0.758],
      [0.798, 0.798, 0.725],
    ]);
    expect(comparison.equalCriteria).toEqual(['C1', 'C5', 'C6']);
    expect(comparison.wouldChange).toEqual([
      { kind: 'dominance', leader: 'queue-jobs/pg-boss', rival: 'queue-jobs/bullmq' },
      { kind: 'dominance', leader: 'queue-jobs/pg-boss', rival: 'queue-jobs/graphile-worker' },
      { kind: 'harmless-unknown', option: 'queue-jobs/bullmq', criterion: 'C2' },
    ]);
  });

  it('framework-web: close, one unknown fact and two weights would turn it', () => {
    const comparison = compare(
      'framework-web',
      [
        option('hono', { ...full, C2: 0.5, C3: 29 / 30 }),
        option('fastify', { ...full, C3: 0.5, C6: [0, 1], C7: 0.75 }),
        option('nestjs', { ...full, C2: 0, C3: 22 / 30, C5: [0, 1] }),
        option('express', { ...full, C2: 0, C3: 1 / 30, C5: [0, 1], C7: 0 }),
      ],
      DEFAULT_CRITERIA,
      SEED,
    );
    expect(comparison.verdict).toBe('close');
    expect(by(comparison, 'hono')).toMatchObject({ low: 0.895, high: 0.895, topsis: 0.778 });
    expect(by(comparison, 'fastify')).toMatchObject({ low: 0.8, high: 0.9, topsis: 0.792 });
    expect(by(comparison, 'express')).toMatchObject({ low: 0.455, high: 0.555, winShare: 0 });
    expect(by(comparison, 'hono').winShare).toBeGreaterThan(0.88);
    expect(comparison.wouldChange).toEqual(
      expect.arrayContaining([
        { kind: 'unknown', option: 'queue-jobs/fastify', criterion: 'C6', value: 1, newLeader: 'queue-jobs/fastify' },
        { kind: 'break-even', criterion: 'C2', weight: 0.266, now: 0.2, rival: 'queue-jobs/fastify' },
        { kind: 'break-even', criterion: 'C3', weight: 0.059, now: 0.15, rival: 'queue-jobs/fastify' },
        { kind: 'harmless-unknown', option: 'queue-jobs/express', criterion: 'C5' },
      ]),
    );
  });

  it('orm-query: close, and an unknown that can only draw level is no reason to change', () => {
    const comparison = compare(
      'orm-query',
      [
        option('kysely', { ...full, C3: 29 / 30, C4: 0.5 }),
        option('prisma', { ...full, C2: [0, 1], C3: 23 / 30 }),
        option('drizzle', { ...full, C3: 29 / 30, C4: 0.5, C6: [0, 1] }),
      ],
      DEFAULT_CRITERIA,
      SEED,
    );
    expect(comparison.verdict).toBe('close');
    expect(comparison.options.map(({ low, high }) => [low, high])).toEqual([
      [0.92, 0.92],
      [0.82, 0.92],
      [0.765, 0.965],
    ]);
    expect(comparison.options[0]!.winShare).toBeCloseTo(0.766, 1);
    expect(comparison.wouldChange).toContainEqual({
      kind: 'unknown',
      option: 'queue-jobs/prisma',
      criterion: 'C2',
      value: 1,
      newLeader: 'queue-jobs/prisma',
    });
    expect(comparison.wouldChange).not.toContainEqual(
      expect.objectContaining({ kind: 'unknown', option: 'queue-jobs/drizzle' }),
    );
  });

  it('payments: undecidable, the need is unknown for all', () => {
    const comparison = compare(
      'payments',
      [option('stripe', { ...full, C2: [0, 1] }), option('mollie', { ...full, C2: [0, 1], C3: 0.9, C7: 0.75 })],
      DEFAULT_CRITERIA,
      SEED,
    );
    expect(comparison.verdict).toBe('undecidable');
    expect(by(comparison, 'stripe')).toMatchObject({ low: 0.8, high: 1 });
    expect(by(comparison, 'mollie')).toMatchObject({ low: 0.76, high: 0.96 });
    expect(by(comparison, 'stripe').winShare).toBeCloseTo(0.672, 1);
  });

  it('search-engine: package criteria are left out, for the database itself has no package', () => {
    const comparison = compare(
      'search-engine',
      [option('postgresql', { C1: 1, C2: 1 }), option('typesense', { ...full, C1: 0.5, C2: 0 })],
      DEFAULT_CRITERIA,
      SEED,
    );
    expect(comparison.verdict).toBe('clear');
    expect(comparison.options.map(({ low }) => low)).toEqual([1, 0.25]);
    expect(comparison.criteria).toEqual(['C1', 'C2']);
  });
});

describe('what would change the result', () => {
  const two = [option('a', { ...full, C2: 0.5, C3: 0.9 }), option('b', { ...full, C3: 0.1 })];
  const breakEvens = () =>
    compare('queue-jobs', two, DEFAULT_CRITERIA, SEED).wouldChange.flatMap((factor) =>
      factor.kind === 'break-even' ? [factor] : [],
    );

  it('names only weights of criteria on which the two differ', () => {
    expect(breakEvens().map(({ criterion }) => criterion)).toEqual(['C2', 'C3']);
  });

  it('at the weight it names, the others in proportion, the two are equal', () => {
    for (const { criterion, weight, now } of breakEvens()) {
      const criteria = {
        version: 2,
        criteria: DEFAULT_CRITERIA.criteria.map((one) => ({
          ...one,
          weight: one.id === criterion ? weight : (one.weight * (1 - weight)) / (1 - now),
        })),
      };
      const [first, second] = compare('queue-jobs', two, criteria, SEED).options;
      expect(Math.abs(first!.high - second!.high)).toBeLessThanOrEqual(0.002);
    }
  });
});

describe('too few options', () => {
  it('one admissible option is no comparison: nothing is scored', () => {
    const comparison = compare(
      'email-notification',
      [option('ses', full), option('nodemailer', full, 'fail')],
      DEFAULT_CRITERIA,
      1,
    );
    expect(comparison).toMatchObject({ verdict: 'no-choice', leader: 'queue-jobs/ses', wouldChange: [] });
    expect(comparison.options.map(({ admissible, high }) => [admissible, high])).toEqual([
      [true, 0],
      [false, 0],
    ]);
  });

  it('a licence list that excludes every candidate leaves none, and no leader', () => {
    const comparison = compare('email-notification', [option('nodemailer', full, 'fail')], DEFAULT_CRITERIA, 1);
    expect(comparison.verdict).toBe('none');
    expect(comparison.leader).toBeUndefined();
  });

  it('an unknown constraint excludes nobody', () => {
    const comparison = compare('cache', [option('a', full, 'unknown'), option('b', full)], DEFAULT_CRITERIA, 1);
    expect(comparison.options.every(({ admissible }) => admissible)).toBe(true);
  });

  it('without any weight on what can be compared, nothing is decided', () => {
    const criteria = {
      version: 2,
      criteria: DEFAULT_CRITERIA.criteria.map((criterion) => ({ ...criterion, weight: criterion.id === 'C3' ? 1 : 0 })),
    };
    const comparison = compare('search-engine', [option('a', { C1: 1, C2: 1 }), option('b', full)], criteria, 1);
    expect(comparison.verdict).toBe('undecidable');
    expect(comparison.options.map(({ winShare }) => winShare)).toEqual([0.5, 0.5]);
  });
});

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
