/** Check 11: the graph of ids. Every need leads somewhere, every requirement has a need and a test, no id is undefined or orphan. */
import type { TrdBody } from '../document.types.js';
import { CHECKS, failure, type CheckContext, type Failure } from './check.js';

/** How an id of this document looks; other words (`default`, a hash) are no references. */
const ID = /^(?:N\d+|H\d|[ADGKQRTX]-\d+|E-\d+|CL-\d+)$/;

/** Every id that is defined. */
export function definedIds(body: TrdBody): ReadonlySet<string> {
  const lists: readonly (readonly { readonly id: string }[])[] = [
    body.needs,
    body.gaps,
    body.assumptions,
    body.derived,
    body.requirements,
    body.hardConstraints,
    body.questions,
    body.crossChecks,
    body.risks,
    body.tests,
    body.evidence,
    body.claims,
  ];
  return new Set(lists.flatMap((list) => list.map((item) => item.id)));
}

/** Each reference with the item that makes it. */
export function references(body: TrdBody): { readonly item: string; readonly to: string }[] {
  const from = (item: string, ids: readonly string[]) => ids.filter((id) => ID.test(id)).map((to) => ({ item, to }));
  return [
    ...body.requirements.flatMap((item) => from(item.id, [...item.from, ...item.numbers.map((number) => number.from)])),
    ...body.assumptions.flatMap((item) => from(item.id, [...item.usedIn, item.question])),
    ...body.derived.flatMap((item) =>
      from(item.id, [...item.inputs.map((input) => input.from), ...idsIn(item.consequence)]),
    ),
    ...body.questions.flatMap((item) => from(item.id, [...item.blocks, ...idsIn(item.ifUnanswered)])),
    ...body.gaps.flatMap((item) => from(item.id, [...item.needs, ...item.evidence.map((piece) => piece.where)])),
    ...body.hardConstraints.flatMap((item) => from(item.id, item.from)),
    ...body.findings.flatMap((item, index) => from(`finding ${index + 1}`, item.rests)),
    ...body.crossChecks.flatMap((item) => from(item.id, item.rests)),
    ...body.data.flatMap((item) => from(`store ${item.store}`, [...item.createdBy, ...idsIn(item.state)])),
    ...body.risks.flatMap((item) => from(item.id, idsIn(item.answer))),
    ...body.tests.flatMap((item) => from(item.id, item.shows)),
    ...body.singleTests.flatMap((line) => from('single tests', idsIn(line))),
    ...body.glance.flatMap((row) => from('glance', [row.gap])),
    ...body.decisions.flatMap((item) => from(item.gapId, [item.gapId, ...item.needs])),
    ...body.noChoice.flatMap((item) => from(item.gapId, [item.gapId, ...item.needs])),
  ];
}

function idsIn(text: string): string[] {
  return text.match(/\b(?:N\d+|[ADGKQRTX]-\d+)\b/g) ?? [];
}

/** References that lead nowhere, and evidence that is cited and not listed: these cap the score. */
export function unresolved(body: TrdBody): Failure[] {
  const defined = definedIds(body);
  const listed = new Set(body.evidence.map((row) => row.sha256));
  return [
    ...references(body)
      .filter(({ to }) => !defined.has(to))
      .map(({ item, to }) => failure('traceability', CHECKS.trace, item, `${to} is not defined`)),
    ...body.claims
      .filter((claim) => !listed.has(claim.citation.evidence))
      .map((claim) => failure('traceability', CHECKS.trace, claim.id, 'its evidence is not listed')),
  ];
}

export function checkTrace({ body }: CheckContext): Failure[] {
  return [...unresolved(body), ...lostNeeds(body), ...requirementFaults(body), ...orphans(body), ...doubleIds(body)];
}

function lostNeeds(body: TrdBody): Failure[] {
  const reached = new Set([
    ...body.requirements.flatMap((item) => item.from),
    ...body.gaps.flatMap((gap) => [...gap.needs, ...gap.evidence.map((piece) => piece.where)]),
    ...body.questions.flatMap((item) => [...item.blocks, ...idsIn(item.text)]),
    ...body.hardConstraints.flatMap((item) => item.from),
    ...body.derived.flatMap((item) => item.inputs.map((input) => input.from)),
  ]);
  return body.needs
    .filter((need) => !reached.has(need.id))
    .map((need) =>
      failure('traceability', CHECKS.trace, need.id, 'leads to no requirement, quantity, gap or question'),
    );
}

function requirementFaults(body: TrdBody): Failure[] {
  const shown = new Set([...body.tests.flatMap((test) => test.shows), ...body.singleTests.flatMap(idsIn)]);
  return body.requirements.flatMap((item) => [
    ...(item.from.some((id) => /^N\d+$/.test(id))
      ? []
      : [failure('traceability', CHECKS.trace, item.id, 'rests on no need')]),
    ...(shown.has(item.id) ? [] : [failure('verifiability', CHECKS.verify, item.id, 'no test or inspection shows it')]),
  ]);
}

/** An assumption nothing uses, a question that blocks nothing, a derived quantity without use, evidence without claim. */
function orphans(body: TrdBody): Failure[] {
  const pointed = new Set(references(body).map(({ to }) => to));
  const cited = new Set(body.claims.map((claim) => claim.citation.evidence));
  const orphan = (id: string, what: string) => failure('traceability', CHECKS.trace, id, what);
  return [
    ...body.assumptions.filter((item) => item.usedIn.length === 0).map((item) => orphan(item.id, 'nothing uses it')),
    ...body.questions.filter((item) => item.blocks.length === 0).map((item) => orphan(item.id, 'it blocks nothing')),
    ...body.derived
      .filter((item) => item.consequence.trim() === '' && !pointed.has(item.id))
      .map((item) => orphan(item.id, 'nothing follows from it')),
    ...body.evidence.filter((row) => !cited.has(row.sha256)).map((row) => orphan(row.id, 'no claim cites it')),
  ];
}

function doubleIds(body: TrdBody): Failure[] {
  const lists = [
    body.needs,
    body.gaps,
    body.assumptions,
    body.derived,
    body.requirements,
    body.questions,
    body.claims,
    body.evidence,
  ];
  return lists.flatMap((list) => {
    const ids = list.map((item) => item.id);
    return ids
      .filter((id, index) => ids.indexOf(id) !== index)
      .map((id) => failure('traceability', CHECKS.trace, id, 'defined twice'));
  });
}
