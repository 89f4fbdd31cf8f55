import type { FrontEnd } from '../front-end.js';
import { mended } from '../tree-sitter/mend.js';
import { type Grammar, loadGrammar, type Shape } from '../tree-sitter/tree-sitter.js';
import type { JavaSource } from './java-source.js';
import { JavaReader } from './read-java.js';

/** Methods that make routes, by what they return or call, and those that may make paths; all other bodies stay in the tree. */
const ROUTES = /RouterFunction|\b(route|nest)\s*\(/;
const TEXT = /return\s+("|[\w.]+\s*[;+])/;

const SHAPE: Shape = {
  grammar: 'java',
  drop: new Set(['line_comment', 'block_comment', 'throws', 'type_parameters', 'static_initializer']),
  leaves: new Set(['string_literal', 'scoped_identifier', 'type_arguments', 'class_literal', 'throw_statement']),
  asked: new Map([
    ['method_declaration>block', ({ head, text }) => ROUTES.test(head) || ROUTES.test(text) || TEXT.test(text)],
    ['constructor_declaration>constructor_body', ({ text }) => /\bthis\s*\.\s*\w+\s*=/.test(text)],
  ]),
};

let grammar: Grammar | undefined;

function grammarOf(): Grammar {
  if (!grammar) throw new Error('the grammar is not loaded');
  return grammar;
}

export const java: FrontEnd<JavaSource> = {
  language: 'java',
  extensions: ['.java'],
  async load() {
    grammar ??= await loadGrammar(SHAPE);
  },
  importsIn: (text) =>
    [...text.matchAll(/^import\s+(?:static\s+)?([\w.]+?)(?:\.\*)?\s*;/gm)].map(([, path = '']) => path),
  read(text, facts) {
    const parse = (one: string) => grammarOf().parse(one);
    return new JavaReader(text, facts, mended(parse(text), text, parse));
  },
};
