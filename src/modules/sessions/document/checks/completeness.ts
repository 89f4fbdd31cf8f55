/** What a reader may expect to find, and how old and how independent the evidence is. */
import type { EvidencePiece } from '../../../research/research.types.js';
import { CATEGORIES } from '../../../research/research.types.js';
import type { TrdBody } from '../document.types.js';
import { daysBetween } from '../writing/text.js';
import { CHECKS, failure, type CheckContext, type Failure } from './check.js';

export function checkCompleteness({ body }: CheckContext): Failure[] {
  const missing = (item: string, detail: string) => failure('completeness', CHECKS.complete, item, detail);
  return [
    ...expectations(body)
      .filter(([, holds]) => !holds)
      .map(([item, , detail]) => missing(item, detail)),
    ...CATEGORIES.filter((category) => body.gaps.filter((gap) => gap.category === category).length !== 1).map(
      (category) => missing(category, 'not exactly one gap'),
    ),
    ...body.gaps
      .filter((gap) => gap.research && !isAnswered(body, gap.id))
      .map((gap) => missing(gap.id, 'researched, and neither compared nor listed')),
    ...body.data
      .filter((row) => row.deletedBy.trim() === '' || row.state.trim() === '')
      .map((row) => missing(`store ${row.store}`, 'no deletion path and not marked open')),
    ...body.dropped.map((item) => missing(item.item, 'taken out by repair')),
  ];
}

/** Number of things `checkCompleteness` looks at, for the share that holds. */
export function expectationCount(body: TrdBody): number {
  const researched = body.gaps.filter((gap) => gap.research).length;
  return expectations(body).length + CATEGORIES.length + researched + body.data.length + body.dropped.length;
}

function expectations(body: TrdBody): (readonly [item: string, holds: boolean, detail: string])[] {
  const chose = body.decisions.length + body.noChoice.length > 0;
  return [
    ['section 1', !chose || body.glance.length > 0, 'no row at a glance'],
    ['section 2', body.needs.length > 0, 'no need'],
    ['section 4', body.requirements.length > 0, 'no requirement'],
    [
      'section 5',
      body.decisions.every((item) => item.verdict !== '' && item.rows.length > 1),
      'a decision without verdict or rows',
    ],
    [
      'section 6',
      body.gaps.every((gap) => gap.status !== 'open' || gap.research) || body.questions.length > 0,
      'open gaps and no question',
    ],
    ['section 9', body.requirements.length === 0 || body.tests.length + body.singleTests.length > 0, 'no test'],
    ['section 10', body.notMeasured.length >= 3, 'does not say what was not measured'],
    ['section 11', body.evidence.length > 0, 'no evidence'],
  ];
}

function isAnswered(body: TrdBody, gapId: string): boolean {
  return (
    [body.decisions, body.noChoice].some((rows) => rows.some((row) => row.gapId === gapId)) ||
    body.glance.some((row) => row.gap === gapId)
  );
}

/** Facts older than this on the day of the facts are no longer fresh. */
const FRESH_DAYS = 30;

export function checkFreshness({ body, evidence }: CheckContext): Failure[] {
  const old = body.evidence.flatMap((row) => {
    const piece = evidence.get(row.sha256);
    return piece && isOld(piece, body.factsDate)
      ? [failure('freshnessIndependence', CHECKS.fresh, row.id, `read ${piece.fetchedAt.slice(0, 10)}`)]
      : [];
  });
  const gone = body.evidence
    .filter((row) => row.removed === true)
    .map((row) => failure('freshnessIndependence', CHECKS.fresh, row.id, 'evidence removed'));
  return [
    ...old,
    ...gone,
    ...body.decisions.flatMap((section, index) => dependent(body, section.gapId, `5.${index + 1}`)),
  ];
}

/** Data sets are released with the product and dated by their version; the brief is as old as it is. */
function isOld(piece: EvidencePiece, factsDate: string): boolean {
  const dated = piece.source === 'registry' || piece.source === 'page' || piece.source === 'search';
  return dated && daysBetween(piece.fetchedAt.slice(0, 10), factsDate) > FRESH_DAYS;
}

/** A decision whose claims all rest on one piece compares an option with nothing. */
function dependent(body: TrdBody, gapId: string, section: string): Failure[] {
  const pieces = new Set(
    body.claims.filter((claim) => claim.section === section).map((claim) => claim.citation.evidence),
  );
  return pieces.size >= 2
    ? []
    : [failure('freshnessIndependence', CHECKS.fresh, gapId, 'rests on fewer than two pieces of evidence')];
}
