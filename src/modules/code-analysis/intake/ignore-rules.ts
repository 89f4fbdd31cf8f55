import ignore, { type Ignore } from 'ignore';
import { intakeErrors } from './intake.errors.js';

const LONGEST_PATTERN = 256;
/** Patterns of all files together; git itself has no limit, but nobody has more. */
const MOST_PATTERNS = 2000;
/** `**` of one pattern. */
const MOST_DEEP = 3;
/** Patterns with two wildcards in one part, of which some names take the square of their length to match. */
const MOST_COSTLY = 10;

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
  private readonly rules = new Map<string, { readonly matcher: Ignore; patterns: number }>();
  private readonly ignoredFolders = new Map<string, boolean>();
  private patterns = 0;
  private costly = 0;
  private tests = 0;

  /** @param mostTests comparisons of a path with a pattern before it gives up: of a stranger's tree, whose answer is waited for */
  constructor(
    files: readonly IgnoreFile[] = [],
    private readonly mostTests = Number.POSITIVE_INFINITY,
  ) {
    for (const file of files) this.add(file);
  }

  /** Of a folder none of whose paths has been asked about. */
  add({ folder, text }: IgnoreFile): void {
    const taken = text.split(/\r?\n/).filter((line) => this.takes(line));
    if (taken.length > 0)
      this.rules.set(folder, { matcher: ignore({ ignoreCase: false }).add(taken), patterns: taken.length });
  }

  /** @param path of a file, relative to the root @throws AppError 422 `ignore_rules_too_costly` */
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
      const result = this.test(folder, folder === '' ? tested : tested.slice(folder.length + 1));
      if (result?.ignored) return true;
      if (result?.unignored || folder === '') return false;
    }
  }

  private test(folder: string, path: string): ReturnType<Ignore['test']> | undefined {
    const rules = this.rules.get(folder);
    if (rules === undefined) return undefined;
    this.tests += rules.patterns;
    if (this.tests > this.mostTests) throw intakeErrors.ignoreRules();
    for (const above of foldersOf(path)) {
      if (!rules.matcher.test(above).ignored) continue;
      // It is asked about what lies in there, so a nearer file took the folder back: this one must not hold its content.
      rules.matcher.add(`!/${above.replace(/[\\*?[\]]/g, '\\$&')}`);
      rules.patterns += 1;
    }
    return rules.matcher.test(path);
  }

  /** What takes a matcher that backtracks for ever on some names is passed over; nobody writes such a pattern. */
  private takes(line: string): boolean {
    const cost = costOf(line);
    if (cost === undefined || this.patterns >= MOST_PATTERNS) return false;
    if (cost === 'costly' && ++this.costly > MOST_COSTLY) return false;
    this.patterns += 1;
    return true;
  }
}

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** `a/b/c` → `a/`, `a/b/`. */
function foldersOf(path: string): string[] {
  const found: string[] = [];
  for (let at = path.indexOf('/'); at >= 0 && at < path.length - 1; at = path.indexOf('/', at + 1))
    found.push(path.slice(0, at + 1));
  return found;
}

/** Undefined for a line that is no pattern, or one that costs too much. */
function costOf(line: string): 'cheap' | 'costly' | undefined {
  if (line.trim() === '' || line.startsWith('#') || line.length > LONGEST_PATTERN) return undefined;
  const parts = line.split('/');
  const wildcards = parts.map((part) => (/^!?\*\*$/.test(part) ? 0 : (part.match(/\*+/g)?.length ?? 0)));
  const doubled = wildcards.filter((count) => count > 1).length;
  if (doubled > 1 || Math.max(...wildcards) > 2) return undefined;
  if (parts.filter((part) => /^!?\*\*$/.test(part)).length > MOST_DEEP) return undefined;
  return doubled === 0 ? 'cheap' : 'costly';
}
