/**
 * Typed quantities of a clause, in base units. A number without a unit and without a noun is not a quantity: nothing is
 * guessed. Every pattern is anchored at the number and bounded in length, so the scan is linear.
 */
import type { Quantity, QuantityKind } from './brief.types.js';
import { phraseFrom, phraseText, singular, wordsOf } from './nouns.js';
import { numbersOf, type NumberToken } from './numbers.js';
import { CURRENCY_PATTERN, currencyOf, SIZE_PATTERN, sizeUnit, TIME_PATTERN, timeUnit } from './units.js';

interface Found {
  readonly kind: QuantityKind;
  readonly value: number;
  readonly unit: string;
  readonly noun?: string;
  readonly end: number;
}

const AHEAD = 90;
const PER = `(?:\\s+(?:per|an?|each|every)\\s+|\\s?\\/\\s?|\\s+per\\s+)`;
const NOUN = `[\\p{L}][\\p{L}\\p{N}-]{0,30}`;
const NOUNS = `(?:${NOUN}\\s){0,3}?${NOUN}`;
const END = `(?![\\p{L}\\p{N}])`;
const RATE = new RegExp(`^(?:\\s+(${NOUNS}))?${PER}(${TIME_PATTERN})${END}`, 'iu');
const RATE_ADVERB = new RegExp(`^\\s+(${NOUNS})\\s+(daily|hourly|weekly|monthly)${END}`, 'iu');
const SHORT_RATE = new RegExp(`^\\s?(rps|qps|tps|req\\/s|ops)${END}`, 'iu');
const DURATION = new RegExp(`^[\\s-]?(${TIME_PATTERN})${END}`, 'iu');
const SIZE = new RegExp(`^\\s?(${SIZE_PATTERN})${END}`, 'u');
const MONEY_AFTER = new RegExp(`^\\s?(${CURRENCY_PATTERN})${END}`, 'iu');
const MONEY_BEFORE = new RegExp(`(${CURRENCY_PATTERN})\\s?$`, 'iu');
const SHARE = /^\s?(?:%|percent\b|per cent\b)/iu;
const RATIO = /^\s?(?:times\b(?!\s+(?:an?|per|each)\b)|x(?![\p{L}\p{N}])|×)/iu;

const ADVERBS: Readonly<Record<string, string>> = { hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month' };
const SHORT_NOUNS: Readonly<Record<string, string>> = { qps: 'queries', tps: 'transactions', ops: 'operations' };

/** The noun of a rate must be a noun phrase of its own: `300 ms for searches per day` is no rate of `ms for searches`. */
function cleanNoun(words: string | undefined): string | undefined | null {
  if (words === undefined) return undefined;
  const all = wordsOf(words);
  const phrase = phraseFrom(all, 0, 4);
  return phrase.length > 0 && phrase.at(-1) === all.at(-1) ? phraseText(phrase) : null;
}

function asShortRate(amount: number, tail: string, at: number): Found | undefined {
  const short = SHORT_RATE.exec(tail);
  if (!short) return undefined;
  const noun = SHORT_NOUNS[(short[1] ?? '').toLowerCase()] ?? 'requests';
  return { kind: 'rate', value: amount, unit: '/s', noun, end: at + short[0].length };
}

function asRate(amount: number, tail: string, at: number): Found | undefined {
  const match = RATE.exec(tail) ?? RATE_ADVERB.exec(tail);
  if (!match) return undefined;
  const noun = cleanNoun(match[1]);
  if (noun === null) return undefined;
  const word = match[2] ?? '';
  const time = timeUnit(ADVERBS[word.toLowerCase()] ?? word);
  if (!time) return undefined;
  const found = {
    kind: 'rate' as const,
    value: amount / time.factor,
    unit: `/${time.name}`,
    end: at + match[0].length,
  };
  return noun === undefined ? found : { ...found, noun };
}

/** `3 days per week` is a duration with a noun we do not know; the duration alone is kept. */
function asMeasure(amount: number, tail: string, at: number): Found | undefined {
  const duration = DURATION.exec(tail);
  const time = duration && timeUnit(duration[1] ?? '');
  if (duration && time) {
    return { kind: 'duration', value: amount * time.factor, unit: time.name, end: at + duration[0].length };
  }
  const size = SIZE.exec(tail);
  const bytes = size && sizeUnit(size[1] ?? '');
  return size && bytes
    ? { kind: 'size', value: amount * bytes.factor, unit: bytes.name, end: at + size[0].length }
    : undefined;
}

function asSign(amount: number, tail: string, at: number, before: string): Found | undefined {
  const share = SHARE.exec(tail);
  if (share)
    return { kind: 'share', value: Number((amount / 100).toPrecision(12)), unit: '%', end: at + share[0].length };
  const after = MONEY_AFTER.exec(tail);
  const currency = currencyOf(after?.[1] ?? MONEY_BEFORE.exec(before)?.[1] ?? '');
  if (currency) return { kind: 'money', value: amount, unit: currency, end: at + (after?.[0].length ?? 0) };
  const ratio = RATIO.exec(tail);
  return ratio ? { kind: 'ratio', value: amount, unit: 'times', end: at + ratio[0].length } : undefined;
}

const CONCURRENT =
  /^\s+(?:of (?:them|these|those)\s+)?(?:at\s+(?:the\s+same\s+time|once)|concurrently|simultaneously|in\s+parallel)/iu;

function asCount(token: NumberToken, text: string): Found | undefined {
  const tail = text.slice(token.end, token.end + AHEAD);
  if (CONCURRENT.test(tail)) return { kind: 'count', value: token.value, unit: '', end: token.end };
  if (!/^\s/u.test(tail)) return undefined;
  const phrase = phraseFrom(wordsOf(tail), 0);
  const last = phrase.at(-1);
  // "one" before a noun is nearly always an article.
  if (!last || (token.spelled && token.value === 1 && !/engineer|developer|programmer/iu.test(tail))) return undefined;
  return { kind: 'count', value: token.value, unit: '', noun: phraseText(phrase), end: token.end + last.end };
}

function foundAt(token: NumberToken, text: string): Found | undefined {
  const tail = text.slice(token.end, token.end + AHEAD);
  const before = text.slice(Math.max(0, token.start - 8), token.start);
  return (
    asMeasure(token.value, tail, token.end) ??
    asSign(token.value, tail, token.end, before) ??
    asShortRate(token.value, tail, token.end) ??
    asRate(token.value, tail, token.end) ??
    asCount(token, text)
  );
}

const BEFORE =
  /(within|at most|no more than|no later than|up to|at least|more than|less than|fewer than|under|over|below|above|after|before|every|each|about|around|roughly|for|last|of|silent|exceeds?|between)(?:\s{1,3}the)?(?:\s{1,3}(?:last|next|about|another))?\s{0,3}[€$£]?\s{0,3}$/iu;
const AFTER =
  /^\s*(?:(?:after|before|later|old|otherwise|on average|concurrently|simultaneously|in parallel|at once|at the same time|on normal days|at (?:the )?peak|in advance|long|each|of)\b)/iu;
const PEAK =
  /peak|in the minutes after|sells out|sale days?|black friday|rush|burst|busiest|spike|campaign|opening|high season|at most|up to/iu;
const NORMAL = /otherwise|normally|normal|usually|off-?peak|quiet|on average|average|typical|rest of/iu;

function qualifiersOf(text: string, token: NumberToken, end: number, from: number, to: number): string[] {
  const before = BEFORE.exec(text.slice(Math.max(from, token.start - 40), token.start))?.[1];
  const after = AFTER.exec(text.slice(end, to))?.[0];
  const around = `${text.slice(Math.max(from, token.start - 60), token.start)} ${text.slice(end, Math.min(to, end + 80))}`;
  const marks = [before?.toLowerCase(), after?.trim().toLowerCase()];
  if (NORMAL.test(around)) marks.push('normal');
  else if (PEAK.test(around)) marks.push('peak');
  if (token.low !== undefined) marks.push(`from ${token.low}`);
  return [...new Set(marks.filter((mark): mark is string => mark !== undefined))];
}

/** Start of the words: a currency sign in front belongs to the amount. */
function startOf(text: string, token: NumberToken, found: Found): number {
  if (found.kind !== 'money' || found.end > token.end) return token.start;
  return token.start - (MONEY_BEFORE.exec(text.slice(Math.max(0, token.start - 8), token.start))?.[0].length ?? 0);
}

/** A rate or count without a noun takes that of the amount before it (`2,000 sales per minute …, 50 per minute otherwise`). */
function inheritNoun(found: Found, earlier: readonly Quantity[]): string | undefined {
  if (found.noun !== undefined || (found.kind !== 'rate' && found.kind !== 'count')) return found.noun;
  return earlier.findLast((other) => other.kind === found.kind && other.noun !== undefined)?.noun;
}

/**
 * Quantities of a clause in order of position. `skip` lists spans that hold no amount (versions after a name).
 * Values: rate per second, duration in seconds, size in bytes, share 0-1, money in its currency, count in pieces.
 */
export function quantitiesOf(text: string, skip: readonly { start: number; end: number }[] = []): readonly Quantity[] {
  const tokens = numbersOf(text).filter((token) => !skip.some((s) => token.start < s.end && s.start < token.end));
  const quantities: Quantity[] = [];
  let from = 0;
  tokens.forEach((token, index) => {
    if (token.start < from) return;
    const found = foundAt(token, text);
    if (!found) return;
    const to = Math.max(found.end, tokens[index + 1]?.start ?? text.length);
    const noun = inheritNoun(found, quantities);
    quantities.push({
      kind: found.kind,
      value: found.value,
      words: text.slice(startOf(text, token, found), found.end),
      written: { amount: token.value, unit: found.unit },
      ...(noun === undefined ? {} : { noun }),
      qualifiers: qualifiersOf(text, token, found.end, from, to),
    });
    from = found.end;
  });
  return quantities;
}

/** Do two nouns mean the same thing? The last words are equal in the singular: `sensor readings` and `a reading`. */
export function sameNoun(a: string, b: string): boolean {
  const head = (noun: string): string => singular(noun.toLowerCase()).split(' ').at(-1) ?? '';
  return head(a) !== '' && head(a) === head(b);
}
