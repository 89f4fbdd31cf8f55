import type { FrontEnd } from '../front-end.js';
import { type Grammar, loadGrammar, type Shape } from '../tree-sitter/tree-sitter.js';
import type { JavaSource } from './java-source.js';
import { JavaReader } from './read-java.js';

/** Bodies that may make routes or paths; all other bodies are not copied out of the tree. */
const BODY =
  /\b(route|nest|RouterFunction\w*)\s*[(.]|\.\s*(path|and\w*|GET|POST|PUT|DELETE|PATCH)\s*\(|return\s+("|[A-Z][\w.]*\s*[;+])/;

const SHAPE: Shape = {
  grammar: 'java',
  drop: new Set(['line_comment', 'block_comment', 'throws', 'type_parameters', 'static_initializer']),
  leaves: new Set(['string_literal', 'scoped_identifier', 'type_arguments', 'class_literal', 'throw_statement']),
  asked: new Map([
    ['method_declaration>block', BODY],
    ['constructor_declaration>constructor_body', /\bthis\s*\.\s*\w+\s*=/],
  ]),
};

let grammar: Grammar | undefined;

export const java: FrontEnd<JavaSource> = {
  language: 'java',
  extensions: ['.java'],
  async load() {
    grammar ??= await loadGrammar(SHAPE);
  },
  importsIn: (text) =>
    [...text.matchAll(/^import\s+(?:static\s+)?([\w.]+?)(?:\.\*)?\s*;/gm)].map(([, path = '']) => path),
  read(text, facts) {
    if (!grammar) throw new Error('the grammar is not loaded');
    return new JavaReader(text, facts, grammar.parse(text));
  },
};
