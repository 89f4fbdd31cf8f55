/** Most of what is taken in with one upload; sizes in bytes. */
export interface IntakeLimits {
  /** Of the archive, or of the JSON, as it is sent. */
  readonly uploadBytes: number;
  /** Of all entries together, once unpacked. */
  readonly unpackedBytes: number;
  /** Entries of an archive, folders included, or files of a JSON body. */
  readonly entries: number;
  /** Of one file; a larger one is left out and the rest is analysed. */
  readonly fileBytes: number;
  /** Unpacked : packed, of an entry and of the whole archive, once more than `RATIO_FREE_BYTES` come out. */
  readonly ratio: number;
  /** Of a path in UTF-8; a file with a longer one is left out. */
  readonly pathBytes: number;
}

const MB = 1024 * 1024;

export const INTAKE_LIMITS: IntakeLimits = {
  uploadBytes: 20 * MB,
  unpackedBytes: 50 * MB,
  entries: 2000,
  fileBytes: 5 * MB,
  ratio: 100,
  pathBytes: 1024,
};

/** So much of a single repeated character packs a thousandfold and harms nobody. */
export const RATIO_FREE_BYTES = MB;

/**
 * Why a file is not analysed although the rest is:
 * `ignored` by a .gitignore · `vendored` code of others and build output · `generated` · `binary` · `minified` · `too-large` ·
 * `link` (symbolic and hard links are never followed) · `special` (devices, pipes) · `encrypted` · `unreadable` (a compression
 * that is not known, or the file system refuses) · `bad-name` (not UTF-8, control characters, too long).
 */
export const LEFT_OUT_REASONS = [
  'ignored',
  'vendored',
  'generated',
  'binary',
  'minified',
  'too-large',
  'link',
  'special',
  'encrypted',
  'unreadable',
  'bad-name',
] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/** A file as it was sent. */
export interface SourceFile {
  /** Relative to the root, parts joined by `/`, without `.` and `..`. */
  readonly path: string;
  readonly bytes: Buffer;
}

export interface LeftOutFile {
  /** Fit to be shown: see `shownName`. */
  readonly path: string;
  readonly reason: LeftOutReason;
}

/** What was in an upload. */
export interface TakenIn {
  readonly files: readonly SourceFile[];
  readonly leftOut: readonly LeftOutFile[];
}

/** Whether the content of a file is wanted; what is not wanted is never unpacked. */
export type Wanted = (path: string) => LeftOutReason | undefined;
