import { DEFAULT_CRITERIA } from '../criteria/default-criteria.js';
import { by, full, option, SEED } from './compare.fixture.js';
import { compare } from './compare.js';

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

describe('dominance', () => {
  it('is not claimed between options that are equal on everything', () => {
    const draw = compare('cache', [option('a', full), option('b', full)], DEFAULT_CRITERIA, SEED);
    expect(draw).toMatchObject({ verdict: 'undecidable', wouldChange: [] });
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

describe('services that a provider runs', () => {
  const rented = (slug: string, values: Parameters<typeof option>[1]) => {
    const made = option(slug, values);
    return { ...made, candidate: { ...made.candidate, rented: true as const } };
  };
  const verdictOf = (...options: ReturnType<typeof option>[]) => compare('queue-jobs', options, DEFAULT_CRITERIA, SEED);

  it('are never told apart by facts of their npm clients', () => {
    const comparison = verdictOf(rented('s3', { ...full, C3: 0.6 }), rented('blob', { ...full, C3: 0.5 }));
    expect(comparison.verdict).toBe('undecidable');
    expect(comparison.undecidableBecause).toBe('client-facts');
    expect(comparison.leader).toBe('queue-jobs/s3');
  });

  it('do not lead over what runs inside by their npm client alone', () => {
    expect(
      verdictOf(rented('sentry', { ...full, C2: [0, 1] }), option('otel', { ...full, C3: 0.1, C4: 0.5 })).verdict,
    ).toBe('undecidable');
  });

  it('may lead by what they do, and packages still lead by their own facts', () => {
    expect(verdictOf(rented('a', full), rented('b', { ...full, C2: 0 })).verdict).toBe('clear');
    expect(verdictOf(option('a', full), rented('b', { ...full, C3: 0.5 })).verdict).toBe('clear');
  });
});
