import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/build-if-stale.mjs';
import { cleanEnvironment } from '../../scripts/service.mjs';
import { LANGUAGES, treeOf } from './code-trees.mjs';
import { part, row, told } from './row.mjs';

const TELLS = pathToFileURL(join(root, 'bench', 'lib', 'code-tells-memory.mjs')).href;

/** The command line on a folder of all languages; the most memory its process, threads included, ever held. */
export async function memory(figure, { scratch, quick }) {
  const files = quick ? 5000 : 50_000;
  const folder = scratch.folder('tree');
  let written = 0;
  for (const language of Object.keys(LANGUAGES))
    for (const [path, text] of treeOf(language, files / 4)) {
      mkdirSync(join(folder, language, dirname(path)), { recursive: true });
      writeFileSync(join(folder, language, path), text);
      written++;
    }
  const from = performance.now();
  const { stdout, megabytes } = await analysed(folder);
  const { endpoints, stats } = JSON.parse(stdout);
  return row(figure, 1, [
    part(figure.promise, megabytes, figure.limit, figure.unit, quick ? 'fewer files: not judged' : undefined),
    told('files', written, 'files'),
    told('parsed', stats.parsed, 'files'),
    told('endpoints', endpoints.length, 'endpoints'),
    told('time', (performance.now() - from) / 1000, 's'),
  ]);
}

async function analysed(folder) {
  const cli = join(root, 'dist', 'src', 'cli.js');
  const child = spawn(process.execPath, ['--import', TELLS, cli, 'analyze', folder, '--format', 'json'], {
    cwd: root,
    env: cleanEnvironment({ LOG_LEVEL: 'warn' }),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let stdout = '';
  let stderr = '';
  let kilobytes = Number.NaN;
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  child.on('message', (message) => (kilobytes = message.kilobytes ?? kilobytes));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`techspec analyze ended with ${code}: ${stderr}`);
  return { stdout, megabytes: kilobytes / 1024 };
}
