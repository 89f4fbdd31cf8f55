import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/build-if-stale.mjs';
import { analysed, packed, UPLOADED_FILES } from './code-uploads.mjs';
import { part, row, told } from './row.mjs';
import { median } from './statistics.mjs';

const TELLS = pathToFileURL(join(root, 'bench', 'lib', 'code-tells-delay.mjs')).href;

/** One process that serves and works, as `npm start` does: an upload of every language, from its first byte to the end of its job. */
export async function eventLoop(figure, { scratch, quick }) {
  const file = join(scratch.folder('delays'), 'delays.json');
  const service = await scratch.service({
    env: { BENCH_DELAYS: file },
    command: [
      process.execPath,
      '--max-old-space-size=512',
      '--max-semi-space-size=8',
      '--import',
      TELLS,
      join(root, 'dist', 'src', 'main.js'),
    ],
  });
  await analysed(service, await packed('warm-up', 40));
  const runs = [];
  for (let run = 0; run < (quick ? 1 : 5); run++) {
    const upload = await packed(`run${run}`, UPLOADED_FILES);
    await delaysOf(service, file);
    const from = performance.now();
    const found = await analysed(service, upload);
    runs.push({ ...(await delaysOf(service, file)), seconds: (performance.now() - from) / 1000, found });
  }
  const of = (name) => median(runs.map((run) => run[name]));
  return row(figure, runs.length, [
    part(figure.promise, of('p99'), figure.limit, figure.unit),
    told('p50', of('p50'), 'ms'),
    told('longest', Math.max(...runs.map(({ max }) => max)), 'ms'),
    told('looks in one analysis', of('looks'), 'looks'),
    told('endpoints', of('found'), 'endpoints'),
    told('time of one analysis', of('seconds'), 's'),
  ]);
}

async function delaysOf(service, file) {
  rmSync(file, { force: true });
  service.child.kill('SIGUSR2');
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await sleep(5);
  return JSON.parse(readFileSync(file, 'utf8'));
}
