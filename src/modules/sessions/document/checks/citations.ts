/** Checks 4, 5 and 8: what is claimed is in the evidence, nothing absent is read as good, no note outlives its versions. */
import type { DecisionRow, DecisionSection } from '../document.types.js';
import { isStale } from '../sections/cross-checks.js';
import { CHECKS, failure, type CheckContext, type Failure } from './check.js';

/** Check 4: every citation is found, in a piece that speaks of the same package and version. */
export function checkCitations({ body, evidence, gate }: CheckContext): Failure[] {
  return body.claims.flatMap((claim) => {
    const piece = evidence.get(claim.citation.evidence);
    const verdict = gate(claim.citation, piece, claim.subject);
    if (verdict !== 'found') return [failure('citationIntegrity', CHECKS.citations, claim.id, verdict)];
    const other =
      claim.subject && (piece?.subject?.name !== claim.subject.name || piece.subject.version !== claim.subject.version);
    return other
      ? [failure('citationIntegrity', CHECKS.citations, claim.id, 'the piece speaks of another package or version')]
      : [];
  });
}

/** Praise that rests on a field nobody read. */
const PRAISE =
  /\b(not deprecated|actively maintained|well[- ]maintained|no known vulnerabilit\w+|no security (?:issues|advisories)|widely (?:used|adopted)|battle[- ]tested|mature|popular|production[- ]ready|proven in production|up to date)\b/i;

/** Check 5: a known value of an option that has a record needs a claim, and no text praises what no field says. */
export function checkAbsence({ body }: CheckContext): Failure[] {
  const claimed = new Set(body.claims.map((claim) => claim.text.replace(/ (is|fails) .*$/s, '')));
  const silent = body.decisions.flatMap((section) => section.rows.flatMap((row) => unclaimed(section, row, claimed)));
  const texts: [string, string][] = [
    ...body.decisions.flatMap((section) =>
      [section.verdict, ...section.consequences, ...section.wouldChange].map((text): [string, string] => [
        section.gapId,
        text,
      ]),
    ),
    ...body.glance.map((row): [string, string] => [row.gap, row.restsOn]),
    ...body.risks.map((risk): [string, string] => [risk.id, `${risk.fact} ${risk.answer}`]),
    ...body.claims.map((claim): [string, string] => [claim.id, 'quote' in claim.citation ? '' : claim.text]),
  ];
  const praised = texts.flatMap(([item, text]) => {
    const words = PRAISE.exec(text)?.[0];
    return words === undefined
      ? []
      : [failure('citationIntegrity', CHECKS.absence, item, `"${words}" rests on no field`)];
  });
  return [...silent, ...praised];
}

/** C1 counts servers, which no record lists, and an option without record has nothing that could be absent. */
function unclaimed(section: DecisionSection, row: DecisionRow, claimed: ReadonlySet<string>): Failure[] {
  if (!claimed.has(`${row.option}: C4`) && row.numbers.C4 === undefined) return [];
  return Object.entries(row.numbers).flatMap(([criterion, [low, high]]) => {
    const needsClaim = low === high && criterion !== 'C1' && !claimed.has(`${row.option}: ${criterion}`);
    const item = `${section.gapId} ${row.optionId}`;
    return needsClaim
      ? [failure('citationIntegrity', CHECKS.absence, item, `${criterion} is known without a claim`)]
      : [];
  });
}

/** Check 8: a note of the catalogue that is printed must be meant for the version that is compared. */
export function checkFolklore({ body }: CheckContext): Failure[] {
  const versions = new Map(
    body.decisions
      .flatMap((section) => section.rows.map((row) => splitVersion(row.option)))
      .concat(
        body.noChoice.flatMap((row) =>
          row.admissible.split('; ').map((text) => splitVersion(text.split(',')[0] ?? '')),
        ),
      ),
  );
  return body.catalogueNotes.flatMap((note) => {
    const match = /^([^:]{1,300}?) ([<>=^~*\d][^:]{0,100}): /.exec(note.text);
    const version = match?.[1] === undefined ? undefined : versions.get(match[1]);
    return match && isStale(match[2], version)
      ? [
          failure(
            'freshnessIndependence',
            CHECKS.folklore,
            note.id,
            `meant for ${match[2] ?? ''}, compared is ${version ?? ''}`,
          ),
        ]
      : [];
  });
}

/** `Fastify 5.12.8` → [`Fastify`, `5.12.8`]. */
export function splitVersion(label: string): [name: string, version: string | undefined] {
  const match = /^(.+) (\d+\.\d+\.\d\S*)$/.exec(label);
  return match ? [match[1] ?? label, match[2]] : [label, undefined];
}
