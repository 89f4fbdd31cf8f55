/** The form of all checks: a name from the list, the component it lowers, and the item by id, so that repair finds it. */
import type { EvidencePiece, Sha256 } from '../../../research/research.types.js';
import type { CitationCheck, QualityComponent, QualityScore, TrdBody } from '../document.types.js';

export type Failure = QualityScore['failures'][number];

export interface CheckContext {
  readonly body: TrdBody;
  readonly evidence: ReadonlyMap<Sha256, EvidencePiece>;
  readonly gate: CitationCheck;
}

/**
 * The twelve ways a document becomes padding or wrong (`CHECK-n`), and four that complete the score: `VERIFY` (a requirement has a
 * test), `STATEMENT` (form of a requirement), `FRESH` (age and independence of evidence), `COMPLETE` (nothing expected is missing).
 */
export const CHECKS = {
  quotes: 'CHECK-1',
  vague: 'CHECK-2',
  limits: 'CHECK-3',
  citations: 'CHECK-4',
  absence: 'CHECK-5',
  verdict: 'CHECK-6',
  strawMen: 'CHECK-7',
  folklore: 'CHECK-8',
  agreement: 'CHECK-9',
  generic: 'CHECK-10',
  trace: 'CHECK-11',
  arithmetic: 'CHECK-12',
  verify: 'VERIFY',
  statement: 'STATEMENT',
  fresh: 'FRESH',
  complete: 'COMPLETE',
} as const;
export type CheckName = (typeof CHECKS)[keyof typeof CHECKS];

export function failure(component: QualityComponent, check: CheckName, item: string, detail: string): Failure {
  return { component, check, item, detail };
}
