/** The brief, read. */
import type { Category, HardConstraints } from '../../research/research.types.js';

/** The text a need is taken from: all entries of the brief, each an own segment. Offsets count UTF-16 units of that segment. */
export interface BriefSegment {
  /** JSON pointer into the brief: `/requirements/0`, `/projectType`, `/techStack/database`, `/constraints/licenses`. */
  readonly pointer: string;
  readonly text: string;
}

export type QuantityKind = 'rate' | 'duration' | 'count' | 'size' | 'money' | 'share' | 'ratio';

/** An amount found in the words of the brief, in base units: per second, seconds, pieces, bytes, the currency, 0-1. */
export interface Quantity {
  readonly kind: QuantityKind;
  readonly value: number;
  /** The words themselves: `2,000 sales per minute`. */
  readonly words: string;
  /** As written: 2000 and `/minute`. */
  readonly written: { readonly amount: number; readonly unit: string };
  /** What is counted: `sales`. */
  readonly noun?: string;
  /** `within`, `at most`, `at least`, `after`, `every`, `peak`, `otherwise` … */
  readonly qualifiers: readonly string[];
}

/** A trigger: a rule of the lexicon that fired on the words of a need. */
export interface Trigger {
  /** `RATE-1`, `UPLOAD-1`, `PRIVACY-EU`. */
  readonly rule: string;
  /** The words that fired it, verbatim. */
  readonly words: string;
  /** Categories that it opens. */
  readonly opens: readonly Category[];
  /** For people: `two rates → capacity follows the queue, not the mean`. */
  readonly meaning: string;
}

export interface Need {
  /** `N1` … in the order of the brief. */
  readonly id: string;
  /** Verbatim: segment.text.slice(start, end). */
  readonly text: string;
  readonly pointer: string;
  readonly start: number;
  readonly end: number;
  readonly triggers: readonly Trigger[];
  readonly quantities: readonly Quantity[];
  /** Catalogue slugs named here (`postgresql`, `nodejs`). */
  readonly names: readonly string[];
  /** The main nouns, lower case as written, for slots: subject (`order`), object. */
  readonly nouns: readonly string[];
}

export interface ReadBrief {
  readonly title: string;
  readonly needs: readonly Need[];
  readonly constraints: HardConstraints;
  /** Expansions made visible: `BSD` → two ids. Become assumptions. */
  readonly expansions: readonly { readonly from: string; readonly to: readonly string[]; readonly need: string }[];
  /** Slugs of what is in use, with the need that says so. */
  readonly inUse: readonly { readonly slug: string; readonly category: Category; readonly need: string }[];
}
