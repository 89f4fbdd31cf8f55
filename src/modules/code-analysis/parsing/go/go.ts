import type { CallFact } from '../../linking/facts.js';
import type { Facts } from '../../linking/facts-builder.js';
import type { FrontEnd } from '../front-end.js';
import { rootOf } from '../tree-sitter/calls.js';
import { type Body, type Grammar, loadGrammar, type Shape } from '../tree-sitter/tree-sitter.js';
import type { GoCall, GoSource } from './go-source.js';
import { GoReader } from './read-go.js';

/** The signature of a handler; its body stays in the tree unless it makes routes after all. Others may hand on routers. */
const HANDLER = /\.(Context|Ctx|ResponseWriter|Request)\b/;
const BODY =
  /\.(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Any|All|Add|Handle\w*|Match|Method\w*|Group|Route|Mount|With)\s*\(|ServeMux|\b(gin|echo|fiber|chi)\.(New|Default|NewRouter)/;
const mayRoute = ({ head, text }: Body): boolean => !HANDLER.test(head) || BODY.test(text);

const SHAPE: Shape = {
  grammar: 'go',
  drop: new Set(['comment', 'type_parameters', 'type_parameter_list']),
  leaves: new Set([
    'interpreted_string_literal',
    'raw_string_literal',
    'interface_type',
    'function_type',
    'defer_statement',
  ]),
  asked: new Map([
    ['function_declaration>block', mayRoute],
    ['method_declaration>block', mayRoute],
    ['func_literal>block', mayRoute],
  ]),
};

let grammar: Grammar | undefined;

export const go: FrontEnd<GoSource> = {
  language: 'go',
  extensions: ['.go'],
  async load() {
    grammar ??= await loadGrammar(SHAPE);
  },
  importsIn: (text) =>
    [...text.matchAll(/^(?:import[ \t]+|[ \t]+)(?:[\w.]+[ \t]+)?"([\w./-]+)"[ \t]*$/gm)].map(([, path = '']) => path),
  read(text, facts) {
    if (!grammar) throw new Error('the grammar is not loaded');
    const source = new GoReader(text, facts, grammar.parse(text));
    const standard = new Set(
      facts.imports
        .filter(({ from }) => !(from.split('/')[0] ?? '').includes('.') && !from.includes('/'))
        .map(({ local }) => local),
    );
    facts.calls.push(...source.calls.filter((call) => mayBind(call, standard, facts)).map(callFact));
    return source;
  },
};

const BUILT_IN =
  /^global:(append|len|cap|make|new|panic|print|println|copy|delete|close|string|error|int\d*|float\d+|byte|rune|bool)$/;

/** Whether a call may hand on a router or a path; not one of the language or of its library. */
function mayBind({ callee }: GoCall, standard: ReadonlySet<string>, facts: Facts): boolean {
  const root = rootOf(callee, facts);
  if (root.kind === 'function') return true;
  return root.kind === 'name' && !BUILT_IN.test(root.name) && !standard.has(root.name);
}

const callFact = ({ callee, args, line, scope }: GoCall): CallFact => ({
  callee,
  args,
  line,
  ...(scope === undefined ? {} : { scope }),
});
