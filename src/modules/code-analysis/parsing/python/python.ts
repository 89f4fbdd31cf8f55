import type { CallFact } from '../../linking/facts.js';
import type { Facts } from '../../linking/facts-builder.js';
import type { FrontEnd } from '../front-end.js';
import { type Grammar, loadGrammar, type Shape } from '../tree-sitter/tree-sitter.js';
import { rootOf } from '../tree-sitter/calls.js';
import type { PyCall, PySource } from './python-source.js';
import { PyReader } from './read-python.js';

/**
 * Bodies that may set up routes, hand on routers or make paths: words of routing, and what returns a text or sets a field. All other
 * bodies (handlers, mostly) are not copied out of the tree.
 */
const BODY =
  /rout|regist|includ|mount|add_|lueprint|prefix|resource|namespace|\bapp\b|\bapi\b|return\s+f?["']|return\s+[\w.]+\s*$|\bself\.\w+\s*=|@/im;

const SHAPE: Shape = {
  grammar: 'python',
  drop: new Set(['comment', 'line_continuation']),
  leaves: new Set([
    'dotted_name',
    'relative_import',
    'string_content',
    'string_start',
    'string_end',
    'assert_statement',
    'raise_statement',
  ]),
  asked: new Map([['function_definition>block', BODY]]),
};

let grammar: Grammar | undefined;

export const python: FrontEnd<PySource> = {
  language: 'python',
  extensions: ['.py'],
  async load() {
    grammar ??= await loadGrammar(SHAPE);
  },
  importsIn,
  read(text, facts) {
    if (!grammar) throw new Error('the grammar is not loaded');
    const source = new PyReader(text, facts, grammar.parse(text));
    const known = new Set([...facts.imports.map(({ local }) => local), ...Object.keys(facts.bindings)]);
    facts.calls.push(...source.calls.filter((call) => mayBind(call, known, facts)).map(callFact));
    return source;
  },
};

const IMPORT = /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?([\w ,\t]*)|import[ \t]+([\w., \t]+))/gm;

function importsIn(text: string): string[] {
  return [...text.matchAll(IMPORT)].flatMap(([, from, names = '', modules = '']) => {
    const list = (from === undefined ? modules : names).split(',').flatMap((one) => one.trim().split(/\s/)[0] || []);
    if (from === undefined) return list;
    return [from, ...list.map((one) => `${from}${from.endsWith('.') ? '' : '.'}${one}`)];
  });
}

/** Whether a call may hand on a router or a path. */
function mayBind({ callee, args, named }: PyCall, known: ReadonlySet<string>, facts: Facts): boolean {
  const root = rootOf(callee, facts);
  if (root.kind !== 'name') return false;
  if (root.name.startsWith('global:')) return facts.imports.some(({ local }) => local === '*') && args.length > 0;
  if (root.name === 'this' || callee.kind === 'name') return true;
  return known.has(root.name) || args.length > 0 || named.size > 0;
}

const callFact = ({ callee, args, named, line, scope }: PyCall): CallFact => ({
  callee,
  args,
  line,
  ...(named.size ? { named: [...named] } : {}),
  ...(scope === undefined ? {} : { scope }),
});
