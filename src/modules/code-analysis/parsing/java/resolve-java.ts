import type { ModuleResolverOf } from '../front-end.js';

/** Classes by their full name (a nested class or a member by the file of the outermost), packages (`import a.b.*`) by their folder, below whatever source root. The nearest file wins. */
export const resolveJava: ModuleResolverOf = (project) => {
  const byName = new Map<string, string[]>();
  const byFolder = new Map<string, string[]>();
  for (const path of project.paths) {
    if (!path.endsWith('.java') || !project.has(path)) continue;
    const words = path.slice(0, -5).split('/');
    push(byName, words.at(-1) ?? '', path);
    push(byFolder, words.at(-2) ?? '', path);
  }
  const classFile = (words: readonly string[]): readonly string[] =>
    (byName.get(words.at(-1) ?? '') ?? []).filter((path) => `/${path}`.endsWith(`/${words.join('/')}.java`));
  return {
    resolve(specifier, from) {
      const words = specifier.split('.');
      const last = words.at(-1) ?? '';
      const own = classFile(words);
      if (own.length) return [nearest(own, from)];
      const folder = `/${words.join('/')}/`;
      const inFolder = (byFolder.get(last) ?? []).filter((path) =>
        `/${path.slice(0, path.lastIndexOf('/') + 1)}`.endsWith(folder),
      );
      if (inFolder.length || words.length < 3) return inFolder;
      const outer = [1, 2, 3].map((count) => classFile(words.slice(0, -count))).find((files) => files.length);
      return outer ? [nearest(outer, from)] : [];
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
