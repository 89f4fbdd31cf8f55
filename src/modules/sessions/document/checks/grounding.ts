/** Checks 1 and 3: the words are the brief's, and so is every limit, or it is marked as a default. */
import type { DerivedQuantity, Requirement } from '../../derivation/derivation.types.js';
import { valueAt } from '../sections/need-claims.js';
import { CHECKS, failure, type CheckContext, type Failure } from './check.js';

/** NFKC and folded white space: how quotes are compared everywhere. */
export function folded(text: string): string {
  return text.normalize('NFKC').replace(/\s+/gu, ' ').trim();
}

/** Check 1: each need is a substring of the field of the brief it names, at the offset it stores. */
export function checkQuotes({ body, evidence }: CheckContext): Failure[] {
  const brief = evidence.get(body.briefSha256);
  return body.needs.flatMap((need) => {
    if (!brief) return [failure('citationIntegrity', CHECKS.quotes, need.id, 'the brief is not among the evidence')];
    const field = fieldText(valueAt(brief.body, need.pointer), need.pointer);
    if (folded(need.text) === '' || !folded(field).includes(folded(need.text))) {
      return [failure('citationIntegrity', CHECKS.quotes, need.id, `not in ${need.pointer} of the brief`)];
    }
    return need.end - need.start === need.text.length
      ? []
      : [failure('citationIntegrity', CHECKS.quotes, need.id, 'offsets do not fit its length')];
  });
}

/** Lists and objects of the brief are read as joined text; the last step of the pointer is their name. */
function fieldText(value: unknown, pointer: string): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return `${pointer.split('/').at(-1) ?? ''}: ${String(value)}`;
  }
  if (Array.isArray(value)) return `${value.join(', ')} ${value.join(' ')}`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, member]) => `${key}: ${String(member)} ${key} ${String(member)}`)
    .join(', ');
}

/** A number that stands for itself; `SHA-256`, `UTF-8`, `R-012` and code are names. */
const NUMBER = /(?<![\w.,%-])\d[\d,]*(?:\.\d+)?(?![\w-]*[A-Za-z_])/g;

export function numbersIn(text: string): string[] {
  return text.replace(/`[^`]*`/g, ' ').match(NUMBER) ?? [];
}

function digits(text: string): string {
  return text.replaceAll(',', '');
}

/** Check 3: each number outside italics stands in a need or a derived quantity that the requirement rests on. */
export function checkLimits({ body }: CheckContext): Failure[] {
  const needs = new Map(body.needs.map((need) => [need.id, need]));
  const derived = new Map(body.derived.map((quantity) => [quantity.id, quantity]));
  return body.requirements.flatMap((requirement) => {
    const sources = sourcesOf(requirement, needs, derived);
    const open = numbersIn(requirement.statement.replace(/\*[^*]+\*/g, ' ')).filter(
      (text) => !sources.has(digits(text)),
    );
    return open.map((text) => failure('verifiability', CHECKS.limits, requirement.id, `${text} has no source`));
  });
}

/** All numbers a requirement may use: those of its needs as written and in base units, and those of its derived quantities. */
function sourcesOf(
  requirement: Requirement,
  needs: ReadonlyMap<string, CheckContext['body']['needs'][number]>,
  derived: ReadonlyMap<string, DerivedQuantity>,
): ReadonlySet<string> {
  const ids = [...requirement.from, ...requirement.numbers.map((number) => number.from)];
  const texts = ids.flatMap((id) => {
    const need = needs.get(id);
    if (need) return [need.text, ...need.quantities.flatMap((quantity) => multiples(quantity.value))];
    const quantity = derived.get(id);
    return quantity ? [quantity.shown, quantity.working, ...quantity.inputs.map((input) => String(input.value))] : [];
  });
  return new Set(texts.flatMap((text) => [...(text.match(/\d[\d,]*(?:\.\d+)?/g) ?? [])].map(digits)));
}

/** A duration or rate may be printed in another unit than it is written in: 2 s as 2,000 ms, 33.3 /s as 2,000 /min. */
function multiples(value: number): string[] {
  return [1, 1e3, 1e-3, 60, 3_600, 86_400, 1 / 60, 1 / 3_600, 1 / 86_400, 100, 1e-6].map((factor) =>
    String(Number((value * factor).toPrecision(12))),
  );
}
