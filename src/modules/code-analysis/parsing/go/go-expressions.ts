import type { Expr } from '../../linking/facts.js';
import { list, member, name, text, unknown } from '../../linking/facts-builder.js';
import type { Block } from '../tree-sitter/block.js';
import { part, type Syntax } from '../tree-sitter/syntax.js';

/** What the reader lends to the translation of expressions. */
export interface Reading {
  readonly text: string;
  bindCall(node: Syntax, value: () => Expr): string;
}

type Translate = (node: Syntax, block: Block, reading: Reading, depth: number) => Expr;
const MAX_LEVELS = 300;

export function toExpr(node: Syntax | undefined, block: Block, reading: Reading, depth = 0): Expr {
  if (!node) return unknown('');
  if (depth > MAX_LEVELS) return unknown('…');
  return TRANSLATE[node.type]?.(node, block, reading, depth + 1) ?? unknown(sourceOf(node, reading));
}

export const sourceOf = ({ start, end }: Syntax, { text: source }: Reading): string => source.slice(start, end);

/** The scope of a function's body. */
export const scopeOf = (node: Syntax): string => `s${node.start}`;

const inner: Translate = (node, block, reading, depth) => toExpr(node.children[0], block, reading, depth);
const identifier: Translate = (node, block, reading) => name(block.resolve(sourceOf(node, reading)));

const TRANSLATE: Readonly<Record<string, Translate | undefined>> = {
  interpreted_string_literal: (node, _block, reading) =>
    text(
      sourceOf(node, reading)
        .slice(1, -1)
        .replace(/\\(["\\])/g, '$1'),
    ),
  raw_string_literal: (node, _block, reading) => text(sourceOf(node, reading).slice(1, -1)),
  int_literal: (node, _block, reading) => text(sourceOf(node, reading)),
  identifier,
  type_identifier: identifier,
  field_identifier: identifier,
  package_identifier: identifier,
  selector_expression: (node, block, reading, depth) => {
    const key = part(node, 'field');
    return member(toExpr(part(node, 'operand'), block, reading, depth), key ? sourceOf(key, reading) : '');
  },
  qualified_type: (node, block, reading, depth) => {
    const key = part(node, 'name');
    return member(toExpr(part(node, 'package'), block, reading, depth), key ? sourceOf(key, reading) : '');
  },
  pointer_type: inner,
  generic_type: inner,
  parenthesized_expression: inner,
  literal_element: inner,
  expression_list: inner,
  unary_expression: (node, block, reading, depth) => toExpr(part(node, 'operand'), block, reading, depth),
  index_expression: (node, block, reading, depth) =>
    member(toExpr(part(node, 'operand'), block, reading, depth), toExpr(part(node, 'index'), block, reading, depth)),
  type_conversion_expression: (node, block, reading, depth) => toExpr(part(node, 'operand'), block, reading, depth),
  binary_expression: (node, block, reading, depth) => {
    const [left, right] = [part(node, 'left'), part(node, 'right')];
    if (!left || !right || reading.text.slice(left.end, right.start).trim() !== '+')
      return unknown(sourceOf(node, reading));
    return { kind: 'join', parts: [left, right].map((side) => toExpr(side, block, reading, depth)) };
  },
  func_literal: (node) => ({ kind: 'function', scope: scopeOf(node) }),
  composite_literal: (node, block, reading, depth) =>
    composite(part(node, 'type'), part(node, 'body'), block, reading, depth),
  call_expression: (node, block, reading, depth) =>
    textFunction(node, block, reading, depth) ??
    name(
      reading.bindCall(node, () => ({
        kind: 'call',
        callee: toExpr(part(node, 'function'), block, reading, depth),
        args: argumentsOf(node, block, reading, depth),
      })),
    ),
};

const argumentsOf = (node: Syntax, block: Block, reading: Reading, depth: number): Expr[] =>
  (part(node, 'arguments')?.children ?? []).map((one) => toExpr(one, block, reading, depth));

const LISTS = /^(slice|array|implicit_length_array)_type$/;

/** `[]T{…}` is a list, `map[K]V{…}` and an anonymous struct a record, `T{…}` a new `T`. */
function composite(
  type: Syntax | undefined,
  body: Syntax | undefined,
  block: Block,
  reading: Reading,
  depth: number,
): Expr {
  if (!body || depth > MAX_LEVELS) return unknown('');
  if (type && LISTS.test(type.type))
    return list(body.children.map((one) => elementOf(part(type, 'element'), one, block, reading, depth)));
  if (!type || type.type === 'map_type' || type.type === 'struct_type')
    return { kind: 'record', entries: entriesOf(type && part(type, 'value'), body, block, reading, depth) };
  return {
    kind: 'call',
    callee: toExpr(type, block, reading, depth),
    ...fieldsOf(body, block, reading, depth),
    isNew: true,
  };
}

/** `T{Path: "/x"}` by name, `T{"/x"}` in order. */
function fieldsOf(body: Syntax, block: Block, reading: Reading, depth: number) {
  const isKeyed = body.children.some((one) => one.type === 'keyed_element');
  if (isKeyed) return { args: [], named: entriesOf(undefined, body, block, reading, depth) };
  return { args: body.children.map((one) => toExpr(one, block, reading, depth)) };
}

/** An element whose type is that of the list: `{Path: "/x"}`. */
function elementOf(type: Syntax | undefined, node: Syntax, block: Block, reading: Reading, depth: number): Expr {
  const value = node.type === 'literal_element' ? node.children[0] : node;
  if (value?.type !== 'literal_value') return toExpr(value, block, reading, depth + 1);
  return composite(type?.type === 'pointer_type' ? type.children[0] : type, value, block, reading, depth + 1);
}

function entriesOf(
  type: Syntax | undefined,
  body: Syntax,
  block: Block,
  reading: Reading,
  depth: number,
): (readonly [string, Expr])[] {
  return body.children.flatMap((one): (readonly [string, Expr])[] => {
    const [key, value] = [part(one, 'key')?.children[0], part(one, 'value')];
    if (one.type !== 'keyed_element' || !key || !value) return [];
    const read = /string_literal$/.test(key.type) ? toExpr(key, block, reading, depth) : text(sourceOf(key, reading));
    return read.kind === 'text' ? [[read.text, elementOf(type, value, block, reading, depth)]] : [];
  });
}

/** `fmt.Sprintf("/v%d/%s", 1, x)`, `path.Join(a, b)`, `string(x)`, `strings.ToLower(x)`. */
function textFunction(node: Syntax, block: Block, reading: Reading, depth: number): Expr | undefined {
  const callee = part(node, 'function');
  const called = callee ? sourceOf(callee, reading) : '';
  if (
    !/^(fmt\.Sprintf|path\.Join|url\.JoinPath|string|strings\.(ToLower|TrimSpace|TrimSuffix|TrimRight))$/.test(called)
  )
    return undefined;
  const [first, ...values] = argumentsOf(node, block, reading, depth);
  if (called === 'path.Join' || called === 'url.JoinPath')
    return {
      kind: 'join',
      parts: [first ?? text(''), ...values].flatMap((one, at) => (at ? [text('/'), one] : [one])),
    };
  if (called !== 'fmt.Sprintf') return first;
  if (first?.kind !== 'text') return undefined;
  const pieces = first.text.split(/%[sdvq]/);
  return {
    kind: 'join',
    parts: pieces.flatMap((piece, at) =>
      at < pieces.length - 1 ? [text(piece), values[at] ?? unknown('')] : [text(piece)],
    ),
  };
}
