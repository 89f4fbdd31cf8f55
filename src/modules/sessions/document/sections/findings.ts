/** The findings under "at a glance": results with a severity, worst first, each with the ids it rests on. */
import type { Derivation, DerivedQuantity } from '../../derivation/derivation.types.js';
import type { CrossCheck, Finding, Severity } from '../document.types.js';
import type { Question } from '../../derivation/derivation.types.js';
import { sentence } from '../writing/text.js';
import { comparedGaps, type Writing } from '../writing/writing.js';

const ORDER: readonly Severity[] = ['blocks', 'changes-design', 'cost', 'note'];
const MOST = 5;

/** A number nobody had before the document comes ahead of a check of equal severity. */
const COMPUTED = 3;

interface Weighed extends Finding {
  /** How many rows rest on it: breaks ties within a severity. */
  readonly weight: number;
  readonly kind: 'quantity' | 'check' | 'question' | 'gap';
}

/** At most two of a kind come before the other kinds had their turn: five sums in a row are no picture of the document. */
export function findingsOf(
  writing: Writing,
  derivation: Derivation,
  checks: readonly CrossCheck[],
  questions: readonly Question[],
): Finding[] {
  const all = [
    ...undecided(writing),
    ...derivation.derived.flatMap((quantity) => quantityFinding(quantity, derivation)),
    ...checks.filter((check) => check.severity !== 'note').map(checkFinding),
    ...questions.slice(0, 3).flatMap(questionFinding),
  ].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.weight - a.weight);
  return pick(all).map(({ severity, text, rests }) => ({ severity, text, rests }));
}

function pick(all: readonly Weighed[]): Weighed[] {
  const taken = new Map<Weighed['kind'], number>();
  const first = all.filter((finding) => {
    const count = (taken.get(finding.kind) ?? 0) + 1;
    taken.set(finding.kind, count);
    return count <= 2;
  });
  const rest = all.filter((finding) => !first.includes(finding));
  const chosen = [...first, ...rest].slice(0, MOST);
  return all.filter((finding) => chosen.includes(finding));
}

function undecided(writing: Writing): Weighed[] {
  return comparedGaps(writing).flatMap(({ gap, comparison, definition, decision }) => {
    if (comparison?.verdict !== 'undecidable' || decision?.by === 'person') return [];
    const text = `${gap.category} cannot be decided from what was read: ${definition ? `"${definition.need}" is open for the options in front` : 'the scores overlap'}.`;
    return [
      {
        severity: 'blocks' as const,
        text: sentence(text),
        rests: [gap.id],
        weight: gap.needs.length,
        kind: 'gap' as const,
      },
    ];
  });
}

/** Formulas whose result limits a design; a plain change of units is no finding. */
const DESIGN = /POOL|CAP|HOT|LOCK|MM1|HELD|HOLD|RETAIN|STOCK|SUPPLY|BUNCH/i;
const COST = /BACKLOG|DRAIN|INVERSE|INFLIGHT|VOLUME|STORAGE|WAIT/i;

function quantityFinding(quantity: DerivedQuantity, { requirements }: Derivation): Weighed[] {
  const severity = DESIGN.test(quantity.formula) ? 'changes-design' : COST.test(quantity.formula) ? 'cost' : undefined;
  if (severity === undefined) return [];
  const resting = requirements.filter((requirement) => requirement.from.includes(quantity.id)).map(({ id }) => id);
  const consequence = /^[RQ]-\d+$/.test(quantity.consequence.trim())
    ? ''
    : `: ${quantity.consequence.replace(/\.$/, '')}`;
  const text = `${sentence(quantity.name)}, ${quantity.working} = ${quantity.shown}${consequence}.`;
  return [{ severity, text, rests: [quantity.id, ...resting], weight: resting.length + COMPUTED, kind: 'quantity' }];
}

function checkFinding(check: CrossCheck): Weighed {
  const text = `${sentence(check.result)}: ${check.action}.`;
  return {
    severity: check.severity,
    text,
    rests: [check.id, ...check.rests],
    weight: check.rests.length,
    kind: 'check',
  };
}

function questionFinding(question: Question): Weighed[] {
  const blocked = question.blocks.filter((id) => /^[RG]-/.test(id));
  if (blocked.length === 0) return [];
  const severity = question.blocks.length > 2 ? ('blocks' as const) : ('changes-design' as const);
  return [
    { severity, text: question.text, rests: [question.id, ...blocked], weight: blocked.length, kind: 'question' },
  ];
}
