import type { CallFact, Expr } from '../../linking/facts.js';
import type { Facts } from '../../linking/facts-builder.js';
import type { FrontEnd } from '../front-end.js';
import { type Grammar, loadGrammar, type Shape } from '../tree-sitter/tree-sitter.js';
import { rootOf } from '../tree-sitter/calls.js';
import type { PyCall, PySource } from './python-source.js';
import { PyReader } from './read-python.js';

/**
 * Words of interfaces in the body of a decorated function (a handler, mostly) that make routes, and what returns a text; without
 * them such a body is not copied out of the tree. Other functions may hand on routers under any name.
 */
const BODY = /router|register|route\b|_route|mount|Blueprint|_resource|namespace|return\s+f?["']|@/i;

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
  asked: new Map([
    ['function_definition>block', ({ text, around }) => around !== 'decorated_definition' || BODY.test(text)],
  ]),
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
    const calls = source.calls.map((call) => ({ ...call, callee: superOr(call.callee, facts) }));
    facts.calls.push(...calls.filter((call) => mayBind(call, known, facts)).map(callFact));
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

/** `super().__init__(…)` is the linker's `super(…)`. */
function superOr(callee: Expr, facts: Facts): Expr {
  if (callee.kind !== 'member' || callee.key !== '__init__' || callee.of.kind !== 'name') return callee;
  const call = facts.bindings[callee.of.name];
  const isSuper = call?.kind === 'call' && call.callee.kind === 'name' && call.callee.name === 'global:super';
  return isSuper ? { kind: 'name', name: 'super' } : callee;
}

const callFact = ({ callee, args, named, line, scope }: PyCall): CallFact => ({
  callee,
  args,
  line,
  ...(named.size ? { named: [...named] } : {}),
  ...(scope === undefined ? {} : { scope }),
});
