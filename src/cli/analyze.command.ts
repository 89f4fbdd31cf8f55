import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CodeAnalysisService } from '../modules/code-analysis/code-analysis.service.js';
import type { StackEntry } from '../modules/code-analysis/code-analysis.types.js';
import { readFolder } from './read-folder.js';
import { out, UsageError } from './usage.js';

/** `analyze DIR`: prints one JSON object, or a table; needs neither database nor settings. */
export async function analyze(folder: string | undefined, format: string): Promise<void> {
  if (!folder) throw new UsageError('analyze needs a folder: techspec analyze DIR');
  if (!['json', 'table'].includes(format)) throw new UsageError(`--format must be json or table, not "${format}"`);
  const path = resolve(folder);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`${folder} is not a folder`);
  const contents = readFolder(path);
  const stack = await new CodeAnalysisService().stack(contents.files);
  out(format === 'json' ? `${JSON.stringify({ stack, stats: contents.stats })}\n` : table(stack));
}

function table(stack: readonly StackEntry[]): string {
  const rows = stack.map(({ kind, name, version, file, line }) => [kind, name, version ?? '', `${file}:${line}`]);
  if (rows.length === 0) return 'Nothing found: no manifest that the rules know is in this folder.\n';
  const widths = [0, 1, 2].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) => `${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}\n`).join('');
}
