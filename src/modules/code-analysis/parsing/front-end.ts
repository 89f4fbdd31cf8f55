import type { Facts } from '../linking/facts-builder.js';
import type { Language } from '../linking/facts.js';

/**
 * One language: text → tree, and the part of the facts that is the same for all frameworks (imports, exports, bindings, scopes,
 * classes, calls). Frameworks get the `Source` that `read` returns: the tree with whatever index makes their rules short.
 */
export interface FrontEnd<Source> {
  readonly language: Language;
  /** By file name, with the dot. */
  readonly extensions: readonly string[];
  /**
   * Loads the parser: once per thread, before the first `read`. Never in parallel with another one.
   */
  load(): Promise<void>;
  /**
   * Parses, fills `facts` and returns the source. With a syntax error half-way what precedes it is still read. Must not recurse
   * without a bound: throw `TooDeep` beyond `MAX_DEPTH` levels. A parser that holds memory outside the heap frees it in `release`.
   */
  read(text: string, facts: Facts): Source;
  release?(source: Source): void;
  /** Specifiers that a text may import, found without parsing it; some may stand in comments. */
  importsIn(text: string): readonly string[];
}

/** Levels of nesting that are followed; real code stays below 60. */
export const MAX_DEPTH = 400;

/** The file nests deeper than is followed; it is reported as skipped. */
export class TooDeep extends Error {
  constructor() {
    super(`nested deeper than ${MAX_DEPTH} levels`);
    this.name = 'TooDeep';
  }
}

/** Files of the project as the module resolver sees them. */
export interface ProjectFiles {
  has(path: string): boolean;
  /** Content of a manifest (package.json, tsconfig.json, go.mod, pyproject.toml …); undefined for what is not there. */
  manifest(path: string): string | undefined;
  /** Sorted. */
  readonly paths: readonly string[];
}

/** Which files an import names. Several for a package of several files (Go, Java `*`); none for what is not in the project. */
export interface ModuleResolver {
  resolve(specifier: string, from: string): readonly string[];
}

export type ModuleResolverOf = (project: ProjectFiles) => ModuleResolver;
