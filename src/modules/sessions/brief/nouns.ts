/** Noun phrases by closed word lists, no grammar: enough to put the brief's own nouns into slots. */
import { DETERMINERS, PREDICATES, STOP_WORDS } from './word-lists.js';

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** A punctuation mark stands between this word and the next one. */
  readonly closes: boolean;
}

const WORD = /[\p{L}\p{N}](?:[\p{L}\p{N}'’&+#]|[-./](?=[\p{L}\p{N}]))*/gu;

/** The words of a clause with their offsets. */
export function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(WORD)].map((match) => {
    const end = match.index + match[0].length;
    return { text: match[0], start: match.index, end, closes: /^\s*[,;:()"“”„]/u.test(text.slice(end, end + 4)) };
  });
}

const lower = (word: Word | undefined): string => word?.text.toLowerCase() ?? '';
const isNumeric = (word: Word): boolean => /^[\d.,]/u.test(word.text);

/** `the card's` closes a phrase's first part; time words are amounts, not things. */
const TIME_WORD = /^(?:ms|milliseconds?|s|sec|seconds?|min|minutes?|h|hours?|days?|weeks?|months?|years?|quarters?)$/iu;

export function isNounWord(word: Word | undefined): boolean {
  if (word === undefined || isNumeric(word)) return false;
  const text = lower(word);
  return !DETERMINERS.has(text) && !STOP_WORDS.has(text) && !TIME_WORD.test(text);
}

const AUXILIARY = /^(?:is|are|was|were|be|has|have|can|cannot|may|must|shall|should|will)$/u;

/** `fraud checks must finish`: a word that could be a verb is a noun when an auxiliary follows. */
const isVerbHere = (word: Word, next: Word | undefined): boolean =>
  PREDICATES.has(lower(word)) && !(AUXILIARY.test(lower(next)) && !AUXILIARY.test(lower(word)));

function afterDeterminers(words: readonly Word[], from: number): number {
  let index = from;
  while (DETERMINERS.has(lower(words[index])) && !words[index]?.closes) index += 1;
  return index;
}

/**
 * The noun phrase that starts at word `from`: determiners skipped, then at most `max` words up to a preposition, a number or
 * punctuation. A word that is also a verb (`orders`, `records`) counts as noun when it comes first.
 */
export function phraseFrom(words: readonly Word[], from: number, max = 3): readonly Word[] {
  let index = afterDeterminers(words, from);
  const phrase: Word[] = [];
  for (let word = words[index]; word && phrase.length < max; word = words[(index += 1)]) {
    if (!isNounWord(word) || (phrase.length > 0 && isVerbHere(word, words[index + 1]))) break;
    phrase.push(word);
    if (word.closes) break;
  }
  return phrase;
}

export const phraseText = (phrase: readonly Word[]): string => phrase.map((word) => word.text).join(' ');

/** Index of the first predicate after a leading noun phrase, or -1. */
export function predicateIndex(words: readonly Word[]): number {
  return words.findIndex((word, index) => index > 0 && PREDICATES.has(lower(word)));
}

/** Subject (the phrase the clause starts with) and object (the phrase after the first verb), lower case unless a name. */
export function nounsOf(text: string): readonly string[] {
  const words = wordsOf(text);
  const subject = phraseText(phraseFrom(words, 0));
  let verb = predicateIndex(words);
  while (PREDICATES.has(lower(words[verb + 1]))) verb += 1;
  const object = verb < 0 ? '' : phraseText(phraseFrom(words, verb + 1));
  return [...new Set([lowerFirst(subject), object].filter((noun) => noun !== ''))];
}

/** Lower case at the start of a sentence, but not for names in capitals (`ERP system`, `PDF`). */
export function lowerFirst(text: string): string {
  const first = /^\S+/u.exec(text)?.[0] ?? '';
  return /^\p{Lu}[\p{Ll}'-]*$/u.test(first) ? first.toLowerCase() + text.slice(first.length) : text;
}

const IRREGULAR: ReadonlyMap<string, string> = new Map(
  Object.entries({
    sales: 'sale',
    people: 'person',
    series: 'series',
    news: 'news',
    analytics: 'analytics',
    data: 'data',
    children: 'child',
    addresses: 'address',
    invoices: 'invoice',
    caches: 'cache',
    axes: 'axis',
    movies: 'movie',
    cookies: 'cookie',
  }),
);

function singularWord(word: string): string {
  const known = IRREGULAR.get(word.toLowerCase());
  if (known !== undefined) return known;
  if (/[^aeiou]ies$/u.test(word) && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|sh|ch|x|z)es$/u.test(word)) return word.slice(0, -2);
  return /[^suiS]s$/u.test(word) && word.length > 3 ? word.slice(0, -1) : word;
}

/** `sensor readings` → `sensor reading`; only the last word changes. */
export function singular(noun: string): string {
  const at = noun.lastIndexOf(' ') + 1;
  return noun.slice(0, at) + singularWord(noun.slice(at));
}

/** `sale` → `sales`; leaves a plural alone. */
export function plural(noun: string): string {
  const last = noun.slice(noun.lastIndexOf(' ') + 1);
  if (last === 'person') return `${noun.slice(0, -6)}people`;
  if (['data', 'news', 'series', 'analytics', 'stock', 'e-mail'].includes(last) || singular(noun) !== noun) return noun;
  if (/[^aeiou]y$/u.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|sh|ch|x|z)$/u.test(noun) ? `${noun}es` : `${noun}s`;
}

/** `a` or `an` by the sound of the first letter; `hour` and initialisms such as `SMS` included. */
export function withArticle(noun: string): string {
  const first = /^\S+/u.exec(noun)?.[0] ?? '';
  const spelled = /^[A-Z]{2,}/u.test(first);
  const vowel = spelled ? /^[AEFHILMNORSX]/u.test(first) : /^(?:[aeio]|u(?!ni|se|s[aeiou])|hour)/iu.test(first);
  return `${vowel ? 'an' : 'a'} ${noun}`;
}
