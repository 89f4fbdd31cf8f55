/** A file of the analysed code. Only manifests need their content; other files count by their name. */
export interface CodeFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly content: string;
}

/** Something that the code says is in use, and where it says so. */
export interface StackEntry {
  /** A key of the rule set (`postgresql`, `nestjs`), a package name (`pg-boss`) or a language (`TypeScript`), lower case. */
  readonly name: string;
  readonly kind: 'technology' | 'dependency' | 'language';
  /** What kind of technology the rules take it for: `db`, `framework`, `queue` … */
  readonly type?: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** The line itself, trimmed, at most 120 characters. */
  readonly words: string;
  /** As the manifest writes it: `^8.23.1`. */
  readonly version?: string;
}
