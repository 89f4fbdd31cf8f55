import type { ModuleResolverOf } from '../front-end.js';

/** Classes by their full name, packages (`import a.b.*`) by their folder, below whatever source root. The nearest file wins. */
export const resolveJava: ModuleResolverOf = (project) => {
  const byName = new Map<string, string[]>();
  const byFolder = new Map<string, string[]>();
  for (const path of project.paths) {
    if (!path.endsWith('.java') || !project.has(path)) continue;
    const words = path.slice(0, -5).split('/');
    push(byName, words.at(-1) ?? '', path);
    push(byFolder, words.at(-2) ?? '', path);
  }
  return {
    resolve(specifier, from) {
      const words = specifier.split('.');
      const last = words.at(-1) ?? '';
      const ending = `/${words.join('/')}.java`;
      const files = (byName.get(last) ?? []).filter((path) => `/${path}`.endsWith(ending));
      if (files.length) return [nearest(files, from)];
      const folder = `/${words.join('/')}/`;
      return (byFolder.get(last) ?? []).filter((path) =>
        `/${path.slice(0, path.lastIndexOf('/') + 1)}`.endsWith(folder),
      );
    },
  };
};

function push(map: Map<string, string[]>, key: string, path: string): void {
  const list = map.get(key);
  if (list) list.push(path);
  else map.set(key, [path]);
}

/** The one whose path begins most like the importing file: each module of a build may have a class of this name. */
function nearest(files: readonly string[], from: string): string {
  const shared = (path: string) => {
    let at = 0;
    while (at < path.length && path[at] === from[at]) at += 1;
    return at;
  };
  return files.reduce((best, path) => (shared(path) > shared(best) ? path : best));
}
