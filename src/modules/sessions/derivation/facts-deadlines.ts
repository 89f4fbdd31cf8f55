/** Deadlines of a brief, each with the operation it bounds and the kind of that operation. */
import type { Need, Quantity, ReadBrief } from '../brief/brief.types.js';
import { lowerFirst, phraseFrom, phraseText, wordsOf } from '../brief/nouns.js';
import { ACTORS } from '../brief/word-lists.js';
import type { Deadline, DeadlineKind } from './facts.types.js';

const DAY = 86_400;

/** First match wins; the words are looked for in the clause, so that the operation and its deadline belong together. */
const KINDS: readonly (readonly [DeadlineKind, RegExp])[] = [
  ['read', /\b(?:search(?:ed|es)?|results?)\b/iu],
  ['window', /\b(?:can|may) (?:be )?(?:cancel|return|withdraw|undo|change|edit)/iu],
  ['alarm', /\b(?:alarms?|alerts?|alerted|warn(?:s|ed|ing)?)\b/iu],
  ['export', /\b(?:export(?:s|ed)?|Excel|XLSX|download(?:s|ed)?)\b/iu],
  ['batch', /\b(?:import(?:s|ed)?|batch|nightly|load of|rows|roll(?:ed|s)? out)\b/iu],
  ['handover', /\b(?:webhooks?|ERP|CRM|SAP|hand(?:ed|s)? over|forward(?:s|ed)?|accounting)\b/iu],
  ['notify', /\b(?:e-?mail(?:s|ed)?|push|SMS|notif\p{L}+|confirmations?|messages?|told|informed)\b/iu],
  [
    'read',
    /\b(?:search\p{L}*|results?|dashboards?|opens?|pages?|charts?|shows?|shown|displays?|views?|quer(?:y|ies)|answers?|answered|loads?|appears?)\b/iu,
  ],
  ['check', /./u],
];

const WITHIN = /^(?:within|no later than|under|less than|at most)$/u;

function kindOf(text: string, seconds: number): DeadlineKind {
  const kind = KINDS.find(([, words]) => words.test(text))?.[0] ?? 'check';
  if (kind === 'window' || kind === 'export' || kind === 'batch') return kind;
  return seconds >= DAY ? 'business' : kind;
}

/** The phrase the clause starts with; for `A search … answers`, `search`. */
function operation(need: Need): string {
  // `A language model suggests answers within …`: what is made is the operation, not its maker.
  const made =
    /\b(?:suggests?|returns?|produces?|computes?|generates?)\s+(?:an?\s+|the\s+)?([\p{L}-]+(?:\s[\p{L}-]+)?)\s+within\b/iu.exec(
      need.text,
    )?.[1];
  if (made !== undefined) return lowerFirst(made);
  const words = wordsOf(need.text);
  const from = /^(?:when|if|after|once|in)$/iu.test(words[0]?.text ?? '') ? 1 : 0;
  const phrase = phraseFrom(words, from);
  return lowerFirst(phraseText(phrase));
}

/** `Dispatchers open the last 24 hours of a truck within …`: people are no operation, what they open is. */
function opened(need: Need): string | undefined {
  const match =
    /^([\p{L}-]+)\s+(?:opens?|sees?|views?|loads?|reads?|gets?)\s{1,3}(.{3,80}?)\s{1,3}(?:within|in under|under)\b/iu.exec(
      need.text,
    );
  return match && ACTORS.has((match[1] ?? '').toLowerCase()) ? match[2] : undefined;
}

function isDeadline(q: Quantity, need: Need): boolean {
  return (
    q.kind === 'duration' &&
    q.value > 0 &&
    q.qualifiers.some((mark) => WITHIN.test(mark)) &&
    !/\bkept\b/iu.test(need.text)
  );
}

/** All deadlines in the order of the brief; `noun` may be empty when the clause starts with a verb. */
export function deadlinesOf(read: ReadBrief): readonly Deadline[] {
  return read.needs.flatMap((need) =>
    need.quantities
      .filter((quantity) => isDeadline(quantity, need))
      .map((quantity) => {
        const object = opened(need);
        const base = { need, quantity, kind: kindOf(need.text, quantity.value) };
        return object === undefined ? { ...base, noun: operation(need) } : { ...base, noun: '', object };
      }),
  );
}
