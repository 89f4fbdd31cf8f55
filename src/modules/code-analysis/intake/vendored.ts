/** Folders that never hold code of the project itself, wherever they are. */
const ALWAYS = new Set(
  `node_modules bower_components jspm_packages web_modules site-packages __pycache__ __MACOSX third_party third-party thirdparty
  Pods Carthage DerivedData .git .hg .svn .bzr .venv .tox .nox .eggs .mypy_cache .pytest_cache .ruff_cache .gradle .idea .vs
  .next .nuxt .output .svelte-kit .turbo .parcel-cache .angular .expo .serverless .aws-sam .terraform .cache .yarn .pnpm-store
  .techspec .nyc_output .bundle .dart_tool`.split(/\s+/),
);

/** What makes a folder the root of a project. */
const MANIFEST =
  /^(package\.json|deno\.jsonc?|composer\.json|go\.mod|Gemfile|pom\.xml|build\.(gradle(\.kts)?|sbt|xml|zig)|settings\.gradle(\.kts)?|Cargo\.toml|pyproject\.toml|setup\.(py|cfg)|requirements\.txt|mix\.exs|pubspec\.yaml|CMakeLists\.txt|[^/]+\.(csproj|fsproj|vbproj|sln|cabal|gemspec))$/;

/**
 * Folders of others' code and of build output that lie beside a manifest, with the manifests that make them so. Deeper down the
 * same names are names like others: `src/vendor` may be about vendors and `app/build` about builds.
 */
const BESIDE_MANIFEST: Readonly<Record<string, RegExp>> = {
  vendor: /^(composer\.json|go\.mod|Gemfile|package\.json|Cargo\.toml)$/,
  dist: MANIFEST,
  build: MANIFEST,
  out: MANIFEST,
  target: /^(pom\.xml|build\.sbt|Cargo\.toml|project\.clj)$/,
  coverage: MANIFEST,
  htmlcov: MANIFEST,
  venv: MANIFEST,
  bin: /\.(csproj|fsproj|vbproj)$/,
  obj: /\.(csproj|fsproj|vbproj)$/,
  _build: /^mix\.exs$/,
  deps: /^mix\.exs$/,
};
/** These are so at the root of a tree even if no manifest stands there. */
const AT_ROOT = new Set(['vendor', 'dist', 'build', 'out', 'target', 'coverage']);

/**
 * Whether a folder holds code of others or what a build made.
 * @param folder path relative to the root
 * @param siblings names of what lies beside it
 */
export function isVendoredFolder(folder: string, siblings: Iterable<string>): boolean {
  const at = folder.lastIndexOf('/');
  const name = folder.slice(at + 1);
  if (ALWAYS.has(name)) return true;
  const manifest = Object.hasOwn(BESIDE_MANIFEST, name) ? BESIDE_MANIFEST[name] : undefined;
  if (manifest === undefined) return false;
  if (at < 0 && AT_ROOT.has(name)) return true;
  for (const sibling of siblings) if (manifest.test(sibling)) return true;
  return false;
}

/** Whether a path leads through a folder that never holds code of the project: known before anything else of the tree is. */
export const isNeverOwn = (path: string): boolean =>
  path
    .split('/')
    .slice(0, -1)
    .some((name) => ALWAYS.has(name));

/** Beside manifests, what people put at the root of a project. */
const AT_PROJECT_ROOT =
  /^(readme|license|licence|copying|changelog)(\.|$)|^\.git(ignore|attributes)$|^(makefile|dockerfile)$/i;

/**
 * The folder that a whole archive lies in, as tar and code hosts pack it: the only one, with what stands at the root of a project.
 * A folder of sources alone, such as `src`, is a part of the tree that paths need.
 */
export function packedRootOf(paths: readonly string[]): string | undefined {
  const first = paths[0] ?? '';
  const root = first.slice(0, Math.max(0, first.indexOf('/')));
  if (root === '' || !paths.every((path) => path.startsWith(`${root}/`))) return undefined;
  const names = paths.map((path) => path.slice(root.length + 1)).filter((name) => !name.includes('/'));
  return names.some((name) => MANIFEST.test(name) || AT_PROJECT_ROOT.test(name)) ? root : undefined;
}

/** Folders of a whole tree that are vendored, asked by path. */
export class VendoredFolders {
  /** Names in each folder, by its path. */
  private readonly names = new Map<string, Set<string>>();
  private readonly known = new Map<string, boolean>();

  /** @param paths of all files of the tree */
  constructor(paths: Iterable<string>) {
    for (const path of paths) this.note(path);
  }

  /** Whether a file lies in a vendored folder. */
  holds(path: string): boolean {
    const folder = folderOf(path);
    if (folder === '') return false;
    const known = this.known.get(folder);
    if (known !== undefined) return known;
    const found = isVendoredFolder(folder, this.names.get(folderOf(folder)) ?? []) || this.holds(folder);
    this.known.set(folder, found);
    return found;
  }

  private note(path: string): void {
    const folder = folderOf(path);
    const names = this.names.get(folder);
    if (names === undefined) this.names.set(folder, new Set());
    this.names.get(folder)?.add(path.slice(folder === '' ? 0 : folder.length + 1));
    if (names === undefined && folder !== '') this.note(folder);
  }
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
