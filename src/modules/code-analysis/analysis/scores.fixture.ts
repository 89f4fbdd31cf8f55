import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InlineParser } from './inline-parser.js';
import type { Project } from '../code-analysis.types.js';
import { inferEndpoints } from './infer-endpoints.js';

/** A tree of files held in memory, from a folder. */
export type Files = Readonly<Record<string, string>>;

export function filesOf(folder: string, prefix = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) Object.assign(files, filesOf(path, `${prefix}${name}/`));
    else if (prefix !== '' || name !== 'expected.json') files[prefix + name] = readFileSync(path, 'utf8');
  }
  return files;
}

export const projectOf = (files: Files): Project => ({
  paths: Object.keys(files).sort(),
  text: (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
});

/** `GET /users/{id}` of each endpoint, sorted. */
export async function foundIn(files: Files): Promise<string[]> {
  const { endpoints } = await inferEndpoints(projectOf(files), new InlineParser());
  return endpoints.map(({ method, path }) => `${method} ${path}`).sort();
}

export interface Score {
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
  readonly f1: number;
}

/** F1 = 2 TP / (2 TP + FP + FN) over method and path; 1 for nothing expected and nothing found. */
export function scoreOf(found: readonly string[], expected: readonly string[]): Score {
  const [has, wanted] = [new Set(found), new Set(expected)];
  const missing = [...wanted].filter((one) => !has.has(one));
  const surplus = [...has].filter((one) => !wanted.has(one));
  const hits = wanted.size - missing.length;
  const all = 2 * hits + missing.length + surplus.length;
  return { missing, surplus, f1: all === 0 ? 1 : (2 * hits) / all };
}
