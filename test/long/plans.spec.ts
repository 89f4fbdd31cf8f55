import pg from 'pg';
import { SESSION_SORTS } from '../../src/modules/sessions/sessions.schemas.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { costsOf } from './support/index-costs.js';
import { SAMPLE, say } from './support/long-run.js';
import { fillTables, WORKSPACE } from './support/many-rows.js';
import { ALL_FILTERS, listOf, type Sent, type Served, servedQueries } from './support/served-queries.js';

const ROWS = SAMPLE ? 20_000 : 1_000_000;
/**
 * Share of the blocks of `sessions` that no page of a list may exceed. A word together with other filters, by name, is looked for row by row
 * in the order of names where the planner takes that for cheaper than all rows with the word.
 */
const MOST_BLOCKS = { plain: 0.05, withWords: 0.5 };
/** Blocks that a page may take of however small a table. */
const FEW_BLOCKS = 3_000;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly Plan[];
}

const stepsOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(stepsOf)];

const blocksOf = ([top]: readonly Plan[]) => (top?.['Shared Hit Blocks'] ?? 0) + (top?.['Shared Read Blocks'] ?? 0);

/** Filter, order, and whether the page is asked for backwards, from the middle of the list. */
const EVERY_PAGE = ALL_FILTERS.flatMap((filter) =>
  SESSION_SORTS.flatMap((sort) => [false, true].map((backwards) => [filter, sort, backwards] as const)),
);

describe(`the indexes of tables with ${ROWS} rows`, () => {
  let database: TestDatabase;
  let owner: pg.Client;
  /** Index of a partition → the index that it is a part of. */
  let whole: Map<string, string>;
  let served: readonly Served[];

  beforeAll(async () => {
    database = await testDatabase();
    owner = new pg.Client(database.ownerUrl);
    await owner.connect();
    const startedMs = Date.now();
    await fillTables(owner, database, ROWS);
    say(`  plans: tables of ${ROWS} rows after ${Math.round((Date.now() - startedMs) / 1000)} s`);
    const parts = await owner.query<{ part: string; whole: string }>(
      `SELECT inhrelid::regclass::text AS part, inhparent::regclass::text AS whole FROM pg_inherits
         JOIN pg_class ON oid = inhparent WHERE relkind = 'I'`,
    );
    whole = new Map(parts.rows.map((row) => [row.part, row.whole]));
    const { rows } = await owner.query<{ id: string }>('SELECT session_id AS id FROM session_evidence LIMIT 1');
    served = servedQueries(rows[0]!.id);
  }, 2_400_000);
  afterAll(async () => {
    await owner?.end();
    await database?.close();
  }, 60_000);

  async function plan({ sql, parameters }: Sent, options = ''): Promise<readonly Plan[]> {
    const { rows } = await owner.query(`EXPLAIN (${options}FORMAT JSON) ${sql}`, [...parameters]);
    return stepsOf(rows[0]['QUERY PLAN'][0].Plan as Plan);
  }
  const indexesOf = (steps: readonly Plan[]) =>
    steps.flatMap(({ 'Index Name': name }) => (name === undefined ? [] : [whole.get(name) ?? name]));
  /** Tables that are read whole, but for partitions that are empty. */
  const readWhole = (steps: readonly Plan[]) =>
    steps
      .filter((step) => step['Node Type'] === 'Seq Scan' && step['Relation Name'] !== 'audit_log_default')
      .map((step) => step['Relation Name']);

  it('each of them serves the query that it is there for', async () => {
    const wrong: string[] = [];
    for (const { index, query, statement } of served) {
      const steps = await plan(await statement());
      const used = indexesOf(steps);
      if (!used.includes(index) || readWhole(steps).length > 0)
        wrong.push(`${query}: ${used.join()} instead of ${index}, whole: ${readWhole(steps).join() || 'none'}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it('there is none besides those and the keys', async () => {
    const { rows } = await owner.query<{ index: string }>(
      `SELECT i.indexrelid::regclass::text AS index FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
          AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY 1`,
    );
    const named = new Set(served.map(({ index }) => index));
    expect(rows.map(({ index }) => index).filter((index) => !named.has(index))).toEqual([]);
    expect(rows.length).toBeGreaterThan(8);
  });

  it(`each of ${ALL_FILTERS.length} combinations of filters, in each order, forwards and backwards: a page reads a small part`, async () => {
    const { rows } = await owner.query<{ blocks: number; at: string[]; name: string[] }>(
      `SELECT (SELECT (pg_relation_size('sessions') / 8192)::int) AS blocks, ARRAY[created_at::text, id::text] AS at, ARRAY[name, id::text] AS name
         FROM sessions WHERE workspace_id = $1 ORDER BY created_at OFFSET $2 LIMIT 1`,
      [WORKSPACE, ROWS / 2],
    );
    const { blocks, at, name } = rows[0]!;
    const wrong: string[] = [];
    const largest = { plain: 0, withWords: 0 };
    for (const [filter, sort, backwards] of EVERY_PAGE) {
      const after = backwards ? { after: sort.endsWith('name') ? name : at } : {};
      const statement = await listOf(filter, sort, { backwards, limit: 51, ...after });
      const steps = await plan(statement, 'ANALYZE, BUFFERS, TIMING OFF, ');
      const read = blocksOf(steps);
      const kind = filter.q === undefined ? 'plain' : 'withWords';
      largest[kind] = Math.max(largest[kind], read);
      if (read > Math.max(FEW_BLOCKS, blocks * MOST_BLOCKS[kind]) || readWhole(steps).length > 0)
        wrong.push(`${read} blocks: ${sort} ${backwards} ${JSON.stringify(filter)} by ${indexesOf(steps).join()}`);
    }
    say(`  a page reads ${largest.plain} blocks at most, with words ${largest.withWords}, of ${blocks} of the table`);
    expect(wrong).toEqual([]);
  }, 1_200_000);

  it('what each costs is known', async () => {
    const costs = [
      ...(await costsOf(owner, 'sessions')),
      ...(await costsOf(owner, 'jobs')),
      ...(await costsOf(owner, 'idempotency_keys')),
      ...(await costsOf(owner, 'session_evidence')),
    ];
    for (const { index, megabytes, bytesPerRow, walPerRow } of costs)
      say(
        `  ${index}: ${megabytes.toFixed(1)} MB, ${bytesPerRow.toFixed(0)} bytes a row, ${walPerRow.toFixed(0)} of log`,
      );
    expect(costs.map(({ index }) => index)).toEqual(
      expect.arrayContaining(['idx_sessions_search', 'idx_jobs_unfinished']),
    );
    expect(costs.filter(({ bytesPerRow }) => bytesPerRow > MOST_BYTES_PER_ROW)).toEqual([]);
  }, 120_000);
});

/** An index that takes a quarter of a session's 1.5 KB for each has to be thought over. */
const MOST_BYTES_PER_ROW = 400;
