import fc from 'fast-check';
import type { BulkRow } from '../../../src/shared/database/bulk/bulk.types.js';
import { bulkKit, type BulkKit, Counter, OURS } from '../../support/bulk.js';

type Property = 'a' | 'b';
interface Stored {
  a: number;
  b: string | null;
  version: number;
}

const id = fc.constantFrom('k0', 'k1', 'k2', 'K0', 'é', '');
const row = fc.record(
  { id, a: fc.nat(99), b: fc.option(fc.constantFrom('x', 'y'), { nil: null }) },
  { requiredKeys: ['id'] },
) as fc.Arbitrary<BulkRow<Counter> & { readonly id: string }>;
const rows = fc.array(row, { maxLength: 12 });
const columns = fc.option(fc.subarray<Property>(['a', 'b']), { nil: undefined });
const manner = fc.record({ chunkSize: fc.integer({ min: 1, max: 6 }), atomic: fc.boolean() });
const step = fc.oneof(
  fc.record({ kind: fc.constant('insert' as const), rows: fc.uniqueArray(row, { selector: (one) => one.id }), manner }),
  fc.record({ kind: fc.constant('upsert' as const), rows, columns, manner }),
  fc.record({
    kind: fc.constant('update' as const),
    rows: rows.map((list) => list.filter(({ a, b }) => a !== undefined && b !== undefined)),
    columns: fc.constantFrom<Property[] | undefined>(undefined, ['a'], ['b'], ['a', 'b']),
    manner,
  }),
  fc.record({ kind: fc.constant('delete' as const), rows, manner }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What the steps mean, a row at a time; a version counts the chunks that changed it, so it is only said to grow. */
class Model {
  readonly rows = new Map<string, Stored>();

  run(step: Step): void {
    for (const { id: key, ...given } of step.rows) {
      const old = this.rows.get(key);
      if (step.kind === 'delete') this.rows.delete(key);
      else if (old !== undefined && step.kind !== 'insert') this.change(old, given, step.columns);
      else if (old === undefined && step.kind !== 'update') this.rows.set(key, { a: 7, b: null, version: 1, ...given });
    }
  }

  private change(old: Stored, given: Omit<BulkRow<Counter>, 'id'>, only: readonly Property[] | undefined): void {
    for (const name of only ?? (['a', 'b'] as const))
      if (given[name] !== undefined) Object.assign(old, { [name]: given[name] });
  }
}

async function perform({ bulk }: BulkKit, step: Step, model: Model) {
  const { manner } = step;
  if (step.kind === 'upsert')
    return bulk.upsert(OURS, Counter, step.rows, { ...manner, conflict: ['id'], update: step.columns });
  if (step.kind === 'update') return bulk.update(OURS, Counter, step.rows, { ...manner, columns: step.columns });
  if (step.kind === 'delete') return bulk.delete(OURS, Counter, step.rows, manner);
  const fresh = step.rows.filter(({ id: key }) => !model.rows.has(key));
  return bulk.insert(OURS, Counter, fresh, manner);
}

describe('bulk writes against a map', () => {
  let kit: BulkKit;
  beforeAll(async () => {
    kit = await bulkKit();
  });
  afterAll(() => kit?.close());

  it('leave what writing row after row would leave, whatever the chunks and the columns that rows name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        await kit.source.query('TRUNCATE counters');
        const model = new Model();
        for (const one of steps) {
          expect((await perform(kit, one, model)).failed).toEqual([]);
          model.run(one);
          const found = await kit.source.getRepository(Counter).find();
          const plain = (list: readonly Counter[]) => new Map(list.map(({ id: key, a, b }) => [key, { a, b }]));
          expect(plain(found)).toEqual(new Map([...model.rows].map(([key, { a, b }]) => [key, { a, b }])));
        }
      }),
      { numRuns: 80 },
    );
  });
});
