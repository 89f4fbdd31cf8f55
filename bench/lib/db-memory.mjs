import { setFlagsFromString } from 'node:v8';
import { setTimeout as sleep } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { openBulk, sessionRow } from './db-bulk-rows.mjs';
import { part, row, told } from './row.mjs';
import { median } from './statistics.mjs';

const ROWS = 100_000;
const QUICK_ROWS = 10_000;
/** What is held differs by less than a megabyte from run to run. */
const PAIRS = 2;
/** How often memory is looked at in a run. */
const LOOKS = 20;
/** Collections of a look, a turn of the event loop between them. */
const COLLECTIONS = 4;
const MB = 2 ** 20;

/**
 * C4: what the process holds at most while rows of a generator are inserted, ten times as many against as many, both looked at twenty
 * times. As a difference: both are a few chunks.
 *
 * Held is what is left when nothing more can be collected. Once is not enough: V8 frees the bytes behind buffers on a thread of its own
 * and finds what only they held in a later turn, so right after a full collection `external` still counts chunks that are gone. Each
 * look waits for that, in the source of the rows, while one chunk is being written and the next one is gathered. What the system gave
 * the process meanwhile, garbage and all, is told beside it.
 *
 * The table has no index here but its key: what the process holds does not depend on the server's work, which is nine tenths of the time.
 */
export async function constantMemory(figure, { scratch, quick, say }) {
  const bench = await openBulk(scratch);
  const few = quick ? QUICK_ROWS : ROWS;
  await bench.bare();
  await heldAtMost(bench, few);
  const pairs = [];
  for (let pair = 0; pair < (quick ? 1 : PAIRS); pair++) {
    const [less, more] = [await heldAtMost(bench, few), await heldAtMost(bench, 10 * few)];
    say(`held ${less.held.toFixed(1)} MB, ${more.held.toFixed(1)} MB`);
    pairs.push({ less, more });
  }
  const middle = (of) => median(pairs.map(of));
  return row(figure, pairs.length, [
    part(
      `more for ${10 * few} rows than for ${few}`,
      middle(({ less, more }) => more.held - less.held),
      figure.limit,
      'MB',
    ),
    ...toldOf(few, 'less', middle),
    ...toldOf(10 * few, 'more', middle),
  ]);
}

function toldOf(rows, side, middle) {
  return [
    told(
      `held at most, ${rows} rows`,
      middle((pair) => pair[side].held),
      'MB',
    ),
    told(
      `after one collection, ${rows} rows`,
      middle((pair) => pair[side].once),
      'MB',
    ),
    told(
      `of the system, ${rows} rows`,
      middle((pair) => pair[side].resident),
      'MB',
    ),
  ];
}

/**
 * The most of a run beyond what there was before it, in MB.
 * @returns held: heap and buffers, nothing left to collect; once: the same right after one collection; resident: of the system
 */
async function heldAtMost({ bulk, scope, Session, empty }, count) {
  await empty();
  const before = await look();
  const most = { held: 0, once: 0, resident: 0 };
  const onLook = (now) => {
    for (const name of Object.keys(most)) most[name] = Math.max(most[name], (now[name] - before[name]) / MB);
  };
  const { written } = await bulk.insert(scope, Session, generated(count, onLook));
  if (written !== count) throw new Error(`${written} of ${count} rows were written`);
  return most;
}

async function* generated(count, onLook) {
  const every = Math.floor(count / LOOKS);
  for (let number = 0; number < count; number++) {
    if (number > 0 && number % every === 0) onLook(await look());
    yield sessionRow(number, number.toString(16).padStart(20, '0'));
  }
}

async function look() {
  const resident = process.memoryUsage.rss();
  collect();
  const once = inUse();
  for (let times = 1; times < COLLECTIONS; times++) {
    await sleep(5);
    collect();
  }
  return { resident, once, held: inUse() };
}

function inUse() {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

let collector;

function collect() {
  if (collector === undefined) {
    setFlagsFromString('--expose-gc');
    collector = runInNewContext('gc');
  }
  collector();
}
