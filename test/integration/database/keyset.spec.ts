import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { Keyset, type PageWindow, type SortColumn } from '../../../src/shared/database/keyset.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';

interface Row {
  readonly id: string;
  readonly key: readonly string[];
}

const COLUMNS: readonly SortColumn[] = [
  { sql: 'at', type: 'timestamptz' },
  { sql: 'name', type: 'text' },
  { sql: 'number', type: 'integer' },
];

/** Few values, so that many rows are alike in all columns but the last. */
const rowArbitrary = fc.record({
  // Microseconds, which a Date would lose.
  at: fc.constantFrom('2026-01-01T00:00:00.000001Z', '2026-01-01T00:00:00.000002Z', '2025-12-31T23:59:59.999999Z'),
  name: fc.constantFrom('', 'a', 'B', 'b', 'ä', "o'hara", '\\', '😀', 'A b'),
  number: fc.integer({ min: -2, max: 2 }),
});

const orderArbitrary = fc
  .tuple(
    fc.shuffledSubarray([...COLUMNS], { minLength: 0 }),
    fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    fc.boolean(),
  )
  .map(([columns, directions, all]) =>
    [...columns, { sql: 'id', type: 'uuid' }].map((column, at) => ({
      ...column,
      descending: all ? directions[0] : directions[at],
    })),
  );

describe('pages of a list by the values of its last row', () => {
  let database: TestDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await testDatabase();
    source = await new DataSource({ type: 'postgres', url: database.ownerUrl, installExtensions: false }).initialize();
    await source.query(
      `CREATE TABLE listed (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), at timestamptz, name text, number integer)`,
    );
  });

  afterAll(async () => {
    await source.destroy();
    await database.close();
  });

  async function fill(rows: readonly unknown[]): Promise<void> {
    await source.query('TRUNCATE listed');
    await source.query(
      `INSERT INTO listed (at, name, number) SELECT at, name, number FROM jsonb_to_recordset($1::jsonb) AS r (at timestamptz, name text, number integer)`,
      [JSON.stringify(rows)],
    );
  }

  /** As a repository writes it. */
  function bySql(keyset: Keyset, { backwards, limit, after }: PageWindow): Promise<Row[]> {
    const parameters: unknown[] = [limit];
    const behind = after && keyset.behind(after, backwards, (value) => `$${parameters.push(value)}`);
    return source.query<Row[]>(
      `SELECT id, ${keyset.key} AS key FROM listed ${behind ? `WHERE ${behind}` : ''} ORDER BY ${keyset.orderBy(backwards)} LIMIT $1`,
      parameters,
    );
  }

  /** As a module with a query builder of TypeORM does. */
  function byBuilder(keyset: Keyset, window: PageWindow): Promise<Row[]> {
    const builder = source
      .createQueryBuilder()
      .select('id', 'id')
      .addSelect(keyset.key, 'key')
      .from('listed', 'listed');
    return keyset.apply(builder, window).getRawMany<Row>();
  }

  it.each([
    ['in SQL', bySql],
    ['by a query builder', byBuilder],
  ])('%s: on to the end and back again shows each row once, in any order of columns', async (_how, read) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rowArbitrary, { maxLength: 30 }),
        orderArbitrary,
        fc.integer({ min: 1, max: 8 }),
        async (rows, columns, limit) => {
          await fill(rows);
          const keyset = new Keyset(columns);
          const all = await source.query<Row[]>(`SELECT id FROM listed ORDER BY ${keyset.orderBy()}`);
          const ids = all.map(({ id }) => id);
          const [on, back] = [await walk(keyset, limit, false, read), await walk(keyset, limit, true, read)];
          expect(on).toEqual(ids);
          expect(back).toEqual([...ids].reverse());
        },
      ),
      { numRuns: 60 },
    );
  });

  async function walk(keyset: Keyset, limit: number, backwards: boolean, read: typeof bySql): Promise<string[]> {
    const ids: string[] = [];
    for (let after: readonly string[] | undefined; ;) {
      const rows = await read(keyset, { backwards, limit, ...(after ? { after } : {}) });
      ids.push(...rows.map(({ id }) => id));
      after = rows.at(-1)?.key;
      if (rows.length < limit) return ids;
    }
  }

  it('a page far behind is found by an index, one way or mixed', async () => {
    await source.query('TRUNCATE listed');
    await source.query(
      `INSERT INTO listed (at, name, number) SELECT now() - n * interval '1 second', 'n', n % 7 FROM generate_series(1, 20000) n`,
    );
    await source.query('CREATE INDEX listed_at ON listed (at DESC, id DESC)');
    await source.query('CREATE INDEX listed_mixed ON listed (at DESC, id ASC)');
    await source.query('ANALYZE listed');
    for (const descending of [true, false]) {
      const keyset = new Keyset([
        { sql: 'at', type: 'timestamptz', descending: true },
        { sql: 'id', type: 'uuid', descending },
      ]);
      const [row] = await source.query<Row[]>(
        `SELECT id, ${keyset.key} AS key FROM listed ORDER BY ${keyset.orderBy()} OFFSET 18000 LIMIT 1`,
      );
      const parameters: unknown[] = [];
      const behind = keyset.behind(row?.key ?? [], false, (value) => `$${parameters.push(value)}`);
      const [explained] = await source.query<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT id FROM listed WHERE ${behind} ORDER BY ${keyset.orderBy()} LIMIT 50`,
        parameters,
      );
      const text = JSON.stringify(explained);
      expect(text).toContain('"Index Cond"');
      expect(text).not.toContain('"Sort Key"');
      // Pages of the index and of the table for 50 rows, not for the 18,000 before them.
      const plan = explained?.['QUERY PLAN'][0].Plan;
      expect((plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0)).toBeLessThan(120);
    }
  });

  it('a list without columns, or a row of another list, is a mistake of the program', () => {
    expect(() => new Keyset([])).toThrow(/needs a column/);
    expect(() => new Keyset(COLUMNS).behind(['1'], false, () => '$1')).toThrow(/3 values of sort columns, not 1/);
  });
});

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}
