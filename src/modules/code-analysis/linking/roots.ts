import type { Evaluator } from './evaluator.js';
import type { Confidence } from './facts.js';
import type { ProjectIndex } from './project-index.js';
import type { RouterNode, Value } from './values.js';

/**
 * Whether what hangs below a root is served, and how sure that is; undefined: it is not.
 * An application serves. A router that is mounted nowhere serves nothing, unless the mount is only not understood: there is no
 * application in the files at all (a package of routers, half a repository), or other code does something with the router.
 */
export function servedRoots(
  index: ProjectIndex,
  nodes: readonly RouterNode[],
): (root: RouterNode) => Confidence | undefined {
  const apps = new Set(nodes.filter(({ role }) => role === 'app').map(({ framework }) => framework));
  const used = new Map<string, boolean>();
  return (root) => {
    if (root.role === 'app') return 'high';
    if (!apps.has(root.framework)) return 'medium';
    const path = root.in.file.path;
    const known = used.get(path) ?? isUsed(index, path);
    used.set(path, known);
    return known ? 'low' : undefined;
  };
}

/** Whether another file imports this one and mentions what it imported, or imports modules by a name made at run time. */
function isUsed(index: ProjectIndex, path: string): boolean {
  for (const { facts } of index.all()) {
    if (facts.path === path) continue;
    const words = JSON.stringify([facts.bindings, facts.exports, facts.calls, facts.mounts]);
    if (words.includes('"source":"require()"') || words.includes('"source":"import()"')) return true;
    const importing = facts.imports.filter(({ from }) => index.resolve(from, facts).includes(path));
    if (importing.some(({ local }) => words.includes(`"name":${JSON.stringify(local)}`))) return true;
  }
  return false;
}

/** What a global prefix leaves alone: paths, or records `{ path, method }`. */
export function exceptOf(evaluator: Evaluator, value: Value): { path: string; method?: string }[] {
  if (value.kind === 'list') return value.items.flatMap((item) => exceptOf(evaluator, item));
  if (value.kind === 'text') return [{ path: value.text }];
  if (value.kind !== 'record') return [];
  const path = evaluator.member(value, 'path');
  const method = evaluator.member(value, 'method');
  if (path.kind !== 'text') return [];
  const only =
    method.kind === 'external' ? method.name.split('.').pop() : method.kind === 'text' ? method.text : undefined;
  return [{ path: path.text, ...(only === undefined ? {} : { method: only.toUpperCase() }) }];
}
