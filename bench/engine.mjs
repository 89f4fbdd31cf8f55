import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale, root } from '../scripts/build-if-stale.mjs';
import { FIGURES } from './lib/figures.mjs';
import { brokenRow, tableOf } from './lib/row.mjs';
import { Scratch } from './lib/scratch.mjs';

const USAGE = `Measures the engine's promises (docs/promises.md) on this machine.

  npm run bench:engine                     all of ${FIGURES[0].id} to ${FIGURES.at(-1).id}; some ten minutes, on a machine that does nothing else
  npm run bench:engine -- --quick          within a minute: fewer repeats, without what takes an install or a long wait
  npm run bench:engine -- --only A4,A8     these figures alone; bench/results/engine.json is left as it is

Writes bench/results/engine.json, ends with "reached N of M", exit code 1 when a figure is missed.
`;

const say = (text) => process.stderr.write(`${text}\n`);

function read() {
  try {
    const { values } = parseArgs({
      options: { quick: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
    });
    const ids = values.only?.toUpperCase().split(',');
    const unknown = ids?.find((id) => !FIGURES.some((figure) => figure.id === id));
    if (unknown !== undefined) throw new Error(`There is no figure ${unknown}.`);
    return { ...values, ids };
  } catch (error) {
    say(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** Figures of one group hand a running service on through `kept`; it ends with the group. */
async function measureAll(figures, scratch, quick) {
  const rows = [];
  let kept = {};
  let mark = scratch.mark();
  for (const [index, figure] of figures.entries()) {
    rows.push(await measure(figure, { scratch, quick, kept, say: (text) => say(`  ${text}`) }));
    if (figure.group !== undefined && figure.group === figures[index + 1]?.group) continue;
    await scratch.endSince(mark);
    kept = {};
    mark = scratch.mark();
  }
  return rows;
}

async function measure(figure, context) {
  const startedAt = performance.now();
  say(`${figure.id}: ${figure.promise} …`);
  try {
    return await figure.measure(figure, context);
  } catch (error) {
    say(`  ${error instanceof Error ? error.stack : error}`);
    return brokenRow(figure, error);
  } finally {
    say(`  ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
}

async function main({ quick = false, ids }) {
  await buildIfStale();
  const wanted = FIGURES.filter(({ id }) => ids?.includes(id) ?? true);
  const notRun = wanted.filter(({ notInQuick }) => quick && notInQuick === 'whole');
  const scratch = new Scratch();
  // Ctrl-C ends what was started, too.
  process.once('SIGINT', () => void scratch.clean().finally(() => process.exit(130)));
  const figures = wanted.filter((figure) => !notRun.includes(figure));
  const rows = await measureAll(figures, scratch, quick).finally(() => scratch.clean());
  tell(rows, { notRun, quick, write: ids === undefined && !quick, wanted });
}

function tell(rows, { notRun, quick, write, wanted }) {
  process.stdout.write(`\n${tableOf(rows, notRun)}\n\n`);
  if (quick)
    for (const { id, notInQuick } of wanted)
      if (notInQuick && notInQuick !== 'whole') process.stdout.write(`${id}, less in quick: ${notInQuick}\n`);
  const folder = join(root, 'bench', 'results');
  const file = join(folder, write ? 'engine.json' : 'engine.local.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  const reached = rows.filter((row) => row.reached).length;
  process.stdout.write(`written to ${file}\nreached ${reached} of ${rows.length}\n`);
  process.exitCode = reached === rows.length ? 0 : 1;
}

const options = read();
if (options.help) process.stdout.write(USAGE);
else await main(options);
