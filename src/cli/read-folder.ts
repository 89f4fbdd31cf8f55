import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { CodeFile, Project } from '../modules/code-analysis/code-analysis.types.js';

/** Folders that hold no code of the project itself. */
const IGNORED = new Set([
  'node_modules',
  '.git',
  'dist',
  'build',
  'vendor',
  'target',
  '.venv',
  'venv',
  '__pycache__',
  'coverage',
  '.next',
  '.techspec',
]);
const MANIFEST =
  /(^|\/)(package\.json|\.nvmrc|requirements[\w.-]*\.txt|pyproject\.toml|setup\.cfg|Pipfile|go\.mod|pom\.xml|build\.gradle(\.kts)?|Cargo\.toml|Gemfile|composer\.json|(docker-)?compose[\w.-]*\.ya?ml|Dockerfile[\w.-]*|\.env\.(example|sample|template)|[\w-]+\.tf|[\w-]+\.csproj)$|^\.github\/workflows\/[\w.-]+\.ya?ml$/;
const MAX_FILES = 100_000;
/** A larger file is no source and no specification that a person wrote. */
const MAX_TEXT_BYTES = 5 * 1024 * 1024;
const MAX_MANIFEST_BYTES = 256 * 1024;

export interface FolderContents {
  /** Manifests with their content; of other files the name alone. Sorted by path. */
  readonly files: readonly CodeFile[];
  readonly stats: {
    readonly files: number;
    readonly manifests: number;
    readonly tooLarge: number;
    readonly unreadable: number;
    readonly cutOff: boolean;
  };
}

/** Reads what the stack rules need of a folder. Links are not followed, so that nothing outside the folder is read. */
export function readFolder(folder: string): FolderContents {
  const files: CodeFile[] = [];
  const stats = { files: 0, manifests: 0, tooLarge: 0, unreadable: 0, cutOff: false };
  const visit = (at: string): void => {
    for (const entry of entriesOf(at, stats)) {
      if (files.length >= MAX_FILES) {
        stats.cutOff = true;
        return;
      }
      const path = join(at, entry.name);
      if (entry.isDirectory() && !IGNORED.has(entry.name)) visit(path);
      else if (entry.isFile()) files.push(readFile(folder, path, stats));
    }
  };
  visit(folder);
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, stats: { ...stats, files: files.length } };
}

/** The same folder for the analysis of its sources: each is read when it is asked for, so that none stays in memory. */
export function projectOf(folder: string, { files }: FolderContents): Project {
  const paths = files.map(({ path }) => path);
  const known = new Set(paths);
  return { paths, text: (path) => (known.has(path) ? textOf(join(folder, path)) : undefined) };
}

function textOf(path: string): string | undefined {
  try {
    return statSync(path).size > MAX_TEXT_BYTES ? undefined : readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** What a session keeps of a folder: the manifests, and one file of each extension to tell the languages. */
export function manifestsOf({ files }: FolderContents): CodeFile[] {
  const seen = new Set<string>();
  return files.filter(({ path, content }) => {
    if (content) return true;
    const extension = path.slice(path.lastIndexOf('.'));
    return /^\.(m?[tj]sx?|py|java|go)$/.test(extension) && !seen.has(extension) && seen.add(extension);
  });
}

function entriesOf(folder: string, stats: { unreadable: number }) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    stats.unreadable += 1;
    return [];
  }
}

function readFile(
  root: string,
  path: string,
  stats: { manifests: number; tooLarge: number; unreadable: number },
): CodeFile {
  const name = relative(root, path).split(sep).join('/');
  if (!MANIFEST.test(name)) return { path: name, content: '' };
  try {
    if (statSync(path).size > MAX_MANIFEST_BYTES) stats.tooLarge += 1;
    else {
      stats.manifests += 1;
      return { path: name, content: readFileSync(path, 'utf8') };
    }
  } catch {
    stats.unreadable += 1;
  }
  return { path: name, content: '' };
}
