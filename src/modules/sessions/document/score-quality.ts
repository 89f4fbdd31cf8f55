/**
 * The quality of a document, computed from its body and its evidence alone. Each component starts at its full points and keeps the
 * share of its items that pass; a lower bound would hide that a single claim of hundreds is wrong, so points are cut, not rounded.
 */
import type { EvidencePiece, Sha256 } from '../../research/research.types.js';
import { checkAgreement } from './checks/agreement.js';
import { checkArithmetic } from './checks/arithmetic.js';
import { CHECKS, type CheckContext, type Failure } from './checks/check.js';
import { checkAbsence, checkCitations, checkFolklore } from './checks/citations.js';
import { checkCompleteness, checkFreshness, expectationCount } from './checks/completeness.js';
import { checkLimits, checkQuotes } from './checks/grounding.js';
import { checkStatements } from './checks/statements.js';
import { checkTrace, references, unresolved } from './checks/trace.js';
import { checkStrawMen, checkVerdicts } from './checks/verdicts.js';
import {
  QUALITY_COMPONENTS,
  type CitationCheck,
  type QualityComponent,
  type QualityScore,
  type TrdBody,
} from './document.types.js';

/** Every check that looks at one document; check 10 compares documents (`sharedSentences`). */
const ALL_CHECKS: readonly ((context: CheckContext) => Failure[])[] = [
  checkQuotes,
  checkStatements,
  checkLimits,
  checkCitations,
  checkAbsence,
  checkVerdicts,
  checkStrawMen,
  checkFolklore,
  checkAgreement,
  checkTrace,
  checkArithmetic,
  checkCompleteness,
  checkFreshness,
];

const CAP_FABRICATED = 59;
const CAP_UNRESOLVED = 79;
const FEWEST_CLAIMS = 10;

/** Qualities of ISO/IEC/IEEE 29148 that no code measures. */
const NOT_MEASURED = ['necessary', 'feasible', 'correct', 'appropriate'];

export function scoreQuality(
  body: TrdBody,
  evidence: ReadonlyMap<Sha256, EvidencePiece>,
  gate: CitationCheck,
): QualityScore {
  const context = { body, evidence, gate };
  const failures = ALL_CHECKS.flatMap((check) => check(context));
  const counts = itemCounts(body);
  const vector = Object.fromEntries(
    Object.entries(QUALITY_COMPONENTS).map(([component, points]) => {
      const failed = new Set(failures.filter((item) => item.component === component).map((item) => item.item)).size;
      return [component, pointsFor(points, failed, counts[component as QualityComponent])];
    }),
  ) as Record<QualityComponent, number>;
  const sum = Object.values(vector).reduce((total, points) => total + points, 0);
  return { ...totalOf(body, sum, failures), vector, failures, notMeasured: NOT_MEASURED };
}

/** Points with two decimals, cut towards zero. */
function pointsFor(points: number, failed: number, items: number): number {
  const share = 1 - Math.min(failed, items) / Math.max(items, 1);
  return Math.floor(points * share * 100 + 1e-9) / 100;
}

function totalOf(body: TrdBody, sum: number, failures: readonly Failure[]): Pick<QualityScore, 'total' | 'cappedBy'> {
  if (body.claims.length < FEWEST_CLAIMS) return { total: null, cappedBy: `fewer than ${FEWEST_CLAIMS} claims` };
  const total = Math.floor(sum + 1e-9);
  const fabricated = failures.some((item) => item.check === CHECKS.citations || item.check === CHECKS.quotes);
  if (fabricated && total > CAP_FABRICATED)
    return { total: CAP_FABRICATED, cappedBy: 'a citation that its evidence does not hold' };
  if (!fabricated && unresolved(body).length > 0 && total > CAP_UNRESOLVED) {
    return { total: CAP_UNRESOLVED, cappedBy: 'a reference that leads nowhere' };
  }
  return { total };
}

/** How many items each component looks at; a failed item counts once however many of its checks fail. */
function itemCounts(body: TrdBody): Record<QualityComponent, number> {
  return {
    citationIntegrity: body.claims.length + body.needs.length,
    traceability: new Set(references(body).map(({ item }) => item)).size + body.needs.length + body.evidence.length,
    statementQuality: body.requirements.length,
    verifiability: body.requirements.length,
    decisionRobustness: body.decisions.length,
    freshnessIndependence: body.evidence.length + body.decisions.length,
    consistency: body.derived.length + body.decisions.length + body.risks.length + body.crossChecks.length,
    completeness: expectationCount(body),
  };
}
