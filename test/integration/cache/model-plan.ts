import fc from 'fast-check';

/** How many caches a game has. */
export const NODES = 3;
/** Values that look like none. */
const PLAIN = [null, 0, ''] as const;
export const NAMES = ['a:0', 'a:1', 'a:0'] as const;
export const OWNERS = ['w1', 'w1', 'w2'] as const;
const KEYS = NAMES.length;

const node = fc.nat(NODES - 1);
const key = fc.nat(KEYS - 1);
const someTags = fc.subarray(['t0', 't1']);
/** Seconds; the short ones end within a run. */
const ttl = fc.constantFrom(0.02, 60, 60);
const owner = fc.constantFrom('w1', 'w2');

/** What a client of one of the nodes does next. */
const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('look' as const),
      node,
      key,
      tags: someTags,
      tagsComeWithValue: fc.boolean(),
      ttl,
      graceTtl: fc.constantFrom(0, 60),
      softTimeoutMs: fc.constantFrom(0, 3),
      isReload: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
      loadMs: fc.nat(6),
      loadFails: fc.integer({ min: 0, max: 29 }).map((number) => number === 0),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('get' as const), node, key }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('set' as const), node, key, tags: someTags, ttl }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), node, key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('tags' as const),
      node,
      tags: fc.subarray(['t0', 't1'], { minLength: 1 }),
      owner: fc.option(owner, { nil: undefined }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('pattern' as const),
      node,
      owner,
      pattern: fc.constantFrom('*', 'a:*', '*:0', 'a:1'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('plain' as const), node, value: fc.constantFrom(...PLAIN) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(25) }) },
);

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
export type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>;

/** Some clients that act at once, each one step after the other. */
const plan = fc.array(fc.array(step, { minLength: 4, maxLength: 16, size: 'max' }), {
  minLength: 2,
  maxLength: 8,
  size: 'max',
});
export type Plan = readonly (readonly Step[])[];

/** The same plans for the same seed. */
export const plansOf = (seed: number, count: number): readonly Plan[] => fc.sample(plan, { seed, numRuns: count });
