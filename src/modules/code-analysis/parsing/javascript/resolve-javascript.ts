import { posix } from 'node:path';
import type { ModuleResolver, ProjectFiles } from '../front-end.js';
import { jsonWithComments } from './json-with-comments.js';

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
/** TypeScript sources import the name their output will have. */
const OUTPUTS: Readonly<Record<string, readonly string[] | undefined>> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

interface Alias {
  /** The folder whose files it holds for. */
  readonly within: string;
  readonly pattern: string;
  readonly targets: readonly string[];
}

/** Relative imports, index files, `paths` and `baseUrl` of tsconfig, `imports` and workspaces of package.json. */
export function resolveJavaScript(project: ProjectFiles): ModuleResolver {
  const aliases = aliasesOf(project);
  const packages = packagesOf(project);
  const known = new Map<string, readonly string[]>();
  return {
    resolve(specifier, from) {
      const folder = posix.dirname(from);
      const key = `${folder}\0${specifier}`;
      const found =
        known.get(key) ??
        candidates(specifier, folder, aliases, packages)
          .flatMap((path) => fileOf(project, path))
          .slice(0, 1);
      known.set(key, found);
      return found;
    },
  };
}

function candidates(
  specifier: string,
  folder: string,
  aliases: readonly Alias[],
  packages: ReadonlyMap<string, PackageEntry>,
): string[] {
  if (/^\.\.?(\/|$)/.test(specifier)) return [posix.join(folder, specifier)];
  const below = aliases.filter(({ within }) => within === '.' || folder === within || folder.startsWith(`${within}/`));
  const aliased = below.flatMap(({ pattern, targets }) =>
    matched(pattern, specifier).flatMap((rest) => targets.map((target) => target.replace('*', rest))),
  );
  return [...aliased, ...inPackage(specifier, packages)];
}

/** What `*` stands for; an empty text when there is no star; nothing when it does not match. */
function matched(pattern: string, specifier: string): string[] {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === specifier ? [''] : [];
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  const fits = specifier.startsWith(head) && specifier.endsWith(tail) && specifier.length >= head.length + tail.length;
  return fits ? [specifier.slice(head.length, specifier.length - tail.length)] : [];
}

function fileOf(project: ProjectFiles, path: string): string[] {
  const at = posix.normalize(path);
  if (at.startsWith('..')) return [];
  const extension = posix.extname(at);
  const stem = at.slice(0, at.length - extension.length);
  const tries = [
    at,
    ...(OUTPUTS[extension] ?? []).map((one) => stem + one),
    ...EXTENSIONS.map((one) => at + one),
    ...EXTENSIONS.map((one) => posix.join(at, `index${one}`)),
  ];
  return tries.filter((one) => EXTENSIONS.includes(posix.extname(one)) && project.has(one)).slice(0, 1);
}

/** Longest pattern first, nearest tsconfig first: the first that leads to a file is taken. */
function aliasesOf(project: ProjectFiles): Alias[] {
  const configs = project.paths.filter((path) => /(^|\/)(tsconfig[\w.-]*|jsconfig)\.json$/.test(path));
  const aliases = configs.flatMap((path) => aliasesIn(project, path));
  const imports = project.paths
    .filter((path) => /(^|\/)package\.json$/.test(path))
    .flatMap((path) => importsOf(project, path));
  return [...aliases, ...imports].sort(
    (a, b) => b.within.length - a.within.length || b.pattern.length - a.pattern.length,
  );
}

function aliasesIn(project: ProjectFiles, path: string): Alias[] {
  const within = posix.dirname(path);
  const options = optionsOf(project, path, 0);
  const base = options.baseUrl ?? within;
  const paths = Object.entries(options.paths ?? {}).map(([pattern, targets]) => ({
    within,
    pattern,
    targets: targets.map((target) => posix.join(base, target)),
  }));
  return options.baseUrl === undefined ? paths : [...paths, { within, pattern: '*', targets: [posix.join(base, '*')] }];
}

interface PathOptions {
  readonly baseUrl?: string;
  readonly paths?: Readonly<Record<string, readonly string[]>>;
}

/** Options with those of the configuration it extends; base folders relative to the root of the project. */
function optionsOf(project: ProjectFiles, path: string, depth: number): PathOptions {
  const config = jsonWithComments(project.manifest(path)) as
    { extends?: unknown; compilerOptions?: { baseUrl?: unknown; paths?: unknown } } | undefined;
  if (!config || depth > 5) return {};
  const folder = posix.dirname(path);
  const { baseUrl, paths } = config.compilerOptions ?? {};
  return {
    ...extendedOptions(project, config.extends, folder, depth),
    ...(typeof baseUrl === 'string' ? { baseUrl: posix.join(folder, baseUrl) } : {}),
    ...(isPaths(paths) ? { paths } : {}),
  };
}

function extendedOptions(project: ProjectFiles, extended: unknown, folder: string, depth: number): PathOptions {
  if (typeof extended !== 'string' || !extended.startsWith('.')) return {};
  const path = posix.join(folder, extended);
  return optionsOf(project, path.endsWith('.json') ? path : `${path}.json`, depth + 1);
}

const isPaths = (value: unknown): value is Record<string, string[]> =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every(
    (targets) => Array.isArray(targets) && targets.every((target) => typeof target === 'string'),
  );

/** Sub-path imports of package.json: `"#lib/*": "./src/lib/*.js"`. */
function importsOf(project: ProjectFiles, path: string): Alias[] {
  const manifest = jsonWithComments(project.manifest(path)) as { imports?: Record<string, unknown> } | undefined;
  const within = posix.dirname(path);
  return Object.entries(manifest?.imports ?? {}).flatMap(([pattern, target]) => {
    const named = typeof target === 'string' ? target : (target as { default?: unknown } | null)?.default;
    return typeof named === 'string' ? [{ within, pattern, targets: [posix.join(within, named)] }] : [];
  });
}

interface PackageEntry {
  readonly folder: string;
  readonly main?: string;
}

function packagesOf(project: ProjectFiles): Map<string, PackageEntry> {
  const packages = new Map<string, PackageEntry>();
  for (const path of project.paths) {
    if (!/(^|\/)package\.json$/.test(path)) continue;
    const manifest = jsonWithComments(project.manifest(path)) as { name?: unknown; main?: unknown } | undefined;
    if (typeof manifest?.name !== 'string') continue;
    const main = typeof manifest.main === 'string' ? { main: manifest.main } : {};
    packages.set(manifest.name, { folder: posix.dirname(path), ...main });
  }
  return packages;
}

/** A package of the workspace: its sources, since what it builds is not there. */
function inPackage(specifier: string, packages: ReadonlyMap<string, PackageEntry>): string[] {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const entry = packages.get(name);
  if (!entry) return [];
  const rest = specifier.slice(name.length + 1);
  if (rest) return [posix.join(entry.folder, rest), posix.join(entry.folder, 'src', rest)];
  const built = entry.main?.replace(/^(\.\/)?(dist|lib|build)\//, 'src/');
  return [...(entry.main ? [entry.main] : []), ...(built ? [built] : []), 'src', 'lib', '.', 'src/main'].map((at) =>
    posix.join(entry.folder, at),
  );
}
