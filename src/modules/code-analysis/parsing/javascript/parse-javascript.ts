import { parseSync } from 'oxc-parser';
import { TooDeep } from '../front-end.js';
import type { Node } from './node.js';

/**
 * The parser is native and recursive: too deep a nesting overflows its stack and takes the process with it, worker threads
 * included. So the text is scanned first. Measured on Node 20 with the 4 MB stack of a thread: 2,000 parentheses, 4,000 arrows.
 */
const MAX_BRACKETS = 500;
/** Operators between two statement ends or commas. Real code stays below 300. */
const MAX_OPERATORS = 1500;
const ATTEMPTS = 6;

/** Parses; what stands before a syntax error is kept. Throws {@link TooDeep}. */
export function parseJavaScript(path: string, text: string): Node {
  scan(text);
  const first = parse(path, text);
  if (first.program) return first.program;
  let before = first.errorAt;
  const cuts: Cut[] = [];
  scan(text.slice(0, before), (at, open) => cuts.push({ at, closers: [...open].reverse().join('') }));
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const cut = lastBefore(cuts, before);
    if (!cut) break;
    const { program } = parse(path, text.slice(0, cut.at) + cut.closers);
    if (program) return program;
    before = cut.at - 1;
  }
  return { type: 'Program', start: 0, end: 0, body: [] };
}

/** TypeScript first for `.js` as well would misread `a<b>(c)`; Flow types in `.js` fail and are read as TSX. */
function parse(path: string, text: string): { program?: Node; errorAt: number } {
  const lang = languageOf(path);
  let errorAt = text.length;
  for (const language of lang === 'jsx'
    ? (['jsx', 'tsx'] as const)
    : lang === 'ts'
      ? (['ts', 'tsx'] as const)
      : [lang]) {
    const result = parseSync(path, text, { lang: language });
    const program = result.program as unknown as Node;
    if (result.errors.length === 0 || (Array.isArray(program.body) && program.body.length > 0))
      return { program, errorAt };
    errorAt = Math.min(errorAt, result.errors[0]?.labels[0]?.start ?? text.length);
  }
  return { errorAt };
}

function languageOf(path: string): 'ts' | 'tsx' | 'jsx' {
  if (/\.[mc]?ts$/.test(path)) return 'ts';
  return path.endsWith('.tsx') ? 'tsx' : 'jsx';
}

/** A place after a whole statement, and the brackets that are open there, closed. */
interface Cut {
  readonly at: number;
  readonly closers: string;
}

function lastBefore(cuts: readonly Cut[], before: number): Cut | undefined {
  for (let at = cuts.length - 1; at >= 0; at -= 1) {
    const cut = cuts[at];
    if (cut && cut.at <= before) return cut;
  }
  return undefined;
}

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|[([{]|[)\]}]|[;,]|=>|<|[!~?:=+*&|.^%>-]|\b(?:typeof|new|if|else|void|delete|await|yield|for|while|do|case|throw|return)\b/g;
const CLOSER: Readonly<Record<string, string | undefined>> = { '(': ')', '[': ']', '{': '}' };

/**
 * One pass without recursion. Regular expressions and template strings are not understood, only survived: a bracket inside one
 * makes the depth wrong by one, which matters to no real file.
 */
function scan(text: string, ended?: (at: number, open: readonly string[]) => void): void {
  const open: string[] = [];
  let operators = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (/^["'/]/.test(token)) continue;
    const closer = CLOSER[token];
    if (closer) open.push(closer);
    else if (/^[)\]}]$/.test(token)) open.pop();
    operators = /^[;,{}]$/.test(token) ? 0 : operators + 1;
    if (open.length > MAX_BRACKETS || operators > MAX_OPERATORS) throw new TooDeep();
    if (/^[;}]$/.test(token)) ended?.(index + 1, open);
  }
}
