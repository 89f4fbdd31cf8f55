import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeFile, Project } from '../modules/code-analysis/code-analysis.types.js';
import { isGeneratedName, isLockFile } from '../modules/code-analysis/intake/generated.js';
import { IgnoreRules } from '../modules/code-analysis/intake/ignore-rules.js';
import type { LeftOutReason } from '../modules/code-analysis/intake/intake.types.js';
import { contentReason, type LeftOutCounts } from '../modules/code-analysis/intake/select-files.js';
import { textOf } from '../modules/code-analysis/intake/text.js';
import { isVendoredFolder } from '../modules/code-analysis/intake/vendored.js';
import { isManifest, MAX_MANIFEST_BYTES } from '../modules/code-analysis/stack/manifests.js';

const MAX_FILES = 100_000;
/** A larger file is no source and no specification that a person wrote. */
const MAX_TEXT_BYTES = 5 * 1024 * 1024;

export interface FolderStats {
  readonly files: number;
  readonly manifests: number;
  /** There are more files than are looked at. */
  readonly cutOff: boolean;
  /**
   * Files, and folders with all that is in them, that were left out, by reason. What a file holds is known only of those that were
   * read: `binary`, `minified` and some of `generated` are counted as the analysis asks for them.
   */
  readonly leftOut: LeftOutCounts;
}

export interface FolderContents {
  /** Manifests with their content; of other files the name alone. Sorted by path. */
  readonly files: readonly CodeFile[];
  /** As it is now: what is read later may be left out, too. */
  readonly stats: FolderStats;
  /** The same folder for the analysis of its sources: each is read when it is asked for, so that none stays in memory. */
  readonly project: Project;
}

/** Reads what the analysis needs of a folder. Links are not followed, so that nothing outside the folder is read, nor twice. */
export function readFolder(folder: string): FolderContents {
  return new FolderReader(folder).read();
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

class FolderReader {
  private readonly ignore = new IgnoreRules();
  private readonly paths: string[] = [];
  /** Paths that were left out for what is in them: counted once however often they are asked for. */
  private readonly refused = new Set<string>();
  private readonly leftOut: Partial<Record<LeftOutReason, number>> = {};
  private manifests = 0;
  private cutOff = false;

  constructor(private readonly root: string) {}

  read(): FolderContents {
    this.visit('');
    this.paths.sort();
    const files = this.paths.map((path) => ({ path, content: isManifest(path) ? this.manifest(path) : '' }));
    const known = new Set(this.paths);
    return {
      files,
      stats: { files: files.length, manifests: this.manifests, cutOff: this.cutOff, leftOut: this.leftOut },
      project: { paths: this.paths, text: (path) => (known.has(path) ? this.text(path) : undefined) },
    };
  }

  private visit(folder: string): void {
    const entries = this.entriesOf(folder);
    const names = new Set(entries.map(({ name }) => name));
    if (names.has('.gitignore'))
      this.ignore.add({ folder, text: this.bytesOf(inside(folder, '.gitignore'))?.toString() ?? '' });
    for (const entry of entries) {
      const path = inside(folder, entry.name);
      if (this.paths.length >= MAX_FILES) this.cutOff = true;
      else if (entry.isDirectory()) this.visitFolder(path, names);
      else this.visitFile(path, entry);
    }
  }

  private visitFolder(path: string, siblings: ReadonlySet<string>): void {
    if (isVendoredFolder(path, siblings)) this.leave('vendored');
    else if (this.ignore.ignoresFolder(path)) this.leave('ignored');
    else this.visit(path);
  }

  private visitFile(path: string, entry: Dirent): void {
    if (entry.isSymbolicLink()) this.leave('link');
    else if (!entry.isFile()) this.leave('special');
    else if (this.ignore.ignores(path)) this.leave('ignored');
    else {
      if (isGeneratedName(entry.name)) this.leave('generated');
      // The name of a lock file says which package manager is in use.
      if (!isGeneratedName(entry.name) || isLockFile(entry.name)) this.paths.push(path);
    }
  }

  private manifest(path: string): string {
    const bytes = this.bytesOf(path, MAX_MANIFEST_BYTES);
    if (bytes === undefined) return '';
    this.manifests += 1;
    return textOf(bytes);
  }

  private text(path: string): string | undefined {
    if (this.refused.has(path) || isLockFile(path.slice(path.lastIndexOf('/') + 1))) return undefined;
    const bytes = this.bytesOf(path);
    const reason = bytes && contentReason(path, bytes);
    if (bytes !== undefined && reason === undefined) return textOf(bytes);
    this.refused.add(path);
    if (reason !== undefined) this.leave(reason);
    return undefined;
  }

  private entriesOf(folder: string): Dirent[] {
    try {
      return readdirSync(join(this.root, folder), { withFileTypes: true });
    } catch {
      this.leave('unreadable');
      return [];
    }
  }

  private bytesOf(path: string, most = MAX_TEXT_BYTES): Buffer | undefined {
    const place = join(this.root, path);
    try {
      if (statSync(place).size <= most) return readFileSync(place);
      this.leave('too-large');
    } catch {
      this.leave('unreadable');
    }
    return undefined;
  }

  private leave(reason: LeftOutReason): void {
    this.leftOut[reason] = (this.leftOut[reason] ?? 0) + 1;
  }
}

const inside = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);
