import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CodeAnalysisService } from '../modules/code-analysis/code-analysis.service.js';
import type { Endpoint, StackEntry } from '../modules/code-analysis/code-analysis.types.js';
import { readFolder } from './read-folder.js';
import { out, UsageError } from './usage.js';

/** `analyze DIR`: prints one JSON object, or a table; needs neither database nor settings. */
export async function analyze(folder: string | undefined, options: { format?: string; batch?: string }): Promise<void> {
  const service = new CodeAnalysisService();
  try {
    if (options.batch !== undefined) await analyzeAll(service, options.batch, folder, options.format);
    else await analyzeOne(service, folder, options.format ?? 'table');
  } finally {
    await service.onModuleDestroy();
  }
}

async function analyzeOne(service: CodeAnalysisService, folder: string | undefined, format: string): Promise<void> {
  if (!folder) throw new UsageError('analyze needs a folder: techspec analyze DIR');
  if (!['json', 'table'].includes(format)) throw new UsageError(`--format must be json or table, not "${format}"`);
  const path = resolve(folder);
  if (!isFolder(path)) throw new UsageError(`${folder} is not a folder`);
  const analysis = await analysisOf(service, path);
  out(format === 'json' ? `${JSON.stringify(analysis)}\n` : tables(analysis));
}

/** One JSON line for each folder of the list, in its order; a folder that can't be read gives a line that says so. */
async function analyzeAll(
  service: CodeAnalysisService,
  list: string,
  folder: string | undefined,
  format = 'json',
): Promise<void> {
  if (folder !== undefined) throw new UsageError('analyze takes a folder or --batch, not both');
  if (format !== 'json') throw new UsageError(`--batch prints JSON lines: --format ${format} is not possible`);
  if (!statSync(list, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`--batch ${list} is not a file`);
  const folders = readFileSync(list, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  for (const one of folders) {
    const path = resolve(one.trim());
    const analysis = isFolder(path) ? await analysisOf(service, path) : { error: `${one.trim()} is not a folder` };
    out(`${JSON.stringify({ ...analysis, folder: one.trim() })}\n`);
  }
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

async function analysisOf(service: CodeAnalysisService, path: string) {
  const contents = readFolder(path);
  const stack = await service.stack(contents.files);
  const { endpoints, stats } = await service.endpoints(contents.project);
  return { stack, components: [], endpoints, drift: [], stats: { ...contents.stats, ...stats } };
}

function tables({
  stack,
  endpoints,
}: {
  readonly stack: readonly StackEntry[];
  readonly endpoints: readonly Endpoint[];
}): string {
  if (!stack.length && !endpoints.length)
    return 'Nothing found: no manifest that the rules know and no endpoint is in this folder.\n';
  const found = table(
    stack.map(({ kind, name, version, file, line }) => [kind, name, version ?? '', `${file}:${line}`]),
  );
  const offered = table(
    endpoints.map(({ method, path, framework, confidence, file, line }) => [
      method,
      path,
      confidence === 'high' ? framework : `${framework} (${confidence})`,
      `${file}:${line}`,
    ]),
  );
  return [found, offered].filter((part) => part !== '').join('\n');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((at) => Math.max(0, ...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}\n`).join('');
}
