import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale, root } from '../../scripts/build-if-stale.mjs';
import { brokenRow, tableOf } from './row.mjs';
import { Scratch } from './scratch.mjs';

const say = (text) => process.stderr.write(`${text}\n`);

/**
 * The command line of a benchmark: measures its figures one after the other, prints the table, writes
 * bench/results/<name>.json (with --quick or --only <name>.local.json), ends with `reached N of M` and exit code 1 when one is missed.
 * @param name also the name of the file of results
 * @param variant of what is measured, such as another release of the database: part of the name of the results
 * @param about what is measured and how long it takes, for --help
 * @param prepare done once before the first figure
 */
export async function benchCommand({ name, variant, figures, about, prepare = () => undefined }) {
  const usage = `${about}

  npm run bench:${name}                  all of ${figures[0].id} to ${figures.at(-1).id}
  npm run bench:${name} -- --quick       within a minute, with fewer repeats
  npm run bench:${name} -- --only ${figures[0].id}     these figures alone, by their ids with commas between

Writes bench/results/${name}.json (${name}.local.json unless all are measured in full), ends with "reached N of M",
exit code 1 when a figure is missed.
`;
  const options = read(figures, usage);
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  await buildIfStale();
  await prepare();
  const wanted = figures.filter(({ id }) => options.ids?.includes(id) ?? true);
  const rows = await measureAll(wanted, options.quick ?? false);
  tell(rows, wanted, {
    name: variant ? `${name}.${variant}` : name,
    quick: options.quick,
    whole: !options.quick && options.ids === undefined,
  });
}

function read(figures, usage) {
  try {
    const { values } = parseArgs({
      options: { quick: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
    });
    const ids = values.only?.toUpperCase().split(',');
    const unknown = ids?.find((id) => !figures.some((figure) => figure.id === id));
    if (unknown !== undefined) throw new Error(`There is no figure ${unknown}.`);
    return { ...values, ids };
  } catch (error) {
    say(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

async function measureAll(figures, quick) {
  const scratch = new Scratch();
  // Ctrl-C ends what was started, too.
  process.once('SIGINT', () => void scratch.clean().finally(() => process.exit(130)));
  const rows = [];
  try {
    for (const figure of figures) {
      const mark = scratch.mark();
      rows.push(await measure(figure, { scratch, quick, say: (text) => say(`  ${text}`) }));
      await scratch.endSince(mark);
    }
  } finally {
    await scratch.clean();
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

function tell(rows, figures, { name, quick, whole }) {
  process.stdout.write(`\n${tableOf(rows, [])}\n\n`);
  if (quick)
    for (const { id, notInQuick } of figures)
      if (notInQuick) process.stdout.write(`${id}, less in quick: ${notInQuick}\n`);
  const folder = join(root, 'bench', 'results');
  const file = join(folder, whole ? `${name}.json` : `${name}.local.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  const counted = rows.filter((row) => row.counted !== false);
  const reached = counted.filter((row) => row.reached).length;
  process.stdout.write(`written to ${file}\nreached ${reached} of ${counted.length}\n`);
  process.exitCode = reached === counted.length ? 0 : 1;
}
