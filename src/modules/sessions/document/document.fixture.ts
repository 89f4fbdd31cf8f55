/** A brief for a ticket marketplace with real package records, small enough to read and wide enough for every section. */
import type { Category, CategoryDefinition, ResearchResult } from '../../research/research.types.js';
import { CATEGORIES } from '../../research/research.types.js';
import { identifyGaps } from '../gaps/identify-gaps.js';
import type { Brief } from '../sessions.types.js';
import { canonicalJson } from '../../../shared/canonical-json/canonical-json.js';
import { folded } from './checks/grounding.js';
import { fixtureDerivation, fixtureRead, SENTENCES } from './document.fixture-brief.js';
import {
  comparisonOf,
  fixtureCriteria,
  MAIL,
  optionOf,
  ORM,
  PAY,
  QUEUE,
  type OptionSpec,
} from './document.fixture-options.js';
import { FIXTURE_DATE, piece, PIECES, README, REPLACEMENTS, SCHEDULE } from './document.fixture-records.js';
import type { CitationCheck, DocumentInput } from './document.types.js';
import { valueAt } from './sections/need-claims.js';

/** The gate as research implements it, reduced to what a test needs. */
export const fixtureGate: CitationCheck = (citation, piece, subject) => {
  if (!piece) return 'not-found';
  if (subject && piece.subject && piece.subject.version !== subject.version) return 'misattributed';
  const found =
    'quote' in citation
      ? folded(piece.body).includes(folded(citation.quote))
      : valueAt(piece.body, citation.pointer) === citation.value;
  return found ? 'found' : 'not-found';
};

const NEEDS_OF: Readonly<Partial<Record<Category, string>>> = {
  'queue-jobs': 'a job can be added in the transaction of the caller',
  'orm-query': 'row locks with "skip locked" can be written in the typed API',
  payments: 'the provider can hold the money of the buyer until after the event',
};

export const fixtureDefinitions: readonly CategoryDefinition[] = CATEGORIES.map((id) => ({
  id,
  question: `Which ${id} is used?`,
  need: NEEDS_OF[id] ?? `it fits the role of ${id}`,
  alwaysNeeded: ['runtime', 'framework-web', 'orm-query', 'observability', 'ci-cd', 'testing', 'validation'].includes(
    id,
  ),
  follows: id === 'orm-query' ? ['database-primary'] : id === 'scheduling' ? ['queue-jobs'] : [],
  openQuestion: `What is in use or wanted for ${id}?`,
}));

function resultOf(category: Category, specs: readonly OptionSpec[]): ResearchResult {
  const options = specs.map((spec) => optionOf(category, spec));
  return { category, options, evidence: [], degraded: [] };
}

export function fixtureBrief(extra: readonly string[] = []): Brief {
  return {
    name: 'Ticket resale marketplace',
    projectType: 'marketplace',
    requirements: [...SENTENCES, ...extra],
    techStack: { runtime: 'Node.js 24', database: 'PostgreSQL' },
    constraints: { licenses: ['MIT', 'Apache-2.0', 'BSD-3-Clause'] },
  };
}

export function fixtureInput(extra: readonly string[] = []): DocumentInput {
  const brief = fixtureBrief(extra);
  const briefEvidence = piece('brief', 'the brief', canonicalJson(brief));
  const read = fixtureRead(brief);
  const specs = [
    ['queue-jobs', QUEUE],
    ['orm-query', ORM],
    ['payments', PAY],
    ['email-notification', MAIL],
  ] as const;
  const research = specs.map(([category, list]) => resultOf(category, list));
  const candidates = research.flatMap((result) => result.options.map((option) => option.candidate));
  const gaps = identifyGaps({ read, stack: [], definitions: fixtureDefinitions, candidates, factsDate: FIXTURE_DATE });
  const comparisons = [
    comparisonOf('queue-jobs', 'clear', QUEUE, [
      { kind: 'dominance', leader: 'queue-jobs/pg-boss', rival: 'queue-jobs/bullmq' },
    ]),
    comparisonOf('orm-query', 'close', ORM, [
      { kind: 'unknown', option: 'orm-query/drizzle-orm', criterion: 'C6', value: 0, newLeader: 'orm-query/kysely' },
    ]),
    comparisonOf('payments', 'undecidable', PAY, [
      {
        kind: 'unknown',
        option: 'payments/@mollie/api-client',
        criterion: 'C2',
        value: 1,
        newLeader: 'payments/@mollie/api-client',
      },
    ]),
  ];
  const evidence = new Map([...PIECES.values(), README, SCHEDULE, REPLACEMENTS].map((item) => [item.sha256, item]));
  return {
    brief,
    briefEvidence,
    read,
    derivation: fixtureDerivation(),
    gaps,
    definitions: fixtureDefinitions,
    criteria: fixtureCriteria,
    research,
    comparisons,
    decisions: [],
    evidence,
    degraded: [],
    factsDate: FIXTURE_DATE,
  };
}
