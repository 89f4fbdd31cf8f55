/**
 * One pass over what fails, and over nothing else. Wording is repaired in place; what has no source becomes a question; what cannot
 * be saved is dropped, listed in the document and paid for in completeness.
 */
import type { Citation } from '../../research/research.types.js';
import { CHECKS, type Failure } from './checks/check.js';
import { numbersIn } from './checks/grounding.js';
import type { CitationCheck, Claim, DocumentInput, QualityScore, TrdBody } from './document.types.js';
import { repairStatements, type Repaired } from './repair-statements.js';

type Step = (body: TrdBody, failures: readonly Failure[], input: DocumentInput, gate: CitationCheck) => Repaired;

const STEPS: readonly Step[] = [
  repairClaims,
  repairStatements,
  repairLimits,
  repairReferences,
  repairNeeds,
  repairTests,
  dropOrphans,
];

export function repair(body: TrdBody, quality: QualityScore, input: DocumentInput, gate: CitationCheck): Repaired {
  return STEPS.reduce<Repaired>(
    (state, step) => {
      const next = step(state.body, quality.failures, input, gate);
      return { body: next.body, repaired: [...state.repaired, ...next.repaired] };
    },
    { body, repaired: [] },
  );
}

function itemsOf(failures: readonly Failure[], ...checks: readonly string[]): ReadonlySet<string> {
  return new Set(failures.filter((item) => checks.includes(item.check)).map((item) => item.item));
}

/** A claim that fails the gate is cited from another piece of the same subject that holds it, else it goes. */
function repairClaims(
  body: TrdBody,
  failures: readonly Failure[],
  input: DocumentInput,
  gate: CitationCheck,
): Repaired {
  const failing = itemsOf(failures, CHECKS.citations);
  if (failing.size === 0) return { body, repaired: [] };
  const repaired: string[] = [];
  const claims = body.claims.flatMap((claim) => {
    if (!failing.has(claim.id)) return [claim];
    const again = recited(claim, body, input, gate);
    repaired.push(
      again ? `${claim.id}: cited from another piece` : `${claim.id}: dropped, its evidence does not hold it`,
    );
    return again ? [again] : [];
  });
  const kept = new Set(claims.map((claim) => claim.id));
  const lost = body.claims.filter((claim) => !kept.has(claim.id));
  const dropped = [
    ...body.dropped,
    ...lost.map((claim) => ({ item: claim.id, text: claim.text, why: 'its evidence does not hold it' })),
  ];
  return { body: { ...body, claims, dropped }, repaired };
}

function recited(claim: Claim, body: TrdBody, input: DocumentInput, gate: CitationCheck): Claim | undefined {
  const listed = body.evidence.map((row) => input.evidence.get(row.sha256)).filter((piece) => piece !== undefined);
  const same = listed.filter((piece) => claim.subject === undefined || sameSubject(piece.subject, claim.subject));
  for (const piece of same) {
    const citation: Citation = { ...claim.citation, evidence: piece.sha256 };
    if (gate(citation, piece, claim.subject) === 'found') return { ...claim, citation };
  }
  return undefined;
}

function sameSubject(a: Claim['subject'], b: NonNullable<Claim['subject']>): boolean {
  return a?.name === b.name && a.version === b.version;
}

/** A number without source is marked as a default and asked about. */
function repairLimits(body: TrdBody, failures: readonly Failure[]): Repaired {
  const open = failures.filter((item) => item.check === CHECKS.limits);
  if (open.length === 0) return { body, repaired: [] };
  const values = new Map(
    open.map((item) => [item.item, open.filter((other) => other.item === item.item).map(numberOf)]),
  );
  const requirements = body.requirements.map((requirement) => {
    const numbers = values.get(requirement.id);
    if (!numbers) return requirement;
    const statement = numbers.reduce((text, number) => emphasised(text, number), requirement.statement);
    return {
      ...requirement,
      statement,
      numbers: [...requirement.numbers, ...numbers.map((text) => ({ text, from: 'default' }))],
    };
  });
  const asked = [...values].map(([id, numbers]) => ({
    key: `limit:${id}`,
    text: `${id} names ${numbers.join(', ')}, which the brief does not: is that the limit?`,
    blocks: [id],
    ifUnanswered: 'it stays a default',
  }));
  return {
    body: { ...body, requirements, questions: withQuestions(body, asked) },
    repaired: [...values].map(([id, numbers]) => `${id}: ${numbers.join(', ')} marked as a default and asked about`),
  };
}

function numberOf(item: Failure): string {
  return item.detail.split(' ')[0] ?? '';
}

function emphasised(text: string, number: string): string {
  const at = text.split(/(\*[^*]+\*)/);
  return at
    .map((part) =>
      part.startsWith('*') || !numbersIn(part).includes(number) ? part : part.replace(number, `*${number}*`),
    )
    .join('');
}

export function withQuestions(
  body: TrdBody,
  drafts: readonly Omit<TrdBody['questions'][number], 'id'>[],
): TrdBody['questions'] {
  const known = new Set(body.questions.map((question) => question.key));
  const last = Math.max(0, ...body.questions.map((question) => Number(/\d{1,9}$/.exec(question.id)?.[0] ?? 0)));
  const fresh = drafts.filter((draft) => !known.has(draft.key));
  return [...body.questions, ...fresh.map((draft, index) => ({ id: `Q-${last + index + 1}`, ...draft }))];
}

/** References that lead nowhere are taken out of the lists that hold them. */
function repairReferences(body: TrdBody, failures: readonly Failure[]): Repaired {
  const lost = new Map<string, Set<string>>();
  for (const item of failures.filter(
    ({ check, detail }) => check === CHECKS.trace && detail.endsWith('is not defined'),
  )) {
    lost.set(item.item, (lost.get(item.item) ?? new Set()).add(numberOf(item)));
  }
  if (lost.size === 0) return { body, repaired: [] };
  const without = (owner: string, ids: readonly string[]) => ids.filter((id) => !lost.get(owner)?.has(id));
  return {
    body: {
      ...body,
      requirements: body.requirements.map((item) => ({ ...item, from: without(item.id, item.from) })),
      assumptions: body.assumptions.map((item) => ({ ...item, usedIn: without(item.id, item.usedIn) })),
      questions: body.questions.map((item) => ({ ...item, blocks: without(item.id, item.blocks) })),
      gaps: body.gaps.map((item) => ({ ...item, needs: without(item.id, item.needs) })),
      crossChecks: body.crossChecks.map((item) => ({ ...item, rests: without(item.id, item.rests) })),
      findings: body.findings.map((item, index) => ({ ...item, rests: without(`finding ${index + 1}`, item.rests) })),
      data: body.data.map((item) => ({ ...item, createdBy: without(`store ${item.store}`, item.createdBy) })),
      tests: body.tests.map((item) => ({ ...item, shows: without(item.id, item.shows) })),
    },
    repaired: [...lost].map(([owner, ids]) => `${owner}: ${[...ids].join(', ')} taken out, it leads nowhere`),
  };
}

/** A need that leads nowhere becomes a question. */
function repairNeeds(body: TrdBody, failures: readonly Failure[]): Repaired {
  const lost = body.needs.filter((need) =>
    failures.some((item) => item.item === need.id && item.check === CHECKS.trace && item.component === 'traceability'),
  );
  const asked = lost.map((need) => ({
    key: `unreached:${need.id}`,
    text: `${need.id} led to no requirement: what must be observable for it to count as done?`,
    blocks: [need.id],
    ifUnanswered: 'not covered by any test',
  }));
  return {
    body: lost.length === 0 ? body : { ...body, questions: withQuestions(body, asked) },
    repaired: lost.map((need) => `${need.id}: asked about`),
  };
}

function repairTests(body: TrdBody, failures: readonly Failure[]): Repaired {
  const bare = [...itemsOf(failures, CHECKS.verify)].filter((id) => body.requirements.some((item) => item.id === id));
  if (bare.length === 0) return { body, repaired: [] };
  return {
    body: { ...body, singleTests: [...body.singleTests, `${bare.join(', ')}: one acceptance test each.`] },
    repaired: bare.map((id) => `${id}: an acceptance test named`),
  };
}

/** Rows nothing points to are noise, not content: taking them out costs nothing. */
function dropOrphans(body: TrdBody, failures: readonly Failure[]): Repaired {
  const ids = new Set(
    failures
      .filter((item) => /^(nothing uses it|no claim cites it|it blocks nothing)$/.test(item.detail))
      .map((item) => item.item),
  );
  const cited = new Set(body.claims.map((claim) => claim.citation.evidence));
  const evidence = body.evidence.filter((row) => cited.has(row.sha256));
  const idle = evidence.length === body.evidence.length && ids.size === 0;
  if (idle) return { body, repaired: [] };
  return {
    body: {
      ...body,
      evidence,
      assumptions: body.assumptions.filter((item) => !ids.has(item.id)),
      questions: body.questions.filter((item) => !ids.has(item.id)),
    },
    repaired: [...ids].map((id) => `${id}: taken out, nothing refers to it`),
  };
}
