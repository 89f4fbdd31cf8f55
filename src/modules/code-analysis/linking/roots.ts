import type { Evaluator } from './evaluator.js';
import type { Confidence } from '../code-analysis.types.js';
import type { FileFacts } from './facts.js';
import type { ProjectIndex } from './project-index.js';
import type { Edge, RouterNode, Value } from './values.js';

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
  const uses = new Uses(index);
  return (root) => {
    if (root.role === 'app') return 'high';
    if (root.role === 'base') return undefined;
    if (root.fact?.parent) return undefined;
    if (!apps.has(root.framework)) return 'medium';
    return uses.isUsed(root) ? 'low' : undefined;
  };
}

/** The only application that adopts takes the parts that are used but mounted in a way that is not understood. */
export function adopt(index: ProjectIndex, nodes: readonly RouterNode[]): void {
  const apps = nodes.filter(({ role }) => role === 'app');
  const uses = new Uses(index);
  for (const app of apps) {
    const others = apps.some((other) => other !== app && other.framework === app.framework);
    if (!app.fact?.adopts || others) continue;
    for (const part of nodes) if (isLost(part, app) && uses.isUsed(part)) part.edges.push(adoption(part, app));
  }
}

const isLost = (part: RouterNode, app: RouterNode): boolean =>
  part.framework === app.framework && part.role === 'part' && !part.edges.length && !part.fact?.parent;

const adoption = (part: RouterNode, parent: RouterNode): Edge => ({
  parent,
  prefix: [],
  replacesPrefix: false,
  file: part.in.file.path,
  line: part.line,
});

/** Whether other code does something with a router that the linker does not understand. */
class Uses {
  private readonly words = new Map<string, string>();

  constructor(private readonly index: ProjectIndex) {}

  /** Another file imports its file and mentions what it imported, or loads modules by a name made at run time. */
  isUsed(root: RouterNode): boolean {
    const { file } = root.in;
    for (const { facts } of this.index.all()) {
      if (facts.path === file.path) continue;
      const words = this.wordsOf(facts);
      if (words.includes('"source":"require()"') || words.includes('"source":"import()"')) return true;
      const importing = facts.imports.filter(
        ({ from, name }) => !isAnotherRouter(name, root) && this.index.resolve(from, facts).includes(file.path),
      );
      if (importing.some(({ local }) => words.includes(`"name":${JSON.stringify(local)}`))) return true;
    }
    return false;
  }

  private wordsOf({ path, bindings, exports, calls, mounts }: FileFacts): string {
    const known = this.words.get(path) ?? JSON.stringify([bindings, exports, calls, mounts]);
    this.words.set(path, known);
    return known;
  }
}

/** Whether a name of the router's file means another router of it. */
function isAnotherRouter(name: string, { fact, in: { file } }: RouterNode): boolean {
  const value = file.bindings[name];
  return value?.kind === 'name' && value.name !== fact?.id && file.routers.some(({ id }) => id === value.name);
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
