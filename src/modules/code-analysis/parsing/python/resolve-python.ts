import type { ModuleResolverOf, ProjectFiles } from '../front-end.js';

/**
 * Modules of the project: relative ones from the package of the file; absolute ones from each folder above the file (and its `src`),
 * nearest first, since what is on Python's path is not written down anywhere. Packages without `__init__.py` have no file.
 */
export const resolvePython: ModuleResolverOf = (project) => ({
  resolve(specifier, from) {
    const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
    const below = specifier
      .slice(dots)
      .split('.')
      .filter((one) => one !== '');
    const folders = from.split('/').slice(0, -1);
    if (dots > folders.length + 1) return [];
    const starts = dots ? [folders.slice(0, folders.length - dots + 1)] : above(folders);
    for (const start of starts) {
      const found = fileOf(project, [...start, ...below].join('/'));
      if (found !== undefined && (dots || found !== from)) return [found];
    }
    return [];
  },
});

/** `a/b`, `a/b/src`, `a`, `a/src`, ``, `src`. */
function above(folders: readonly string[]): (readonly string[])[] {
  return Array.from({ length: folders.length + 1 }, (_, at) => folders.slice(0, folders.length - at)).flatMap((one) => [
    one,
    [...one, 'src'],
  ]);
}

function fileOf(project: ProjectFiles, module: string): string | undefined {
  const inside = module === '' ? '__init__.py' : `${module}/__init__.py`;
  return [...(module === '' ? [] : [`${module}.py`]), inside].find((path) => project.has(path));
}
