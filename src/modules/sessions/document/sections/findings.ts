/** The findings under "at a glance": results with a severity, worst first, each with the ids it rests on. */
import type { Derivation, DerivedQuantity } from '../../derivation/derivation.types.js';
import type { CrossCheck, Finding, Severity } from '../document.types.js';
import type { Question } from '../../derivation/derivation.types.js';
import { listed, sentence } from '../writing/text.js';
import { comparedGaps, type Writing } from '../writing/writing.js';
import { noChoiceRows } from './no-choice.js';

const ORDER: readonly Severity[] = ['blocks', 'changes-design', 'cost', 'note'];
const MOST = 5;

/** A number nobody had before the document comes ahead of a check of equal severity. */
const COMPUTED = 3;

interface Weighed extends Finding {
  /** How many rows rest on it: breaks ties within a severity. */
  readonly weight: number;
  readonly kind: 'quantity' | 'check' | 'question' | 'gap';
}

/** Each kind has its turn before one of them fills the list: five sums in a row are no picture of the document. */
export function findingsOf(
  writing: Writing,
  derivation: Derivation,
  checks: readonly CrossCheck[],
  questions: readonly Question[],
): Finding[] {
  const all = [
    ...undecided(writing),
    ...emptied(writing),
    ...derivation.derived.flatMap((quantity) => quantityFinding(quantity, derivation)),
    ...checks.filter((check) => check.severity !== 'note').map(checkFinding),
    ...questions
      .slice(0, 3)
      .filter((question) => !checks.some((check) => check.severity !== 'note' && check.action.includes(question.id)))
      .flatMap(questionFinding),
  ].sort(
    (a, b) => lateness(a) - lateness(b) || ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity) || b.weight - a.weight,
  );
  return pick(all).map(({ severity, text, rests }) => ({ severity, text, rests }));
}

/** Money, data, law and capacity first: that a choice is still open is said by the table above, so it comes last. */
const lateness = ({ kind }: Weighed): number => (kind === 'gap' ? 1 : 0);

/** How many of a kind may come before the other kinds had their turn. */
const FIRST_TURN: Readonly<Record<Weighed['kind'], number>> = { gap: 1, question: 1, check: 1, quantity: 2 };

function pick(all: readonly Weighed[]): Weighed[] {
  const taken = new Map<Weighed['kind'], number>();
  const first = all.filter((finding) => {
    const count = (taken.get(finding.kind) ?? 0) + 1;
    taken.set(finding.kind, count);
    return count <= FIRST_TURN[finding.kind];
  });
  const rest = all.filter((finding) => !first.includes(finding));
  const chosen = [...first, ...rest].slice(0, MOST);
  return all.filter((finding) => chosen.includes(finding));
}

function undecided(writing: Writing): Weighed[] {
  const open = comparedGaps(writing).filter(
    ({ comparison, decision }) => comparison?.verdict === 'undecidable' && decision?.by !== 'person',
  );
  if (open.length === 0) return [];
  const parts = open.map(({ gap }) => `${gap.category} (${listed(gap.needs.slice(0, 3))})`);
  const text = `${listed(parts)} cannot be decided from what was read: a person has to settle ${open.length === 1 ? 'it' : 'them'}.`;
  return [
    {
      severity: 'blocks',
      text: sentence(text),
      rests: open.map(({ gap }) => gap.id),
      weight: open.length,
      kind: 'gap',
    },
  ];
}

/** Constraints that leave nothing: the brief contradicts what exists, which comes before every other finding. */
function emptied(writing: Writing): Weighed[] {
  const rows = noChoiceRows(writing).filter((row) => row.admissible === 'none' && row.removed !== 'none');
  if (rows.length === 0) return [];
  const categories = listed(rows.map((row) => row.category));
  const remedies = [...new Set(rows.map((row) => row.whatToDo))].slice(0, 2);
  return [
    {
      severity: 'blocks',
      text: sentence(`the constraints of the brief remove every option for ${categories}: ${remedies.join('; ')}.`),
      rests: rows.map((row) => row.gapId),
      weight: 100 + rows.length,
      kind: 'check',
    },
  ];
}

/** Formulas whose result limits a design; a plain change of units is no finding. */
const DESIGN = /POOL|CAP|HOT|LOCK|MM1|HELD|HOLD|RETAIN|STOCK|SUPPLY|BUNCH/i;
const COST = /BACKLOG|DRAIN|INVERSE|INFLIGHT|VOLUME|STORAGE|WAIT/i;

/** A consequence that calms is no finding. */
const BENIGN = /\benough\b|\bno (?:\w+ ){1,3}(?:needed|is needed)\b|\bone or two\b|\bis safe\b|\bwould do\b/i;

function quantityFinding(quantity: DerivedQuantity, { requirements }: Derivation): Weighed[] {
  const severity = DESIGN.test(quantity.formula) ? 'changes-design' : COST.test(quantity.formula) ? 'cost' : undefined;
  if (severity === undefined || BENIGN.test(quantity.consequence)) return [];
  const resting = requirements.filter((requirement) => requirement.from.includes(quantity.id)).map(({ id }) => id);
  const consequence = /^[RQ]-\d+$/.test(quantity.consequence.trim())
    ? ''
    : `: ${quantity.consequence.replace(/^(?:[RQ]-\d+(?:, )?)+; /, '').replace(/\.$/, '')}`;
  const text = `${sentence(quantity.name)}, ${quantity.working} = ${quantity.shown}${consequence}.`;
  return [{ severity, text, rests: [quantity.id, ...resting], weight: resting.length + COMPUTED, kind: 'quantity' }];
}

function checkFinding(check: CrossCheck): Weighed {
  const text = sentence(`${check.result}: ${check.action}.`);
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
  if (blocked.length === 0 || question.key === 'server-licence') return [];
  const severity = question.blocks.length > 2 ? ('blocks' as const) : ('changes-design' as const);
  return [
    { severity, text: question.text, rests: [question.id, ...blocked], weight: blocked.length, kind: 'question' },
  ];
}
