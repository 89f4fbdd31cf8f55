/** Names of the catalogue in a clause, with the version that may follow (`Node.js 24`). One pass over the words. */
import type { StackName } from '../../research/research.types.js';
import { wordsOf, type Word } from './nouns.js';

export interface FoundName {
  readonly name: StackName;
  readonly start: number;
  /** End of the name and of the version after it. */
  readonly end: number;
  readonly version?: string;
}

export type NameIndex = ReadonlyMap<string, readonly StackName[]>;

/** Longest name in words; longer ones are not looked up. */
const MAX_WORDS = 3;

/** Names that are also plain English: they count only in capitals and not at the start of a sentence. */
const PLAIN_WORDS = new Set(
  'go express next nest spring gin echo play rest ideal teams slack node fiber chalice pages flux hub celery swift bun queue prime pulse agenda bree bull jose sharp keep consul vault nova'.split(
    ' ',
  ),
);

/** Spellings to entries; an entry may be listed under several. */
export function nameIndex(vocabulary: readonly StackName[]): NameIndex {
  const index = new Map<string, StackName[]>();
  for (const entry of vocabulary) {
    for (const spelling of new Set([entry.slug, ...entry.names].map((name) => name.toLowerCase()))) {
      index.set(spelling, [...(index.get(spelling) ?? []), entry]);
    }
  }
  return index;
}

const VERSION =
  /^\s(?:v(?:ersion)?\s?)?(\d{1,4}(?:\.(?:\d{1,4}|x)){0,2})(?![\p{L}\d%/]|,\d|\s*(?:%|per\b|engineers?|developers?))/iu;

function allowed(text: string, word: Word, spelled: string, strict: boolean): boolean {
  if (!strict || !PLAIN_WORDS.has(spelled)) return true;
  const first = word.start === 0 && !word.closes;
  return !first && /^\p{Lu}/u.test(text.slice(word.start));
}

const spelling = (text: string, from: Word, to: Word): string => text.slice(from.start, to.end).toLowerCase();

/** The longest name that starts at word `at`. */
function nameAt(
  text: string,
  words: readonly Word[],
  at: number,
  look: (spelled: string, first: Word) => readonly StackName[] | undefined,
): { entries: readonly StackName[]; count: number } | undefined {
  const first = words[at];
  if (!first) return undefined;
  for (let count = Math.min(MAX_WORDS, words.length - at); count > 0; count -= 1) {
    const last = words[at + count - 1] ?? first;
    const entries = look(spelling(text, first, last), first);
    if (entries) return { entries, count };
  }
  return undefined;
}

function withVersion(text: string, first: Word | undefined, last: Word | undefined): Omit<FoundName, 'name'> {
  const start = first?.start ?? 0;
  const end = last?.end ?? start;
  const [words = '', version] = VERSION.exec(text.slice(end, end + 24)) ?? [];
  return { start, end: end + words.length, ...(version === undefined ? {} : { version }) };
}

/**
 * The names in a text, longest first at each place. `strict` is for running text, where `go` and `express` are words;
 * the tech stack of a brief is not strict.
 */
export function namesIn(text: string, index: NameIndex, strict: boolean): readonly FoundName[] {
  const words = wordsOf(text);
  const look = (spelled: string, first: Word): readonly StackName[] | undefined =>
    allowed(text, first, spelled, strict) ? index.get(spelled) : undefined;
  const found: FoundName[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const match = nameAt(text, words, at, look);
    if (!match) continue;
    const span = withVersion(text, words[at], words[at + match.count - 1]);
    found.push(...match.entries.map((name) => ({ name, ...span })));
    at += match.count - 1;
  }
  return found;
}
