/** The whole way from input to a document that may leave: write, gate, score, repair at most three times, keep the best. */
import type { Citation, ResearchedOption } from '../../research/research.types.js';
import { canonicalJson, sha256Of } from '../../../shared/canonical-json/canonical-json.js';
import type {
  CitationCheck,
  DocumentInput,
  ProducedDocument,
  QualityRound,
  QualityScore,
  TrdBody,
} from './document.types.js';
import { repair } from './repair.js';
import { scoreQuality } from './score-quality.js';
import { writeDocument } from './write-document.js';

export type { ProducedDocument } from './document.types.js';

const MOST_ROUNDS = 3;

export function produce(input: DocumentInput, gate: CitationCheck): ProducedDocument {
  return validateDocument(writeDocument(input), input, gate);
}

/**
 * Gates and repairs a draft that `writeDocument` made of the same input. When a citation of the research itself does not hold, its
 * value becomes unknown and the document is written anew: a table must not show what no evidence holds. No claim that fails the gate
 * is in the result, whatever its score.
 */
export function validateDocument(draft: TrdBody, input: DocumentInput, gate: CitationCheck): ProducedDocument {
  const gated = gateInput(input, gate);
  const evidence = new Map([...gated.evidence, [input.briefEvidence.sha256, input.briefEvidence]]);
  const known = { ...gated, evidence };
  const first = gated === input ? draft : writeDocument(gated);
  const score = (body: TrdBody): QualityScore => scoreQuality(body, evidence, gate);
  let best = { body: first, quality: score(first) };
  const rounds: QualityRound[] = [{ round: 0, total: best.quality.total, repaired: [] }];
  let current = best;
  for (let round = 1; round <= MOST_ROUNDS && current.quality.failures.length > 0; round += 1) {
    const { body, repaired } = repair(current.body, current.quality, known, gate);
    if (repaired.length === 0) break;
    current = { body, quality: score(body) };
    rounds.push({ round, total: current.quality.total, repaired });
    if (isBetter(current.quality, best.quality)) best = current;
  }
  const body = withoutUnproven(best.body, known, gate);
  const quality = body === best.body ? best.quality : score(body);
  const text = canonicalJson(body);
  return { body, text, sha256: sha256Of(text), quality, rounds };
}

/** Higher total, then fewer failures; of equals the earlier stays. */
function isBetter(next: QualityScore, best: QualityScore): boolean {
  const [a, b] = [next.total ?? -1, best.total ?? -1];
  return a > b || (a === b && next.failures.length < best.failures.length);
}

/** The last door: a claim that fails the gate never leaves, even if the best version still held it. */
function withoutUnproven(body: TrdBody, input: DocumentInput, gate: CitationCheck): TrdBody {
  const failing = body.claims.filter(
    (claim) => gate(claim.citation, input.evidence.get(claim.citation.evidence), claim.subject) !== 'found',
  );
  if (failing.length === 0) return body;
  const claims = body.claims.filter((claim) => !failing.includes(claim));
  const cited = new Set(claims.map((claim) => claim.citation.evidence));
  return {
    ...body,
    claims,
    evidence: body.evidence.filter((row) => cited.has(row.sha256)),
    dropped: [
      ...body.dropped,
      ...failing.map((claim) => ({ item: claim.id, text: claim.text, why: 'its evidence does not hold it' })),
    ],
  };
}

/** The input with every citation checked; the same object when all of them hold. */
export function gateInput(input: DocumentInput, gate: CitationCheck): DocumentInput {
  const holds = (citation: Citation) => gate(citation, input.evidence.get(citation.evidence)) === 'found';
  const lost = new Set<string>();
  const research = input.research.map((result) => ({
    ...result,
    options: result.options.map((option) => {
      const checked = gatedOption(option, holds);
      if (checked !== option) lost.add(result.category);
      return checked;
    }),
  }));
  if (lost.size === 0) return input;
  const comparisons = input.comparisons.filter((comparison) => !lost.has(comparison.category));
  const degraded = input.gaps
    .filter((gap) => lost.has(gap.category))
    .map((gap) => ({ gapId: gap.id, reason: 'a citation did not hold, so its options were not compared' }));
  return { ...input, research, comparisons, degraded: [...input.degraded, ...degraded] };
}

function gatedOption(option: ResearchedOption, holds: (citation: Citation) => boolean): ResearchedOption {
  const citations = [...option.values, ...option.constraints].flatMap((item) => item.citations);
  if (citations.every(holds)) return option;
  return {
    ...option,
    values: option.values.map((value) =>
      value.citations.every(holds) ? value : { ...value, low: 0, high: 1, shown: '[0,1]', citations: [] },
    ),
    constraints: option.constraints.map((constraint) =>
      constraint.citations.every(holds) ? constraint : { ...constraint, state: 'unknown', shown: '?', citations: [] },
    ),
  };
}
