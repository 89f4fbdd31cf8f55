import type { Category, CriterionId } from './research.types.js';

/** How the options of one gap compare under a set of criteria; plain data, stored and rendered as it stands. */
export type Verdict = 'clear' | 'close' | 'undecidable' | 'no-choice' | 'none';

export interface ScoredOption {
  readonly id: string;
  readonly label: string;
  readonly admissible: boolean;
  /** Sum of lows and highs of weight × value, rounded once to 3 decimals. */
  readonly low: number;
  readonly high: number;
  /** TOPSIS closeness with fixed ideal 1 and anti-ideal 0; unknowns at the middle. */
  readonly topsis: number;
  /** Share of 1,000 seeded draws won, 0-1. */
  readonly winShare: number;
}

export interface Comparison {
  readonly category: Category;
  readonly verdict: Verdict;
  /** Criteria that tell the options apart; those equal for all are listed in `equalCriteria`. */
  readonly criteria: readonly CriterionId[];
  readonly equalCriteria: readonly CriterionId[];
  /** Best first; inadmissible options are not scored and follow at the end. */
  readonly options: readonly ScoredOption[];
  readonly leader?: string;
  /** `client-facts`: only facts of its npm client put a rented leader ahead, and a contract isn't chosen by its client. */
  readonly undecidableBecause?: 'client-facts';
  readonly wouldChange: readonly ChangeFactor[];
}

export type ChangeFactor =
  | { readonly kind: 'dominance'; readonly leader: string; readonly rival: string }
  | {
      readonly kind: 'break-even';
      readonly criterion: CriterionId;
      readonly weight: number;
      readonly now: number;
      readonly rival: string;
    }
  | {
      readonly kind: 'unknown';
      readonly option: string;
      readonly criterion: CriterionId;
      readonly value: 0 | 1;
      readonly newLeader: string;
    }
  | { readonly kind: 'harmless-unknown'; readonly option: string; readonly criterion: CriterionId };
