import type pg from 'pg';

/** What an index of a table takes. */
export interface IndexCost {
  readonly index: string;
  readonly megabytes: number;
  readonly bytesPerRow: number;
  /** Bytes of the write-ahead log that each new row writes because of it. */
  readonly walPerRow: number;
}

/** New rows whose log is counted. */
const ADDED = 5000;

/**
 * By inserting the same rows with all indexes and without one of them, each rolled back. Without full page images, which the first change of
 * a page after each checkpoint adds to all indexes alike (the server of the tests writes none).
 */
export async function costsOf(owner: pg.Client, copies: string, table: string): Promise<readonly IndexCost[]> {
  const { rows } = await owner.query<{ index: string; bytes: string; rows: number; constraint: boolean }>(SIZES, [
    table,
  ]);
  // Their first run finds pages that nobody cleaned yet.
  await walOf(owner, copies);
  const costs: IndexCost[] = [];
  for (const { index, bytes, rows: count } of rows.filter(({ constraint }) => !constraint)) {
    const [without, all] = [await walOf(owner, copies, index), await walOf(owner, copies)];
    costs.push({
      index,
      megabytes: Number(bytes) / 2 ** 20,
      bytesPerRow: Number(bytes) / count,
      walPerRow: (all - without) / ADDED,
    });
  }
  return costs;
}

const SIZES = `
  SELECT i.indexrelid::regclass::text AS index, pg_relation_size(i.indexrelid) AS bytes, greatest(c.reltuples, 1)::float8 AS rows,
         EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) AS constraint
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE i.indrelid = $1::regclass ORDER BY 1`;

/** Bytes of log that the rows write; `without`: an index that is not there meanwhile. */
async function walOf(owner: pg.Client, copies: string, without?: string): Promise<number> {
  await owner.query('BEGIN');
  try {
    if (without !== undefined) await owner.query(`DROP INDEX ${without}`);
    const { rows } = await owner.query(`EXPLAIN (ANALYZE, WAL, FORMAT JSON) ${copies} LIMIT ${ADDED}`);
    return rows[0]['QUERY PLAN'][0].Plan['WAL Bytes'] as number;
  } finally {
    await owner.query('ROLLBACK');
  }
}

/** Sessions as they are, under other ids. */
export const COPIED_SESSIONS = `
  INSERT INTO sessions (workspace_id, id, name, brief, options, model, status, priority, created_at)
  SELECT workspace_id, md5(id::text)::uuid, name, brief, options, model, status, priority, created_at FROM sessions`;
