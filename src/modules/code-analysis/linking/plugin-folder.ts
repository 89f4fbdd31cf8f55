import { posix } from 'node:path';

/**
 * Files that a folder of plugins loads, as @fastify/autoload does: the names of sub-folders are the prefix (`_id` a parameter), a
 * folder with an index file loads that alone (and its sub-folders).
 */
export function pluginsIn(paths: readonly string[], from: string, folder: string): { path: string; prefix: string }[] {
  const root = posix.join(posix.dirname(from), folder);
  const inside = paths.filter((path) => path.startsWith(`${root}/`) && /\.[cm]?[jt]s$/.test(path)).sort();
  const withIndex = new Set(inside.filter((path) => isIndex(path)).map((path) => posix.dirname(path)));
  return inside
    .filter((path) => isIndex(path) || !withIndex.has(posix.dirname(path)))
    .map((path) => ({ path, prefix: prefixOf(posix.dirname(path).slice(root.length)) }));
}

const isIndex = (path: string) => /(^|\/)index\.[cm]?[jt]s$/.test(path);
const prefixOf = (folders: string) =>
  folders
    .split('/')
    .map((one) => (/^_\w+$/.test(one) ? `:${one.split('_').filter(Boolean).join('_')}` : one))
    .join('/');
