import type { ModuleResolverOf } from '../front-end.js';

/** Packages are folders: below the path of the module that a go.mod names. `.` is the file's own package. */
export const resolveGo: ModuleResolverOf = (project) => {
  const modules = project.paths
    .filter((path) => path === 'go.mod' || path.endsWith('/go.mod'))
    .flatMap((path) => {
      const module = /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(project.manifest(path) ?? '')?.[1];
      return module === undefined ? [] : [{ module, folder: path.slice(0, -'go.mod'.length) }];
    })
    .sort((a, b) => b.module.length - a.module.length);
  const byFolder = new Map<string, string[]>();
  for (const path of project.paths) if (path.endsWith('.go') && project.has(path)) add(byFolder, folderOf(path), path);
  return {
    resolve(specifier, from) {
      if (specifier === '.') return (byFolder.get(folderOf(from)) ?? []).filter((path) => path !== from);
      const found = modules.find(({ module }) => specifier === module || specifier.startsWith(`${module}/`));
      if (!found) return modules.length ? [] : (byFolder.get(bySuffix(byFolder, specifier)) ?? []);
      const below = specifier.slice(found.module.length + 1);
      return byFolder.get(`${found.folder}${below}${below === '' ? '' : '/'}`) ?? [];
    },
  };
};

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

function add(map: Map<string, string[]>, key: string, path: string): void {
  const list = map.get(key);
  if (list) list.push(path);
  else map.set(key, [path]);
}

/** Without a go.mod (a part of a repository): the folder whose path ends the import, from its third word on. */
function bySuffix(folders: ReadonlyMap<string, unknown>, specifier: string): string {
  const words = specifier.split('/');
  for (let at = 1; at < words.length; at += 1) {
    const folder = `${words.slice(at).join('/')}/`;
    if (folders.has(folder)) return folder;
  }
  return '';
}
