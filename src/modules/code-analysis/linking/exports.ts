import { posix } from 'node:path';
import type { Evaluator } from './evaluator.js';
import type { ExportFact, FileFacts } from './facts.js';
import type { FileIndex } from './project-index.js';
import type { Value } from './values.js';

/** What `import … from` gives. A module outside the project stays external: its package and name. */
export function importOf(
  evaluator: Evaluator,
  imported: { readonly from: string; readonly name: string },
  file: FileFacts,
): Value {
  if (file.language === 'java')
    return javaValue(evaluator, `${imported.from}.${imported.name}`, file) ?? { kind: 'external', ...imported };
  const module = moduleValue(evaluator, imported.from, file);
  if (module.kind === 'module' && imported.name === '*') return module;
  const found = module.kind === 'module' ? exportOf(evaluator, module.files, imported.name) : undefined;
  if (found) return found;
  const below = submodule(imported, file.language);
  const files = below === undefined ? [] : evaluator.runtime.index.resolve(below, file);
  if (files.length) return { kind: 'module', files };
  return module.kind === 'module' ? { kind: 'unknown', source: imported.name } : { kind: 'external', ...imported };
}

/** A class, a nested class or a static member by its full name: which word is the class is told by the file that there is. */
function javaValue(evaluator: Evaluator, path: string, file: FileFacts): Value | undefined {
  const files = evaluator.runtime.index.resolve(path, file);
  const words = path.split('.');
  const at = words.lastIndexOf(posix.basename(files[0] ?? '', '.java'));
  return files.length === 1 && at >= 0 ? exportOf(evaluator, files, words.slice(at).join('.')) : undefined;
}

/** Languages in which an imported name may be a file of its own. */
const BELOW: ReadonlySet<string> = new Set(['python', 'java']);

/** The module that `from package import module` may mean; the class that `import package.Class` means. */
export const submodule = (
  { from, name }: { readonly from: string; readonly name: string },
  language: string,
): string | undefined =>
  !BELOW.has(language) || name === '*' ? undefined : `${from}${from.endsWith('.') ? '' : '.'}${name}`;

export function moduleValue(evaluator: Evaluator, from: string, file: FileFacts): Value {
  const files = evaluator.runtime.index.resolve(from, file);
  return files.length ? { kind: 'module', files } : { kind: 'external', from, name: 'default' };
}

/** The value that a module exports under a name, through re-exports. */
export function exportOf(
  evaluator: Evaluator,
  files: readonly string[],
  name: string,
  seen = new Set<string>(),
): Value | undefined {
  for (const path of files) {
    const file = evaluator.runtime.index.file(path);
    if (!file || seen.has(path)) continue;
    seen.add(path);
    const found = exportOfFile(evaluator, file, name, seen);
    seen.delete(path);
    if (found) return found;
  }
  return undefined;
}

function exportOfFile(evaluator: Evaluator, file: FileIndex, name: string, seen: Set<string>): Value | undefined {
  const { facts } = file;
  if (facts.language !== 'javascript') return topLevel(evaluator, file, name, seen);
  return (
    firstOf(facts.exports, (one) => (one.name === name ? exported(evaluator, one, file, seen) : undefined)) ??
    firstOf(facts.exports, (one) => star(evaluator, one, facts, name, seen)) ??
    wholeExport(evaluator, file, name)
  );
}

function firstOf(facts: readonly ExportFact[], find: (one: ExportFact) => Value | undefined): Value | undefined {
  for (const one of facts) {
    const found = find(one);
    if (found) return found;
  }
  return undefined;
}

const exported = (evaluator: Evaluator, one: ExportFact, { facts, top }: FileIndex, seen: Set<string>) =>
  one.value ? evaluator.value(one.value, top) : passedOn(evaluator, one, facts, seen);

/** `import x` of a CommonJS module is all of `module.exports`; `import { x }` is a member of it. */
function wholeExport(evaluator: Evaluator, { facts, top }: FileIndex, name: string): Value | undefined {
  const whole = name === '=' ? undefined : facts.exports.find((one) => one.name === '=')?.value;
  const value = whole && evaluator.value(whole, top);
  if (!value || name === 'default') return value;
  const found = evaluator.member(value, name);
  return found.kind === 'unknown' ? undefined : found;
}

function topLevel(
  evaluator: Evaluator,
  { facts, classes, routers, imports, top }: FileIndex,
  name: string,
  seen: Set<string>,
): Value | undefined {
  const known = facts.bindings[name] !== undefined || classes.has(name) || routers.has(name) || imports.has(name);
  if (known) return evaluator.value({ kind: 'name', name }, top);
  return starOf(evaluator, facts, name, seen);
}

/** A name that came with `from x import *`, `import static a.Paths.*` (members of a class), `import com.acme.*`. */
export function starOf(
  evaluator: Evaluator,
  facts: FileFacts,
  name: string,
  seen: Set<string> = new Set([facts.path]),
): Value | undefined {
  for (const star of facts.imports) {
    if (star.local !== '*') continue;
    const of = facts.language === 'java' ? javaValue(evaluator, star.from, facts) : undefined;
    const found = of
      ? evaluator.member(of, name)
      : exportOf(evaluator, evaluator.runtime.index.resolve(star.from, facts), name, seen);
    if (found && found.kind !== 'unknown') return found;
  }
  return undefined;
}

function passedOn(evaluator: Evaluator, one: ExportFact, facts: FileFacts, seen: Set<string>): Value | undefined {
  const files = evaluator.runtime.index.resolve(one.from ?? '', facts);
  if (!files.length) return { kind: 'external', from: one.from ?? '', name: one.imported ?? '' };
  if (one.imported === '*') return { kind: 'module', files };
  return exportOf(evaluator, files, one.imported ?? one.name, seen);
}

/** `export * from` passes on everything but the default. */
function star(
  evaluator: Evaluator,
  one: ExportFact,
  facts: FileFacts,
  name: string,
  seen: Set<string>,
): Value | undefined {
  if (one.name !== '*' || name === 'default' || name === '=') return undefined;
  return exportOf(evaluator, evaluator.runtime.index.resolve(one.from ?? '', facts), name, seen);
}
