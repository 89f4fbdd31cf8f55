/** Open technology decisions and what was decided. */
import type { Candidate, Category, CategoryDefinition } from '../../research/research.types.js';
import type { ReadBrief } from '../brief/brief.types.js';

export type GapStatus = 'decided' | 'conflict' | 'obsolete' | 'partial' | 'open' | 'follows' | 'not-needed' | 'unknown';

export interface GapEvidence {
  /** `N13` and the words, or `package.json:12`. */
  readonly where: string;
  readonly words: string;
}

export interface Gap {
  /** `G-1` … numbered over the compared gaps first; stable for the same input. */
  readonly id: string;
  readonly category: Category;
  readonly status: GapStatus;
  /** `GAP-TRIGGERED`, `GAP-NAMED`, `GAP-CONFLICT`, `GAP-EOL` … */
  readonly rule: string;
  readonly reason: string;
  readonly evidence: readonly GapEvidence[];
  readonly needs: readonly string[];
  /** Slug that decides it, when decided. */
  readonly decidedBy?: string;
  readonly followsFrom?: Category;
  /** Is it researched? (open, partial, conflict, obsolete with candidates in the catalogue) */
  readonly research: boolean;
}

export interface Decision {
  readonly gapId: string;
  readonly category: Category;
  readonly optionId?: string;
  readonly custom?: string;
  readonly reason?: string;
  readonly by: 'policy' | 'person' | 'brief';
}

/** Something the code says is in use: a dependency of a manifest, an image of a compose file. */
export interface StackFact {
  /** Catalogue slug (`postgresql`, `pg-boss`). */
  readonly slug: string;
  readonly category: Category;
  readonly file: string;
  readonly line: number;
  /** The line itself, trimmed. */
  readonly words: string;
  readonly version?: string;
}

/** One line of Node.js's release schedule; dates are `YYYY-MM-DD`. */
export interface NodeRelease {
  readonly start?: string;
  readonly lts?: string;
  readonly maintenance?: string;
  readonly end?: string;
}
/** By release line: `v24`. */
export type NodeSchedule = Readonly<Record<string, NodeRelease>>;

export interface GapInput {
  readonly read: ReadBrief;
  /** Facts of the code; empty when the brief came without code. */
  readonly stack: readonly StackFact[];
  readonly definitions: readonly CategoryDefinition[];
  /** Candidates of the ecosystem at hand (and `any`): a category without one is listed and not researched. */
  readonly candidates: readonly Candidate[];
  /** With `factsDate`, finds runtimes past their end of life. */
  readonly nodeSchedule?: NodeSchedule;
  readonly factsDate?: string;
  /** Slugs known to be deprecated or replaced, with the reason. */
  readonly deprecated?: Readonly<Record<string, string>>;
}

/** Changes a person makes to the plan while the session waits. */
export interface PlanPatch {
  /** Decide these categories: category → name. */
  readonly pin?: Readonly<Partial<Record<Category, string>>>;
  /** Research these although no rule asks for it. */
  readonly add?: readonly Category[];
  /** Do not research these. */
  readonly drop?: readonly Category[];
}
