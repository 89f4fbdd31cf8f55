/** The document: what it is made from, and its body. */
import type { Comparison } from '../../research/comparison.types.js';
import type {
  Category,
  CategoryDefinition,
  Citation,
  CitationVerdict,
  CriteriaSet,
  CriterionId,
  EvidencePiece,
  ResearchResult,
  Sha256,
} from '../../research/research.types.js';
import type { Need, ReadBrief } from '../brief/brief.types.js';
import type {
  Assumption,
  DataStore,
  Derivation,
  DerivedQuantity,
  Question,
  Requirement,
} from '../derivation/derivation.types.js';
import type { Decision, Gap } from '../gaps/gap.types.js';
import type { Brief } from '../sessions.types.js';

/** All that the writer needs; pure data, so that the same input gives the same bytes. */
export interface DocumentInput {
  readonly brief: Brief;
  /** Evidence of the brief itself (canonical JSON of it). */
  readonly briefEvidence: EvidencePiece;
  readonly read: ReadBrief;
  readonly derivation: Derivation;
  readonly gaps: readonly Gap[];
  /** All 24: the question and the need (C2) printed with each decision, and what to ask when nothing decides it. */
  readonly definitions: readonly CategoryDefinition[];
  readonly criteria: CriteriaSet;
  readonly research: readonly ResearchResult[];
  readonly comparisons: readonly Comparison[];
  readonly decisions: readonly Decision[];
  /**
   * Every cited piece by hash; a removed one is absent and shown as removed. Pieces that are found by their title when present:
   * `record NAME VERSION` (registry), `node-releases VERSION, release-schedule.json` and `module-replacements VERSION, preferred.json`
   * (dataset); without them the rules NODE-EOL and REPL-1 say "not assessable".
   */
  readonly evidence: ReadonlyMap<Sha256, EvidencePiece>;
  /** Gaps whose research failed, with the reason. */
  readonly degraded: readonly { readonly gapId: string; readonly reason: string }[];
  /** Day of the facts (`YYYY-MM-DD`), for end-of-life arithmetic; part of the input, not of the clock. */
  readonly factsDate: string;
  /** Who wrote the facts, for the head of the document; absent: rules only. */
  readonly analyst?: string;
}

/** The citation gate, owned by research; passed in because features meet only at their front doors. */
export type CitationCheck = (
  citation: Citation,
  piece: EvidencePiece | undefined,
  subject?: { readonly name: string; readonly version?: string },
) => CitationVerdict;

export interface Claim {
  /** `CL-1` … in the order of the document. */
  readonly id: string;
  readonly text: string;
  /** Section of the document it stands in: `2`, `5.1`, `7`. */
  readonly section: string;
  readonly citation: Citation;
  /** Package and version the claim speaks of; the cited piece must speak of the same. */
  readonly subject?: { readonly name: string; readonly version: string };
}

export interface CrossCheck {
  readonly id: string;
  readonly check: string;
  readonly result: string;
  readonly action: string;
  readonly severity: Severity;
  readonly rests: readonly string[];
}

export type Severity = 'blocks' | 'changes-design' | 'cost' | 'note';

export interface Risk {
  readonly id: string; // K-1
  readonly rule: string;
  readonly risk: string;
  readonly fact: string;
  readonly answer: string;
}

export interface TestCase {
  readonly id: string; // T-1
  readonly test: string;
  readonly passes: string;
  readonly shows: readonly string[];
}

export interface Finding {
  readonly severity: Severity;
  readonly text: string;
  readonly rests: readonly string[];
}

/** The body whose sha256 is the document's: no session id, no clock, no random id. */
export interface TrdBody {
  readonly schemaVersion: 1;
  readonly title: string;
  readonly briefSha256: Sha256;
  readonly factsDate: string;
  readonly analyst: string;
  readonly criteriaVersion: number;
  readonly seed: string;
  readonly glance: readonly {
    readonly gap: string;
    readonly category: Category;
    readonly result: string;
    readonly verdict: string;
    readonly restsOn: string;
  }[];
  readonly findings: readonly Finding[];
  readonly needs: readonly Need[];
  readonly gaps: readonly Gap[];
  readonly assumptions: readonly Assumption[];
  readonly derived: readonly DerivedQuantity[];
  readonly requirements: readonly Requirement[];
  readonly coverage: string;
  readonly hardConstraints: readonly { readonly id: string; readonly text: string; readonly from: readonly string[] }[];
  readonly criteria: CriteriaSet;
  readonly decisions: readonly DecisionSection[];
  readonly noChoice: readonly NoChoiceRow[];
  readonly questions: readonly Question[];
  readonly crossChecks: readonly CrossCheck[];
  readonly data: readonly DataStore[];
  readonly risks: readonly Risk[];
  readonly tests: readonly TestCase[];
  readonly singleTests: readonly string[];
  readonly notMeasured: readonly { readonly subject: string; readonly why: string; readonly effect: string }[];
  readonly evidence: readonly EvidenceRow[];
  readonly catalogueNotes: readonly {
    readonly id: string;
    readonly text: string;
    readonly url: string;
    readonly date: string;
  }[];
  readonly claims: readonly Claim[];
  /** What repair took out; counts against completeness. */
  readonly dropped: readonly { readonly item: string; readonly text: string; readonly why: string }[];
}

export interface DecisionSection {
  readonly gapId: string;
  readonly category: Category;
  readonly question: string;
  readonly need: string;
  readonly needs: readonly string[];
  readonly comparison: Comparison;
  readonly rows: readonly DecisionRow[];
  readonly equal: string;
  readonly verdict: string;
  readonly wouldChange: readonly string[];
  readonly consequences: readonly string[];
  readonly decision?: Decision;
}

export interface DecisionRow {
  readonly optionId: string;
  readonly option: string;
  readonly constraints: Readonly<Record<string, string>>;
  readonly values: Readonly<Partial<Record<CriterionId, string>>>;
  /** The same values as intervals [low, high], so that a reader's program can redo the sum. */
  readonly numbers: Readonly<Partial<Record<CriterionId, readonly [number, number]>>>;
  readonly score: string;
  readonly wins: string;
  readonly removedBy?: string;
  /** A provider runs it: facts of its client alone may not put it ahead. */
  readonly rented?: true;
}

export interface NoChoiceRow {
  readonly gapId: string;
  readonly category: Category;
  readonly needs: readonly string[];
  readonly admissible: string;
  readonly removed: string;
  readonly whatToDo: string;
}

export interface EvidenceRow {
  readonly id: string; // E-01
  readonly sha256: Sha256;
  readonly source: string;
  readonly supports: readonly string[];
  readonly removed?: boolean;
}

export const QUALITY_COMPONENTS = {
  citationIntegrity: 25,
  traceability: 20,
  statementQuality: 20,
  verifiability: 10,
  decisionRobustness: 10,
  freshnessIndependence: 5,
  consistency: 5,
  completeness: 5,
} as const;
export type QualityComponent = keyof typeof QUALITY_COMPONENTS;

export interface QualityScore {
  /** 0-100, or null: not rated (fewer than 10 claims). */
  readonly total: number | null;
  readonly vector: Readonly<Record<QualityComponent, number>>;
  readonly cappedBy?: string;
  /** What fails, by id, so that repair knows where to work. */
  readonly failures: readonly {
    readonly component: QualityComponent;
    readonly check: string;
    readonly item: string;
    readonly detail: string;
  }[];
  /** ISO/IEC/IEEE 29148 qualities that no code measures. */
  readonly notMeasured: readonly string[];
}

/** One pass of the repair loop; round 0 is the document as written. */
export interface QualityRound {
  readonly round: number;
  readonly total: number | null;
  /** `R-004: vague word "fast" removed`. */
  readonly repaired: readonly string[];
}

export interface ProducedDocument {
  readonly body: TrdBody;
  /** `body` as canonical JSON: sorted keys, no spaces. */
  readonly text: string;
  /** Of `text`. */
  readonly sha256: Sha256;
  readonly quality: QualityScore;
  readonly rounds: readonly QualityRound[];
}

export interface DocumentEnvelope {
  readonly sessionId: string;
  readonly version: number;
  readonly createdAt: string;
  readonly sha256: Sha256;
  readonly quality: QualityScore;
  readonly rounds: readonly QualityRound[];
  readonly body: TrdBody;
}
