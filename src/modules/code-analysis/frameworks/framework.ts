import type { Facts } from '../linking/facts-builder.js';
import type { Language } from '../linking/facts.js';

/**
 * How the routes of one framework look in one language: a file of at most 150 lines, its fixtures in test/fixtures/code/<name>,
 * and one line in `frameworks.ts`. See "Adding a framework" in docs/code-analysis.md.
 */
export interface Framework<Source> {
  /** As endpoints name it: `express`. */
  readonly name: string;
  readonly language: Language;
  /**
   * A file whose text matches is parsed, with what it imports and what imports it. Cheap: the import of the framework, or the shape
   * of its calls, since a file that gets its router as an argument imports nothing. What is really a route is decided by its
   * receiver, in the linker; `extract` sees every file that is parsed for any reason.
   */
  readonly prefilter: RegExp;
  /** Where files are the routes: only files that it accepts are looked at. */
  isRouteFile?(path: string): boolean;
  /** The package that a manifest of the project must name, where the text of a file says too little. */
  readonly dependency?: string;
  /** Adds what it sees in the file. Pure: looks at nothing but its arguments. */
  extract(source: Source, facts: Facts): void;
}
