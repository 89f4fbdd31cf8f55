/**
 * Cuts a text into clauses and keeps their offsets. A clause ends at `;`, a line break, a full stop that ends a sentence,
 * and at a comma when a new head word follows (`Sellers upload a ticket, buyers pay by card`). Runs in linear time.
 */
import { ACTORS, HEAD_WORDS, PREDICATES } from './word-lists.js';

export interface Clause {
  readonly start: number;
  readonly end: number;
}

/** Longer clauses are cut at white space, which bounds the work of every pattern that reads one. */
const MAX_CLAUSE = 600;

const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|etc|approx|max|min|vs|incl|no|nr|ca)$/iu;

function stopEndsSentence(text: string, index: number): boolean {
  const next = text[index + 1];
  if (next !== undefined && !/\s/u.test(next)) return false;
  return !ABBREVIATION.test(text.slice(Math.max(0, index - 8), index));
}

/** `pay`, or an adverb and a verb: `automatically pay`. */
const isPredicate = (word: string, next: string | undefined): boolean =>
  PREDICATES.has(word) || (next !== undefined && word.endsWith('ly') && PREDICATES.has(next));

/** `, buyers pay` and `, only MIT` start a clause; `, city and date` and `, sellers and admins` go on with a list. */
function commaStartsClause(text: string, index: number): boolean {
  const ahead = text.slice(index + 1, index + 80);
  const words = ahead.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];
  const [first, second, third] = words[0] === 'and' || words[0] === 'but' ? words.slice(1) : words;
  if (first === undefined || second === undefined) return false;
  if (HEAD_WORDS.has(first)) return true;
  return ACTORS.has(first) && isPredicate(second, third);
}

function endsClause(text: string, index: number): boolean {
  switch (text[index]) {
    case ';':
    case '\n':
    case '\r':
    case '\u2028':
    case '\u2029':
      return true;
    case '.':
    case '!':
    case '?':
      return stopEndsSentence(text, index);
    case ',':
      return commaStartsClause(text, index);
    default:
      return false;
  }
}

const SKIPPED_AT_START = /[\s\-*•–—·,]/u;
const SKIPPED_AT_END = /[\s,:]/u;

function trimmed(text: string, from: number, to: number): Clause | undefined {
  let start = from;
  let end = to;
  while (start < end && SKIPPED_AT_START.test(text[start] ?? '')) start += 1;
  while (end > start && SKIPPED_AT_END.test(text[end - 1] ?? '')) end -= 1;
  return /[\p{L}\p{N}]/u.test(text.slice(start, end)) ? { start, end } : undefined;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/** Where to cut a clause that grew too long: the last white space, else the limit, never inside a surrogate pair. */
function cutBefore(text: string, from: number, limit: number): number {
  for (let at = limit; at > from + MAX_CLAUSE / 2; at -= 1) if (/\s/u.test(text[at] ?? '')) return at;
  return isHighSurrogate(text.charCodeAt(limit - 1)) ? limit - 1 : limit;
}

/** The clauses of a text, in order, without overlap; each holds at least one letter or digit. */
export function clausesOf(text: string): readonly Clause[] {
  const clauses: Clause[] = [];
  const push = (from: number, to: number): void => {
    const clause = trimmed(text, from, to);
    if (clause) clauses.push(clause);
  };
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (endsClause(text, index)) {
      push(from, index);
      from = index + 1;
    } else if (index - from >= MAX_CLAUSE) {
      const cut = cutBefore(text, from, index);
      push(from, cut);
      from = cut;
    }
  }
  push(from, text.length);
  return clauses;
}
