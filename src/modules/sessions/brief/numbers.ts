/** Finds numbers in a clause: `2,000`, `10 000`, `1.5k`, `3 million`, `50-200`, `two`. Offsets are kept. */

export interface NumberToken {
  readonly start: number;
  readonly end: number;
  readonly value: number;
  /** Lower end of a written range (`50-200`): `value` is then the upper one, which capacity must meet. */
  readonly low?: number;
  readonly spelled: boolean;
}

const SPELLED: Readonly<Record<string, number>> = {
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  ninety: 90,
  hundred: 100,
  thousand: 1_000,
};

const MULTIPLIERS: Readonly<Record<string, number>> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  million: 1e6,
  mn: 1e6,
  bn: 1e9,
  billion: 1e9,
  hundred: 100,
};

// Groups of three need the same one-character separator; white space is one plain, no-break, narrow or thin space.
const DIGITS = `\\d{1,3}(?:[,'’  \\u00a0\\u202f\\u2009]\\d{3}(?!\\d))+(?:\\.\\d+)?|\\d+(?:[.]\\d+)?`;
const TIMES = `(?:\\s?(?:k|m|bn|mn)(?![\\p{L}\\p{N}/])|\\s(?:hundred|thousand|million|billion)\\b)`;
const NUMBER = new RegExp(
  `(?<![\\p{L}\\p{N}.,:/_-])(${DIGITS})(${TIMES})?` +
    `(?:\\s?(?:-|–|—)\\s?(${DIGITS})(${TIMES})?|\\sto\\s(${DIGITS})(${TIMES})?)?(?![\\d:])`,
  'giu',
);
const SPELLED_NUMBER = new RegExp(`(?<![\\p{L}\\p{N}-])(${Object.keys(SPELLED).join('|')})(?![\\p{L}\\p{N}])`, 'giu');

/** Numbers that name a standard, a version or a clock time are not amounts. */
const NAMED_BEFORE =
  /(?:\b(?:ISO|IEC|WCAG|RFC|EN|DIN|PCI|TLS|SSL|HTTP|OAuth|SAML|MQTT|version|section|article|art\.?|level|v\.?|step|phase|tier|type|SHA|UTF)|#|№)[\s-]?$/iu;
const ORDINAL_AFTER = /^(?:st|nd|rd|th)\b|^\s?(?:am|pm)\b|^-?\p{L}{0,2}\d|^\/\d/iu;

function scaled(digits: string, times: string | undefined): number {
  const plain = Number(digits.replace(/[^\d.]/gu, ''));
  const factor = times === undefined ? 1 : (MULTIPLIERS[times.trim().toLowerCase()] ?? 1);
  // Rounding removes binary dust such as 1.1 * 1000 = 1100.0000000000002.
  return Number((plain * factor).toPrecision(15));
}

function fromMatch(match: RegExpMatchArray, start: number): NumberToken | undefined {
  const [words, digits = '', times, high1, times1, high2, times2] = match;
  const high = high1 ?? high2;
  const highTimes = high1 === undefined ? times2 : times1;
  const first = scaled(digits, times ?? (high === undefined ? undefined : highTimes));
  const token = { start, end: start + words.length, value: first, spelled: false };
  if (high === undefined) return token;
  const last = scaled(high, highTimes);
  return last > first ? { ...token, value: last, low: first } : undefined;
}

function digitNumbers(text: string): NumberToken[] {
  const tokens: NumberToken[] = [];
  for (const match of text.matchAll(NUMBER)) {
    const before = text.slice(Math.max(0, match.index - 12), match.index);
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 6);
    if (NAMED_BEFORE.test(before) || ORDINAL_AFTER.test(after)) continue;
    const token = fromMatch(match, match.index);
    if (token && Number.isFinite(token.value)) tokens.push(token);
  }
  return tokens;
}

/** All numbers of a clause in order of position, without overlap. */
export function numbersOf(text: string): readonly NumberToken[] {
  const digits = digitNumbers(text);
  const spelled = [...text.matchAll(SPELLED_NUMBER)]
    .map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      value: SPELLED[match[0].toLowerCase()] ?? 0,
      spelled: true,
    }))
    .filter((token) => !digits.some((other) => token.start < other.end && other.start < token.end));
  return [...digits, ...spelled].sort((a, b) => a.start - b.start);
}
