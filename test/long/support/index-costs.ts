import type pg from 'pg';

/** What an index of a table takes. */
export interface IndexCost {
  readonly index: string;
  readonly megabytes: number;
  readonly bytesPerRow: number;
  /** Bytes of the write-ahead log that each new row writes because of it. */
  readonly walPerRow: number;
}

/** Rows that are there before, and new ones whose log is counted. */
const BASE = 5000;
const ADDED = 2500;

/**
 * Sizes as they are, and the log of the same new rows in copies of the table: one with all its indexes, and one without each of them. Without
 * full page images, which the first change of a page after each checkpoint adds to all indexes alike (the server of the tests
 * writes none). An index of words is charged at once and not when what it put off is worked up.
 */
export async function costsOf(owner: pg.Client, table: string): Promise<readonly IndexCost[]> {
  const { rows } = await owner.query<IndexRow>(INDEXES, [table]);
  const all = await walOf(owner, table, rows);
  const costs: IndexCost[] = [];
  for (const one of rows.filter(({ constraint }) => !constraint)) {
    const others = rows.filter((other) => other !== one);
    const walPerRow = (all - (await walOf(owner, table, others))) / ADDED;
    const bytes = Number(one.bytes);
    costs.push({ index: one.index, megabytes: bytes / 2 ** 20, bytesPerRow: bytes / one.rows, walPerRow });
  }
  return costs;
}

interface IndexRow {
  readonly index: string;
  readonly definition: string;
  readonly bytes: string;
  readonly rows: number;
  readonly constraint: boolean;
}

const INDEXES = `
  SELECT i.indexrelid::regclass::text AS index, pg_get_indexdef(i.indexrelid) AS definition, pg_relation_size(i.indexrelid) AS bytes,
         greatest(c.reltuples, 1)::float8 AS rows, EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) AS constraint
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE i.indrelid = $1::regclass ORDER BY 1`;

/** Bytes of log that new rows write into a copy of the table with these indexes. */
async function walOf(owner: pg.Client, table: string, indexes: readonly IndexRow[]): Promise<number> {
  const some = (offset: number, limit: number) =>
    `INSERT INTO copied SELECT * FROM (SELECT * FROM ${table} LIMIT ${BASE + ADDED}) AS ${table} ORDER BY md5(${table}::text) OFFSET ${offset} LIMIT ${limit}`;
  await owner.query(`CREATE TABLE copied (LIKE ${table} INCLUDING DEFAULTS)`);
  try {
    for (const { definition, index } of indexes)
      await owner.query(
        definition.replace(/INDEX \S+ ON \S+/, `INDEX copied_${index} ON copied`) +
          (/USING gin/.test(definition) ? ' WITH (fastupdate = off)' : ''),
      );
    await owner.query(some(0, BASE));
    const { rows } = await owner.query(`EXPLAIN (ANALYZE, WAL, FORMAT JSON) ${some(BASE, ADDED)}`);
    return rows[0]['QUERY PLAN'][0].Plan['WAL Bytes'] as number;
  } finally {
    await owner.query('DROP TABLE copied');
  }
}
