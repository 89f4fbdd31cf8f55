import type { Expr } from '../../linking/facts.js';
import { list, member, name, text, unknown } from '../../linking/facts-builder.js';
import type { Block } from '../tree-sitter/block.js';
import { part, type Syntax } from '../tree-sitter/syntax.js';

/** What the reader lends to the translation of expressions. */
export interface Reading {
  readonly text: string;
  /** The value of a name that no block declares. */
  inherited(identifier: string, block: Block): Expr;
  bindCall(node: Syntax, value: () => Expr): string;
  scopeOf(node: Syntax): string;
}

type Translate = (node: Syntax, block: Block, reading: Reading, depth: number) => Expr;
const MAX_LEVELS = 300;

export function toExpr(node: Syntax | undefined, block: Block, reading: Reading, depth = 0): Expr {
  if (!node) return unknown('');
  if (depth > MAX_LEVELS) return unknown('…');
  return TRANSLATE[node.type]?.(node, block, reading, depth + 1) ?? unknown(sourceOf(node, reading));
}

export const sourceOf = ({ start, end }: Syntax, { text: source }: Reading): string => source.slice(start, end);

const items: Translate = (node, block, reading, depth) =>
  list(node.children.map((child) => toExpr(child, block, reading, depth)));
const inner: Translate = (node, block, reading, depth) => toExpr(node.children.at(-1), block, reading, depth);

function identifier(node: Syntax, block: Block, reading: Reading): Expr {
  const called = sourceOf(node, reading);
  const id = block.find(called);
  return id === undefined ? reading.inherited(called, block) : name(id);
}

const TRANSLATE: Readonly<Record<string, Translate | undefined>> = {
  string_literal: (node, _block, reading) => text(unquoted(sourceOf(node, reading))),
  decimal_integer_literal: (node, _block, reading) => text(sourceOf(node, reading)),
  identifier,
  type_identifier: identifier,
  this: () => name('this'),
  super: () => name('super'),
  field_access: (node, block, reading, depth) => {
    const key = part(node, 'field');
    return member(toExpr(part(node, 'object'), block, reading, depth), key ? sourceOf(key, reading) : '');
  },
  scoped_type_identifier: (node, block, reading, depth) => {
    const [of, key] = node.children;
    return member(toExpr(of, block, reading, depth), key ? sourceOf(key, reading) : '');
  },
  generic_type: (node, block, reading, depth) => toExpr(node.children[0], block, reading, depth),
  binary_expression: (node, block, reading, depth) => {
    const [left, right] = [part(node, 'left'), part(node, 'right')];
    if (!left || !right || reading.text.slice(left.end, right.start).trim() !== '+')
      return unknown(sourceOf(node, reading));
    return { kind: 'join', parts: [left, right].map((side) => toExpr(side, block, reading, depth)) };
  },
  ternary_expression: (node, block, reading, depth) => ({
    kind: 'choice',
    options: [part(node, 'consequence'), part(node, 'alternative')].map((one) => toExpr(one, block, reading, depth)),
  }),
  parenthesized_expression: inner,
  cast_expression: (node, block, reading, depth) => toExpr(part(node, 'value'), block, reading, depth),
  element_value_array_initializer: items,
  array_initializer: items,
  array_creation_expression: (node, block, reading, depth) => toExpr(part(node, 'value'), block, reading, depth),
  lambda_expression: (node, block, reading, depth) => {
    const body = part(node, 'body');
    const takesNone =
      part(node, 'parameters')?.children.length === 0 && part(node, 'parameters')?.type !== 'identifier';
    if (takesNone && body && body.type !== 'block') return toExpr(body, block, reading, depth);
    return { kind: 'function', scope: reading.scopeOf(node) };
  },
  method_reference: (node, block, reading, depth) => {
    const [of, key] = node.children;
    return member(toExpr(of, block, reading, depth), key ? sourceOf(key, reading) : '');
  },
  method_invocation: (node, block, reading, depth) =>
    textMethod(node, block, reading, depth) ??
    name(reading.bindCall(node, () => callExpr(node, block, reading, depth))),
  object_creation_expression: (node, block, reading, depth) =>
    name(
      reading.bindCall(node, () => ({
        kind: 'call',
        callee: toExpr(part(node, 'type'), block, reading, depth),
        args: argumentsOf(node, block, reading, depth),
        isNew: true,
      })),
    ),
};

function unquoted(source: string): string {
  const inside = source.startsWith('"""') ? source.slice(3, -3).trim() : source.slice(1, -1);
  return inside.replace(/\\(["'\\])/g, '$1');
}

const argumentsOf = (node: Syntax, block: Block, reading: Reading, depth: number): Expr[] =>
  (part(node, 'arguments')?.children ?? []).map((one) => toExpr(one, block, reading, depth));

function callExpr(node: Syntax, block: Block, reading: Reading, depth: number): Expr {
  const called = part(node, 'name');
  const object = part(node, 'object');
  const key = called ? sourceOf(called, reading) : '';
  const callee = object
    ? member(toExpr(object, block, reading, depth), key)
    : (methodOf(key, block) ?? reading.inherited(key, block));
  return { kind: 'call', callee, args: argumentsOf(node, block, reading, depth) };
}

/** An own method, or a statically imported one. */
const methodOf = (key: string, block: Block): Expr | undefined => {
  const id = block.find(`${key}()`) ?? block.find(key);
  return id === undefined ? undefined : name(id);
};

/** `"/a".concat(b)`, `String.format("/a/%s", b)`, `"/a/%s".formatted(b)`, `List.of(…)`. */
function textMethod(node: Syntax, block: Block, reading: Reading, depth: number): Expr | undefined {
  const [object, called] = [part(node, 'object'), part(node, 'name')];
  const method = called && sourceOf(called, reading);
  if (!object || !method || !/^(concat|format|formatted|of|asList)$/.test(method)) return undefined;
  const args = argumentsOf(node, block, reading, depth);
  if (method === 'concat') return { kind: 'join', parts: [toExpr(object, block, reading, depth), ...args] };
  if (/^(List|Set|Arrays|Stream)$/.test(sourceOf(object, reading))) return list(args);
  const [first, ...values] = method === 'format' ? args : [toExpr(object, block, reading, depth), ...args];
  if (first?.kind !== 'text') return undefined;
  const pieces = first.text.split(/%[sd]/);
  return {
    kind: 'join',
    parts: pieces.flatMap((piece, at) =>
      at < pieces.length - 1 ? [text(piece), values[at] ?? unknown('')] : [text(piece)],
    ),
  };
}
