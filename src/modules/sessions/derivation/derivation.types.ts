/** Everything that follows from the brief alone, before research. */

export interface Assumption {
  readonly id: string;
  readonly key: string; // peakDuration: stable name of the input
  readonly statement: string;
  readonly value: number | string;
  readonly unit: string;
  readonly usedIn: readonly string[];
  readonly question: string;
}

export interface DerivedQuantity {
  readonly id: string; // D-1
  readonly formula: string; // LITTLE-INFLIGHT
  readonly name: string; // fraud checks under way at once
  /** The expression with its numbers, as printed: `33.3 × 2 s`. */
  readonly working: string;
  /** Exact value in base units, re-computed from `inputs` when the document is checked. */
  readonly value: number;
  readonly unit: string;
  readonly shown: string;
  readonly consequence: string;
  /** Named inputs: each from a need, an assumption, another D, or evidence. */
  readonly inputs: readonly {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    readonly from: string;
  }[];
  /** Extra table below the list (backlog against provider rate, hot row against service time). */
  readonly table?: {
    readonly title: string;
    readonly head: readonly string[];
    readonly rows: readonly (readonly string[])[];
    readonly note?: string;
  };
}

export interface TestSkeleton {
  readonly load: string;
  readonly passes: string;
}

export interface Requirement {
  readonly id: string;
  readonly template: string; // RATE-SUSTAIN
  /** One sentence with exactly one `shall`; numbers from a default stand between asterisks. */
  readonly statement: string;
  readonly check: 'T' | 'A' | 'I';
  /** Ids it rests on: N, D, A, Q, G. At least one N (or a hard constraint's N). */
  readonly from: readonly string[];
  /** Numbers in the statement, each with its source, for check 3. */
  readonly numbers: readonly { readonly text: string; readonly from: string }[];
  readonly test?: TestSkeleton;
}

export interface Question {
  readonly id: string;
  readonly key: string;
  readonly text: string;
  readonly blocks: readonly string[];
  readonly ifUnanswered: string;
}

export interface DataStore {
  readonly store: string;
  readonly personalData: string;
  readonly createdBy: readonly string[];
  readonly deletedBy: string;
  readonly state: string;
}

/** Everything that follows from the brief alone, before research. */
export interface Derivation {
  readonly assumptions: readonly Assumption[];
  readonly derived: readonly DerivedQuantity[];
  readonly requirements: readonly Requirement[];
  readonly questions: readonly Question[];
  readonly dataStores: readonly DataStore[];
}
