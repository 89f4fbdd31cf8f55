/** SQL without its values, so that it may be logged, counted and compared. Pure. */

/** Longer statements are cut: what differs behind that is taken for the same. */
const LONGEST = 4000;

const WHITE = /\s+/y;
const LINE_COMMENT = /--[^\n]*/y;
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /\d(?:[eE][+-]\d|[\w.])*/y;
const PARAMETER = /\$\d+/y;
/** `$$` or `$name$`, which ends with the same. */
const DOLLAR_TAG = /\$(?:[A-Za-z_]\w*)?\$/y;
/** A doubled quote inside reads as two texts side by side, which become one value. */
const TEXT = /'[^']*'?/y;
const ESCAPED_TEXT = /'(?:[^'\\]|\\[\s\S])*'?/y;
const QUOTED_NAME = /"[^"]*"?/y;
/** Words that belong to the text behind them; `E` lets a backslash stand before a quote. */
const TEXT_PREFIX = /^[ebxn]$/i;

interface Token {
  /** As it is told: `?` for a value, one blank for white space and comments. */
  readonly text: string;
  readonly end: number;
}

/**
 * Values become `?`, lists of values behind IN and VALUES and in ARRAY become `…`, white space and comments one blank.
 * No text of a literal is left; names stay as they are.
 */
export function normaliseSql(sql: string): string {
  const text = sql.slice(0, LONGEST);
  // A blank at the start takes those that follow it, and is trimmed.
  const tokens = [' '];
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at);
    append(tokens, token.text);
    at = token.end;
  }
  const normal = foldLists(withoutEnd(tokens.join('')));
  return sql.length > LONGEST ? `${normal} …` : normal;
}

function tokenAt(text: string, at: number): Token {
  const first = text.charAt(at);
  if (first === "'") return { text: '?', end: endOf(TEXT, text, at) };
  if (first === '"') return taken(text, at, endOf(QUOTED_NAME, text, at));
  if (first === '$') return dollarAt(text, at);
  if (text.startsWith('--', at)) return { text: ' ', end: endOf(LINE_COMMENT, text, at) };
  if (text.startsWith('/*', at)) return { text: ' ', end: behind(text, '*/', at + 2) };
  if (/\s/.test(first)) return { text: ' ', end: endOf(WHITE, text, at) };
  if (/\d/.test(first)) return { text: '?', end: endOf(NUMBER, text, at) };
  return wordAt(text, at);
}

function wordAt(text: string, at: number): Token {
  const end = endOf(WORD, text, at);
  const word = text.slice(at, end);
  if (text.charAt(end) !== "'" || !TEXT_PREFIX.test(word)) return taken(text, at, Math.max(end, at + 1));
  return { text: '?', end: endOf(/^e$/i.test(word) ? ESCAPED_TEXT : TEXT, text, end) };
}

/** A parameter, a text between dollars, or the sign itself. */
function dollarAt(text: string, at: number): Token {
  const parameter = endOf(PARAMETER, text, at);
  if (parameter > at) return { text: '?', end: parameter };
  const opened = endOf(DOLLAR_TAG, text, at);
  if (opened === at) return taken(text, at, at + 1);
  return { text: '?', end: behind(text, text.slice(at, opened), opened) };
}

const taken = (text: string, at: number, end: number): Token => ({ text: text.slice(at, end), end });

/** Where the pattern's match that begins at `at` ends; `at` when there is none. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Behind the next `mark`; the end of the text when it is not closed. */
function behind(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

/** One way to write blanks around brackets and commas. */
function append(tokens: string[], token: string): void {
  const last = tokens.at(-1);
  if (token === ' ' && (last === ' ' || last === '(')) return;
  if (token === '?' && last === '?') return;
  if (last === ' ' && (token === ')' || token === ',')) tokens.pop();
  tokens.push(token);
  if (token === ',') tokens.push(' ');
}

/** A statement may end with a semicolon, or not. */
function withoutEnd(text: string): string {
  let rest = text.trim();
  while (rest.endsWith(';')) rest = rest.slice(0, -1).trimEnd();
  return rest;
}

function foldLists(text: string): string {
  return text
    .replace(/\b(IN|VALUES) ?\(\?(?:, \?)*\)(?:, \(\?(?:, \?)*\))*/gi, '$1 (…)')
    .replace(/\bARRAY ?\[\?(?:, \?)*\]/gi, 'ARRAY[…]');
}
