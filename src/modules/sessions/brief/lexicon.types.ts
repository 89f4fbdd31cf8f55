/** A rule of the lexicon. */
import type { Category } from '../../research/research.types.js';
import type { Quantity } from './brief.types.js';

export interface LexiconRule {
  /** Stable name that documents print: `UPLOAD-1`. */
  readonly id: string;
  /** Words that fire it; must be bounded (no nested repetition), since it reads text of strangers. */
  readonly words?: RegExp;
  /** A quantity that fires it; with `words` both must hold and the quantity's words are printed. */
  readonly quantity?: (quantity: Quantity) => boolean;
  readonly opens: readonly Category[];
  /** For people, at most a line. */
  readonly meaning: string;
}
