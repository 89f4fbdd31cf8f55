/** From decisions and facts to the body of the document: eleven sections, each made by its own rules, joined by ids. */
import type { Sha256 } from '../../research/research.types.js';
import type { DocumentInput, TrdBody } from './document.types.js';
import { coverageText, catalogueNotes, hardConstraints, notMeasured } from './sections/frame.js';
import { crossChecks } from './sections/cross-checks.js';
import { dataRows } from './sections/data.js';
import { decisionRequirements } from './sections/decision-requirements.js';
import { decisionSections } from './sections/decisions.js';
import { findingsOf } from './sections/findings.js';
import { glanceRows } from './sections/glance.js';
import { claimNeeds } from './sections/need-claims.js';
import { noChoiceRows } from './sections/no-choice.js';
import { askQuestions } from './sections/questions.js';
import { risksOf } from './sections/risks.js';
import { testPlan } from './sections/tests.js';
import { beginWriting, type Writing } from './writing/writing.js';

const ANALYST = 'rules only, no language model, no web search';

/**
 * The body, unchecked: `produce` runs the citation gate, the checks and the repair. Same input, in whatever order its lists come,
 * same body. It is written twice: only the first pass shows which pieces are cited, and the ids of section 11 must have no holes.
 */
export function writeDocument(input: DocumentInput): TrdBody {
  const draft = assemble(input);
  const cited = new Set(draft.evidence.map((row) => row.sha256));
  return assemble(input, cited);
}

function assemble(input: DocumentInput, cited?: ReadonlySet<Sha256>): TrdBody {
  const first = beginWriting(input, cited);
  const requirements = [...first.input.derivation.requirements, ...decisionRequirements(first)];
  const { questions, derivation } = askQuestions(first, requirements);
  const writing: Writing = { ...first, input: { ...first.input, derivation } };
  claimNeeds(writing);
  const decisions = decisionSections(writing);
  const checks = crossChecks(writing);
  const risks = risksOf(writing);
  const claims = writing.book.claims();
  const used = derivation.assumptions.filter((assumption) => assumption.usedIn.length > 0);
  return {
    schemaVersion: 1,
    title: writing.input.read.title,
    briefSha256: input.briefEvidence.sha256,
    factsDate: input.factsDate,
    analyst: input.analyst ?? ANALYST,
    criteriaVersion: input.criteria.version,
    seed: `0x${input.briefEvidence.sha256.slice(0, 8)}`,
    glance: glanceRows(writing),
    findings: findingsOf(writing, derivation, checks, questions),
    needs: writing.input.read.needs,
    gaps: writing.input.gaps,
    assumptions: used,
    derived: derivation.derived,
    requirements: derivation.requirements,
    coverage: coverageText(writing.input.read.needs, derivation.requirements),
    hardConstraints: hardConstraints(writing),
    criteria: writing.input.criteria,
    decisions,
    noChoice: noChoiceRows(writing),
    questions,
    crossChecks: checks,
    data: dataRows(writing),
    risks,
    ...testPlan(derivation.requirements),
    notMeasured: notMeasured(writing),
    evidence: writing.book.rows(claims),
    catalogueNotes: catalogueNotes(writing),
    claims,
    dropped: [],
  };
}
