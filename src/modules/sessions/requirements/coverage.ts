/** Every need must reach a requirement, an opened category, a derived quantity or a question: what does not, becomes a question. */
import type { Need } from '../brief/brief.types.js';
import type { Draft } from '../derivation/draft.js';

/** More unexplained needs than this share one question: a list of forty equal questions is read by nobody. */
const SINGLE_QUESTIONS = 8;

function reachedIds(draft: Draft): Set<string> {
  const reached = new Set<string>();
  for (const one of draft.requirements.values()) one.from.forEach((id) => reached.add(id));
  for (const one of draft.derived.values()) one.inputs.forEach((input) => reached.add(input.amount.from));
  for (const one of draft.questions.values()) {
    one.blocks?.forEach((id) => reached.add(id));
    (one.text.match(/\bN\d+\b/gu) ?? []).forEach((id) => reached.add(id));
  }
  draft.facts.read.inUse.forEach((one) => reached.add(one.need));
  return reached;
}

/** `they are made by …` belongs to the clause before it in the same entry. */
function continues(draft: Draft, need: Need, reached: ReadonlySet<string>): boolean {
  if (!/^(?:it|they|this|these|them)\b/iu.test(need.text)) return false;
  const before = draft.facts.read.needs
    .filter((other) => other.pointer === need.pointer && other.end <= need.start)
    .at(-1);
  return before !== undefined && reached.has(before.id);
}

/** Place and team need no requirement: they set constraints and criteria. */
const setsConstraint = (need: Need): boolean =>
  need.pointer.startsWith('/constraints/') ||
  need.pointer.startsWith('/techStack/') ||
  need.triggers.some((t) => /^(?:TEAM|STACK|FORBID)-/u.test(t.rule));

/** Needs that nothing explains yet, in the order of the brief. The project type names the system and is no demand. */
export function unreached(draft: Draft): readonly Need[] {
  const reached = reachedIds(draft);
  return draft.facts.read.needs.filter(
    (need) =>
      need.pointer !== '/projectType' &&
      !reached.has(need.id) &&
      !continues(draft, need, reached) &&
      !setsConstraint(need) &&
      need.triggers.every((trigger) => trigger.opens.length === 0),
  );
}

const SHORT = 160;
const short = (text: string): string => (text.length > SHORT ? `${text.slice(0, SHORT).trimEnd()}…` : text);

/** Asks for what was not understood, without guessing at it. */
export function coverAll(draft: Draft): void {
  const open = unreached(draft);
  for (const need of open.slice(0, SINGLE_QUESTIONS)) {
    draft.ask({
      key: `open:${need.id}`,
      text: `"${short(need.text)}" (${need.id}): what can be observed when it holds, and when it does not?`,
      ifUnanswered: 'no requirement is written',
      blocks: [need.id],
    });
  }
  const rest = open.slice(SINGLE_QUESTIONS);
  if (rest.length === 0) return;
  draft.ask({
    key: 'open:rest',
    text: `${rest.length} more statements of the brief (${rest[0]?.id ?? ''} to ${rest.at(-1)?.id ?? ''}, those listed as blocked): what can be observed when each of them holds?`,
    ifUnanswered: 'no requirement is written',
    blocks: rest.map((need) => need.id),
  });
}
