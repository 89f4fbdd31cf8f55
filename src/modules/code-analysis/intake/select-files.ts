import { isGeneratedName, isLockFile, saysItIsGenerated } from './generated.js';
import { IgnoreRules, type IgnoreFile } from './ignore-rules.js';
import { LEFT_OUT_REASONS, type LeftOutFile, type LeftOutReason, type SourceFile } from './intake.types.js';
import { isBinary, isMinified, textOf } from './text.js';
import { VendoredFolders } from './vendored.js';

/** How many files were left out, by reason; reasons without any are absent. */
export type LeftOutCounts = Readonly<Partial<Record<LeftOutReason, number>>>;

export interface Selection {
  /** Sorted by path (code units). */
  readonly files: readonly SourceFile[];
  /** Sorted by path; what was left out before the selection comes in, too. */
  readonly leftOut: readonly LeftOutFile[];
  /** Paths of lock files: left out as generated, but their names say which package manager is in use. Sorted. */
  readonly lockFiles: readonly string[];
}

/** The tree as far as names tell, and its .gitignore files. */
export interface Tree {
  readonly vendored: Pick<VendoredFolders, 'holds'>;
  readonly ignore: Pick<IgnoreRules, 'ignores'>;
}

/** Why a file is left out by its path; undefined: its content decides. */
export function pathReason(path: string, { vendored, ignore }: Tree): LeftOutReason | undefined {
  if (vendored.holds(path)) return 'vendored';
  if (ignore.ignores(path)) return 'ignored';
  return isGeneratedName(path.slice(path.lastIndexOf('/') + 1)) ? 'generated' : undefined;
}

/** Why a file is left out by what is in it. */
export function contentReason(path: string, bytes: Buffer): LeftOutReason | undefined {
  if (isBinary(bytes)) return 'binary';
  if (isMinified(path, bytes)) return 'minified';
  return saysItIsGenerated(bytes) ? 'generated' : undefined;
}

/** The tree of files that are all at hand. */
export function treeOf(files: readonly SourceFile[], mostTests?: number): Tree {
  return {
    vendored: new VendoredFolders(files.map(({ path }) => path)),
    ignore: new IgnoreRules(files.flatMap(ignoreFileOf), mostTests),
  };
}

function ignoreFileOf({ path, bytes }: SourceFile): IgnoreFile[] {
  if (path !== '.gitignore' && !path.endsWith('/.gitignore')) return [];
  return [{ folder: path.slice(0, Math.max(0, path.lastIndexOf('/'))), text: textOf(bytes) }];
}

/**
 * Leaves out what is no source code of the project itself, and says of each file why. A generator that yields after each file,
 * so that the caller can let others have the processor.
 * @param before what was left out already, as links and files that are too large
 * @param mostTests of a path with a pattern of a .gitignore; without a limit when absent
 */
export function* selecting(
  files: readonly SourceFile[],
  before: readonly LeftOutFile[] = [],
  mostTests?: number,
): Generator<undefined, Selection> {
  const tree = treeOf(files, mostTests);
  const kept: SourceFile[] = [];
  const leftOut = [...before];
  for (const file of files) {
    const reason = pathReason(file.path, tree) ?? contentReason(file.path, file.bytes);
    if (reason === undefined) kept.push(file);
    else leftOut.push({ path: file.path, reason });
    yield undefined;
  }
  return { files: sorted(kept), leftOut: sorted(leftOut), lockFiles: lockFilesOf(leftOut) };
}

/** The same without a pause. */
export function selectFiles(files: readonly SourceFile[], before: readonly LeftOutFile[] = []): Selection {
  const steps = selecting(files, before);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export function countsOf(leftOut: readonly LeftOutFile[]): LeftOutCounts {
  const counts: Partial<Record<LeftOutReason, number>> = {};
  for (const reason of LEFT_OUT_REASONS) {
    const count = leftOut.filter((file) => file.reason === reason).length;
    if (count > 0) counts[reason] = count;
  }
  return counts;
}

const lockFilesOf = (leftOut: readonly LeftOutFile[]): string[] =>
  leftOut
    .filter(({ path, reason }) => reason === 'generated' && isLockFile(path.slice(path.lastIndexOf('/') + 1)))
    .map(({ path }) => path)
    .sort();

const sorted = <T extends { readonly path: string }>(files: readonly T[]): T[] =>
  [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
