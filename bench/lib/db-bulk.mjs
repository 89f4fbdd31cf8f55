import { randomUUID } from 'node:crypto';
import { copyIn, copyPieces } from './db-copy.mjs';
import { COPY_COLUMNS, copyValues, openBulk, sessionRow } from './db-bulk-rows.mjs';
import { partAtLeast, row, told } from './row.mjs';
import { mean, median, ratioOf } from './statistics.mjs';

/**
 * Rows that COPY and ours write each, in two sides of half as many, and into how many slices a side is cut: a slice takes a fraction of a
 * second, so that a busy neighbour, who stays for seconds, hits all sides of a pair. Those beside take part in each `besideEvery`th.
 */
const FULL = { rows: 100_000, slices: 20, besideEvery: 4 };
const QUICK = { rows: 10_000, slices: 5, besideEvery: 2 };
/** Slices before the first that counts: connections, plans and compiled code are made in them. */
const WARM_UP = 1;

const upsert = ({ bulk, Session }, { scope }, { rows }) => bulk.upsert(scope, Session, rows);
const halfStale = { stale: (_row, number) => number % 2 === 0 };
const allStale = { stale: () => true };

/** C1: rows that are new. */
export const insertRate = (figure, context) =>
  measured(figure, context, {
    name: 'insert',
    work: ({ bulk, Session }, { scope }, { rows }) => bulk.insert(scope, Session, rows),
    beside: {
      'each chunk by itself': {
        work: ({ bulk, Session }, { scope }, { rows }) => bulk.insert(scope, Session, rows, { atomic: false }),
      },
    },
  });

/** C2: rows of which each other one is there already. */
export const upsertRate = (figure, context) =>
  measured(figure, context, {
    name: 'upsert, half of the rows are there',
    work: upsert,
    ...halfStale,
    beside: {
      'none of them is there': { work: upsert },
      'all of them are there': { work: upsert, ...allStale },
    },
  });

/** C3: four columns of each row, two of which are in an index. */
export const updateRate = (figure, context) =>
  measured(figure, context, {
    name: 'update',
    work: ({ bulk, Session }, { scope }, { changed }) => bulk.update(scope, Session, changed),
    ...allStale,
  });

/**
 * Rates against COPY of the same rows into the same table with its indexes; COPY's text lies ready.
 *
 * Each side has a workspace of its own in that table and writes the same rows, slice by slice: COPY, ours, ours, COPY, and between them
 * now and then those told beside; the next slice the other way round. So every slice meets the table and its indexes in the state that the others met, nothing is emptied
 * between them, and COPY is measured against itself in each pair.
 * @param work ours: writes a slice into a workspace
 * @param stale which rows lie in the workspace of that side before, with other values in the columns of indexes
 * @param beside further sides, told
 */
async function measured(figure, { scratch, quick, say }, { name, beside = {}, ...main }) {
  const bench = await openBulk(scratch);
  const size = quick ? QUICK : FULL;
  const copy = { work: ({ client }, { pieces }) => copyIn(client, 'sessions', COPY_COLUMNS, pieces) };
  const sides = { bare: copy, ours: main, oursAgain: main, ...beside, bareAgain: copy };
  for (const [key, side] of Object.entries(sides)) sides[key] = { ...side, scope: await bench.workspace(randomUUID()) };
  const slices = slicesOf(size);
  for (const side of Object.values(sides)) await fill(bench, side, slices);
  await bench.settle();
  const rounds = [];
  for (const [number, slice] of slices.entries()) {
    const withBeside = number % size.besideEvery === WARM_UP;
    const inTurn = Object.entries(withBeside ? sides : without(sides, beside));
    // Whoever comes last finds a server that is still writing: each comes first as often.
    const rates = await oneRound(bench, number % 2 === 0 ? inTurn : inTurn.reverse(), slice);
    if (number >= WARM_UP) rounds.push(rates);
    if (number % 5 === 4) say(`${name}, slice ${number + 1} of ${slices.length}: ${shown(rates)} rows/s`);
  }
  return rowOf(figure, rounds, { name, beside: Object.keys(beside), size });
}

const shown = ({ bare, ours, oursAgain, bareAgain }) =>
  [bare, ours, oursAgain, bareAgain].map((rate) => Math.round(rate)).join(', ');

const without = (sides, left) => Object.fromEntries(Object.entries(sides).filter(([key]) => !(key in left)));

async function fill(bench, { scope, stale }, slices) {
  if (stale === undefined) return;
  for (const { rows } of slices) {
    // What stands in an index differs, so that no change is only of the row.
    const there = rows.filter(stale).map((one) => ({ ...one, status: 'paused', progress: 0 }));
    await copyIn(bench.client, 'sessions', COPY_COLUMNS, copyPieces(there, copyValues(scope.workspaceId)));
  }
}

async function oneRound(bench, sides, slice) {
  const rates = {};
  for (const [key, side] of sides) rates[key] = await rateOf(bench, side, slice);
  return rates;
}

/** @returns rows a second, what prepares and what follows apart */
async function rateOf(bench, { scope, work }, slice) {
  const pieces = copyPieces(slice.rows, copyValues(scope.workspaceId));
  await bench.calm();
  const before = performance.now();
  const result = await work(bench, { scope, pieces }, slice);
  const seconds = (performance.now() - before) / 1000;
  if (result !== undefined && result.written !== slice.rows.length)
    throw new Error(`${result.written} of ${slice.rows.length} rows were written`);
  return slice.rows.length / seconds;
}

/** Made before anything is measured. */
function slicesOf({ rows, slices }) {
  const each = rows / 2 / slices;
  const updatedAt = new Date(Date.UTC(2026, 6, 1));
  return Array.from({ length: slices + WARM_UP }, (_, slice) => {
    const made = Array.from({ length: each }, (_none, number) => sessionRow(slice * each + number));
    const changed = made.map(({ id }, number) => ({
      id,
      status: 'completed',
      progress: (number + 1) % 100,
      updatedAt,
    }));
    return { rows: made, changed };
  });
}

function rowOf(figure, rounds, { name, beside, size }) {
  const { ratio, self, quiet, enough } = ratioOf(
    rounds.map((round) => ({ ...round, ours: mean([round.ours, round.oursAgain]) })),
  );
  const perSecond = (key) => median(rounds.map((round) => round[key]));
  const toCopy = (key) =>
    median(rounds.filter((round) => key in round).map((round) => (2 * round[key]) / (round.bare + round.bareAgain)));
  return row(figure, rounds.length, [
    partAtLeast(name, ratio, figure.limit, '×', quiet && enough ? undefined : 'too noisy'),
    ...beside.map((key) => told(key, toCopy(key), '×')),
    told(name, Math.round(perSecond('ours')), 'rows/s'),
    told('COPY', Math.round(perSecond('bare')), 'rows/s'),
    told('COPY against itself', self, '×'),
    told('rows that each of both wrote', size.rows, 'rows'),
    told('rows of a slice', size.rows / 2 / size.slices, 'rows'),
  ]);
}
