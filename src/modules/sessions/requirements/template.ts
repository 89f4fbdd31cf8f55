/** What templates share: the start of a sentence, words taken from a need, and the call per need. */
import type { Need } from '../brief/brief.types.js';
import { lowerFirst, phraseFrom, phraseText, singular, wordsOf } from '../brief/nouns.js';
import type { Amount } from '../derivation/amount.js';
import type { Draft } from '../derivation/draft.js';
import type { Slot } from '../derivation/statement.js';

export type Template = (draft: Draft) => void;

/** Words of the brief may hold a `shall` of their own; a statement has exactly one. */
const withoutShall = (slot: Slot): Slot => {
  if (typeof slot === 'string') return slot.replace(/shall/giu, 'must');
  return { ...slot, shown: slot.shown.replace(/shall/giu, 'must') };
};

/** `The order service shall …`: the one `shall` of a statement. */
export const shall = (draft: Draft, ...rest: readonly Slot[]): readonly Slot[] => [
  'The',
  withoutShall(draft.facts.system),
  'shall',
  ...rest.map(withoutShall),
];
export const buildShall = (...rest: readonly Slot[]): readonly Slot[] => ['The build shall', ...rest.map(withoutShall)];

/** Words of the brief inside a statement: their numbers are traced to the need. */
export const quoted = (words: string, need: Need): Slot =>
  /\d/u.test(words) ? { value: 0, unit: '', shown: words, from: need.id } : words;

/** A name with digits that is no amount (`SHA-256`). */
export const named = (words: string): Amount => ({ value: 0, unit: '', shown: words, from: 'name' });

/** The noun phrase after the first match of `words` in a need, lower case; undefined when there is none: then ask. */
export function nounAfter(need: Need, words: RegExp): string | undefined {
  const match = words.exec(need.text);
  if (!match) return undefined;
  const rest = need.text.slice(match.index + match[0].length);
  const phrase = phraseFrom(wordsOf(rest), 0);
  return phrase.length > 0 ? lowerFirst(phraseText(phrase)) : undefined;
}

/** The noun phrase a need starts with. */
export function subjectOf(need: Need): string | undefined {
  const phrase = phraseFrom(wordsOf(need.text), 0);
  return phrase.length > 0 ? lowerFirst(phraseText(phrase)) : undefined;
}

/** Words from after a match to the end of the part of the sentence, at most 80 characters, without a trailing amount. */
export function restAfter(need: Need, words: RegExp): string | undefined {
  const match = words.exec(need.text);
  if (!match) return undefined;
  const rest = need.text.slice(match.index + match[0].length, match.index + match[0].length + 80);
  const part = /^[^.;:()]*/u.exec(rest)?.[0].trim() ?? '';
  return part === '' ? undefined : part;
}

/** Runs a rule for the first need with a trigger. */
export function forFirst(rule: string, make: (draft: Draft, need: Need) => void): Template {
  return (draft) => {
    const need = draft.facts.need(rule);
    if (need) make(draft, need);
  };
}

/** Runs a rule for every need with a trigger. */
export function forEach(rule: string, make: (draft: Draft, need: Need) => void): Template {
  return (draft) => draft.facts.needs(rule).forEach((need) => make(draft, need));
}

/** What is loaded: `price file`, `batch of orders`; by its own word, and the subject where that adds something. */
export function batchNoun(need: Need): string {
  const [, before, word] =
    /(?:(?<![\p{L}-])([\p{L}-]+)\s+)?\b(files?|feeds?|batch|dumps?|exports?|imports?)\b/iu.exec(need.text) ?? [];
  if (!word) return 'batch';
  const noun = singular(word.toLowerCase());
  if (before && !/^(?:the|an?|each|every|of|as|by|one|nightly|daily|in|is|are|be)$/iu.test(before))
    return `${before.toLowerCase()} ${noun}`;
  const subject = subjectOf(need);
  return subject && !subject.includes(noun) ? `${noun} of ${subject}` : noun;
}

export const triggered = (need: Need, ...rules: readonly string[]): boolean =>
  need.triggers.some((trigger) => rules.includes(trigger.rule));
