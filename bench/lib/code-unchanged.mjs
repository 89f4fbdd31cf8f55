import { analysed, packed, UPLOADED_FILES } from './code-uploads.mjs';
import { partAtLeast, row, told } from './row.mjs';
import { median, PAIRS_NEEDED } from './statistics.mjs';

/** The service is sent a tree that it has not seen, and then the same tree again: from the first byte to the answer that all is analysed. */
export async function unchangedTree(figure, { scratch, quick }) {
  const service = await scratch.service();
  await analysed(service, await packed('warm-up', 40));
  const runs = [];
  for (let run = 0; run < PAIRS_NEEDED; run++) {
    const upload = await packed(`run${run}`, quick ? UPLOADED_FILES / 4 : UPLOADED_FILES);
    const first = await timed(service, upload);
    const second = await timed(service, upload);
    if (first.found !== second.found) throw new Error('the second run found other endpoints');
    runs.push({ first: first.ms, second: second.ms });
  }
  return row(figure, runs.length, [
    partAtLeast(figure.promise, median(runs.map(({ first, second }) => first / second)), figure.limit, figure.unit),
    told('first', median(runs.map(({ first }) => first)), 'ms'),
    told('second', median(runs.map(({ second }) => second)), 'ms'),
  ]);
}

async function timed(service, upload) {
  const from = performance.now();
  const found = await analysed(service, upload);
  return { ms: performance.now() - from, found };
}
