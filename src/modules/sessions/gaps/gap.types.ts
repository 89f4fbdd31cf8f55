/** Open technology decisions and what was decided. */
import type { Category } from '../../research/research.types.js';

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
