import ignore, { type Ignore } from 'ignore';

/** Wildcards of one pattern: with more, some names take a matcher that backtracks for ever. Real patterns have one or two. */
const MOST_WILDCARDS = 3;
const LONGEST_PATTERN = 256;
/** Patterns of all files together; git itself has no limit, but nobody has more. */
const MOST_PATTERNS = 2000;

/** A .gitignore: the folder it lies in (`''` for the root) and its text. */
export interface IgnoreFile {
  readonly folder: string;
  readonly text: string;
}

/**
 * What the .gitignore files of a tree say of its paths, as git does: the nearest file decides, its last matching line first; what
 * lies in an ignored folder can't be taken back (gitignore(5)).
 */
export class IgnoreRules {
  /** By folder. */
  private readonly rules = new Map<string, Ignore>();
  private readonly ignoredFolders = new Map<string, boolean>();
  private patterns = 0;

  constructor(files: readonly IgnoreFile[] = []) {
    for (const file of files) this.add(file);
  }

  /** Of a folder none of whose paths has been asked about. */
  add({ folder, text }: IgnoreFile): void {
    const usable = text.split(/\r?\n/).filter(isUsable);
    const taken = usable.slice(0, MOST_PATTERNS - this.patterns);
    this.patterns += taken.length;
    if (taken.length > 0) this.rules.set(folder, ignore({ ignoreCase: false }).add(taken));
  }

  /** @param path of a file, relative to the root */
  ignores(path: string): boolean {
    if (this.rules.size === 0) return false;
    const folder = folderOf(path);
    return (folder !== '' && this.ignoresFolder(folder)) || this.matches(path, path);
  }

  ignoresFolder(folder: string): boolean {
    const known = this.ignoredFolders.get(folder);
    if (known !== undefined) return known;
    const outer = folderOf(folder);
    const found = (outer !== '' && this.ignoresFolder(outer)) || this.matches(folder, `${folder}/`);
    this.ignoredFolders.set(folder, found);
    return found;
  }

  /** From the nearest folder outwards: the first that says anything has said it. */
  private matches(path: string, tested: string): boolean {
    for (let folder = folderOf(path); ; folder = folderOf(folder)) {
      const result = this.rules.get(folder)?.test(folder === '' ? tested : tested.slice(folder.length + 1));
      if (result?.ignored) return true;
      if (result?.unignored || folder === '') return false;
    }
  }
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

function isUsable(line: string): boolean {
  if (line.trim() === '' || line.startsWith('#') || line.length > LONGEST_PATTERN) return false;
  return (line.match(/\*+/g)?.length ?? 0) <= MOST_WILDCARDS;
}
