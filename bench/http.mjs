import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfStale, root } from '../scripts/build-if-stale.mjs';
import { FIGURES, measureHttp, profileHttp } from './lib/http-figures.mjs';
import { installPeers } from './lib/peers.mjs';
import { brokenRow, tableOf } from './lib/row.mjs';
import { Scratch } from './lib/scratch.mjs';

const USAGE = `Measures what an HTTP answer from the cache costs (docs/promises.md), in processor time of the server.

  npm run bench:http                 ${FIGURES[0].id} to ${FIGURES.at(-1).id}; some five minutes, on a machine that does nothing else
  npm run bench:http -- --quick      within a minute, with fewer requests
  npm run bench:http -- --profile    writes bench/results/http-profile.local.json, the product's processor profile; measures nothing

Writes bench/results/http.json, ends with "reached N of M", exit code 1 when a figure is missed.
`;

const say = (text) => process.stderr.write(`${text}\n`);

function read() {
  try {
    return parseArgs({
      options: { quick: { type: 'boolean' }, profile: { type: 'boolean' }, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    say(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function main({ quick = false, profile = false }) {
  await buildIfStale();
  installPeers();
  const scratch = new Scratch();
  // Ctrl-C ends what was started, too.
  process.once('SIGINT', () => void scratch.clean().finally(() => process.exit(130)));
  try {
    if (profile)
      await profileHttp({ scratch, folder: join(root, 'bench', 'results'), name: 'http-profile.local.json' });
    else tell(await measureHttp({ scratch, quick, say }), quick);
  } catch (error) {
    say(error instanceof Error ? error.stack : `${error}`);
    tell(
      FIGURES.map((figure) => brokenRow(figure, error)),
      quick,
    );
  } finally {
    await scratch.clean();
  }
}

function tell(rows, quick) {
  process.stdout.write(`\n${tableOf(rows, [])}\n\n`);
  const folder = join(root, 'bench', 'results');
  const file = join(folder, quick ? 'http.local.json' : 'http.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
  const counted = rows.filter((row) => row.counted !== false);
  const reached = counted.filter((row) => row.reached).length;
  process.stdout.write(`written to ${file}\nreached ${reached} of ${counted.length}\n`);
  process.exitCode = reached === counted.length ? 0 : 1;
}

const options = read();
if (options.help) process.stdout.write(USAGE);
else await main(options);
