import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { copyIn, copyPieces } from './db-copy.mjs';
import { COPY_COLUMNS, copyValues, openBulk, sessionRow } from './db-bulk-rows.mjs';
import { part, partAtLeast, row, told } from './row.mjs';
import { mean, median, PAIRS_NEEDED, ratioOf } from './statistics.mjs';

const ROWS = 100_000;
const QUICK_ROWS = 10_000;

/** C1: rows into the empty table. */
export const insertRate = (figure, context) =>
  measured(figure, context, {
    name: 'insert',
    ours: ({ bulk, scope, Session }, { rows }) => bulk.insert(scope, Session, rows),
    others: {
      'each chunk by itself': ({ bulk, scope, Session }, { rows }) =>
        bulk.insert(scope, Session, rows, { atomic: false }),
    },
  });

/** C2: rows of which each other one is there already. */
export const upsertRate = (figure, context) => {
  const upsert = ({ bulk, scope, Session }, { rows }) => bulk.upsert(scope, Session, rows);
  return measured(figure, context, {
    name: 'upsert, half of the rows are there',
    prepare: (bench, { halfStale }) => fill(bench, halfStale),
    ours: upsert,
    others: { 'none of them is there': upsert, 'all of them are there': upsert },
    othersPrepare: { 'all of them are there': (bench, { stale }) => fill(bench, stale) },
  });
};

/** C3: three columns of each row, two of which are in an index. */
export const updateRate = (figure, context) =>
  measured(figure, context, {
    name: 'update',
    prepare: (bench, { pieces }) => fill(bench, pieces),
    ours: ({ bulk, scope, Session }, { changed }) => bulk.update(scope, Session, changed),
  });

async function fill(bench, pieces) {
  await copyIn(bench.client, 'sessions', COPY_COLUMNS, pieces);
  await bench.settle();
}

/**
 * Rates against COPY of the same rows into the same table, which is empty, with its indexes; COPY's text lies ready. In turn: COPY,
 * ours, ours, COPY, so that each follows itself as often as the other.
 * @param prepare what the table holds before ours
 * @param others measured once a pair and told
 */
async function measured(figure, { scratch, quick, say }, { name, prepare, ours, others = {}, othersPrepare = {} }) {
  const bench = await openBulk(scratch);
  const data = dataOf(quick ? QUICK_ROWS : ROWS);
  const copy = () => rate(bench, data, undefined, () => copyIn(bench.client, 'sessions', COPY_COLUMNS, data.pieces));
  const our = () => rate(bench, data, prepare, () => ours(bench, data));
  await copy();
  await our();
  const pairs = [];
  const beside = Object.fromEntries(Object.keys(others).map((key) => [key, []]));
  for (let pair = 0; pair < PAIRS_NEEDED; pair++) {
    const bare = await copy();
    const both = [await our(), await our()];
    pairs.push({ bare, ours: mean(both), bareAgain: await copy() });
    for (const [key, run] of Object.entries(others))
      beside[key].push(await rate(bench, data, othersPrepare[key], () => run(bench, data)));
    say(`${name}: ${(pairs.at(-1).ours / bare).toFixed(2)} ×`);
  }
  const { ratio, self, quiet, enough } = ratioOf(pairs);
  const perSecond = (of) => Math.round(median(pairs.map(of)));
  const reference = perSecond(({ bare, bareAgain }) => mean([bare, bareAgain]));
  return row(figure, pairs.length, [
    partAtLeast(name, ratio, figure.limit, '×', quiet && enough ? undefined : 'too noisy'),
    ...Object.entries(beside).map(([key, rates]) => told(key, median(rates) / reference, '×')),
    told(
      name,
      perSecond(({ ours: rows }) => rows),
      'rows/s',
    ),
    told('COPY', reference, 'rows/s'),
    told('COPY against itself', self, '×'),
  ]);
}

/** Rows and what COPY sends of them, made before anything is measured. */
function dataOf(count) {
  const rows = Array.from({ length: count }, (_, number) => sessionRow(number));
  const updatedAt = new Date(Date.UTC(2026, 6, 1));
  // What stands in an index differs, so that no change is only of the row.
  const stale = rows.map((one) => ({ ...one, status: 'paused', progress: 0 }));
  const everySecond = stale.filter((_, number) => number % 2 === 0);
  return {
    rows,
    pieces: copyPieces(rows, copyValues),
    stale: copyPieces(stale, copyValues),
    halfStale: copyPieces(everySecond, copyValues),
    changed: rows.map(({ id }, number) => ({ id, status: 'completed', progress: (number + 1) % 100, updatedAt })),
  };
}

/** @returns rows a second, what prepares and what follows apart */
async function rate(bench, data, prepare, work) {
  await bench.empty();
  await prepare?.(bench, data);
  const before = performance.now();
  const result = await work();
  const seconds = (performance.now() - before) / 1000;
  if (result !== undefined && result.written !== data.rows.length)
    throw new Error(`${result.written} of ${data.rows.length} rows were written`);
  return data.rows.length / seconds;
}

/** How often memory is looked at in a run. */
const LOOKS = 20;

/**
 * C4: what the process holds at most while rows of a generator are inserted, ten times as many against as many. As a difference:
 * both are a few chunks, and what the collector has not yet given back.
 */
export async function constantMemory(figure, { scratch, quick, say }) {
  const bench = await openBulk(scratch);
  const few = quick ? QUICK_ROWS : ROWS;
  await heldAtMost(bench, few);
  const pairs = [];
  for (let pair = 0; pair < (quick ? 1 : 3); pair++) {
    const [less, more] = [await heldAtMost(bench, few), await heldAtMost(bench, 10 * few)];
    say(`${less.toFixed(1)} MB, ${more.toFixed(1)} MB`);
    pairs.push({ less, more });
  }
  const middle = (of) => median(pairs.map(of));
  return row(figure, pairs.length, [
    part(
      `more for ${10 * few} rows than for ${few}`,
      middle(({ less, more }) => more - less),
      figure.limit,
      'MB',
    ),
    told(
      `held at most, ${few} rows`,
      middle(({ less }) => less),
      'MB',
    ),
    told(
      `held at most, ${10 * few} rows`,
      middle(({ more }) => more),
      'MB',
    ),
  ]);
}

/** @returns the most of heap and buffers beyond what was held before, in MB, each after a collection of garbage */
async function heldAtMost({ bulk, scope, Session, empty }, count) {
  await empty();
  const before = heldNow();
  let most = 0;
  let next = 0;
  const onProgress = ({ done }) => {
    if (done < next) return;
    most = Math.max(most, heldNow() - before);
    next += count / LOOKS;
  };
  const { written } = await bulk.insert(scope, Session, generated(count), { onProgress });
  if (written !== count) throw new Error(`${written} of ${count} rows were written`);
  return most / 2 ** 20;
}

function* generated(count) {
  for (let number = 0; number < count; number++) yield sessionRow(number, number.toString(16).padStart(20, '0'));
}

let collect;

function heldNow() {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc');
  }
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
