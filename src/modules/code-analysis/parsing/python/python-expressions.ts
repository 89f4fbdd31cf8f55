import type { Expr } from '../../linking/facts.js';
import { list, member, name, text, unknown } from '../../linking/facts-builder.js';
import type { Block } from '../tree-sitter/block.js';
import { part, type Syntax } from '../tree-sitter/syntax.js';

/** What the reader lends to the translation of expressions. */
export interface Reading {
  readonly text: string;
  /** Modules imported by their full name: `import a.b` makes `a.b` mean that module. */
  readonly dotted: ReadonlySet<string>;
  /** Binds the value of a call to an id of its own, so that a chain of calls stays linear in size. */
  bindCall(node: Syntax, value: () => Expr): string;
}

type Translate = (node: Syntax, block: Block, reading: Reading, depth: number) => Expr;
const MAX_LEVELS = 300;

/** A tree of the parser → what the linker can evaluate. */
export function toExpr(node: Syntax | undefined, block: Block, reading: Reading, depth = 0): Expr {
  if (!node) return unknown('');
  if (depth > MAX_LEVELS) return unknown('…');
  return TRANSLATE[node.type]?.(node, block, reading, depth + 1) ?? unknown(sourceOf(node, reading));
}

export const sourceOf = ({ start, end }: Syntax, { text: source }: Reading): string => source.slice(start, end);

const inner: Translate = (node, block, reading, depth) => toExpr(node.children[0], block, reading, depth);
const items: Translate = (node, block, reading, depth) =>
  list(node.children.map((child) => toExpr(child, block, reading, depth)));

const TRANSLATE: Readonly<Record<string, Translate | undefined>> = {
  string: stringExpr,
  concatenated_string: (node, block, reading, depth) => ({
    kind: 'join',
    parts: node.children.map((child) => toExpr(child, block, reading, depth)),
  }),
  integer: (node, _block, reading) => text(sourceOf(node, reading)),
  identifier: (node, block, reading) => name(block.resolve(sourceOf(node, reading))),
  attribute: (node, block, reading, depth) => {
    const whole = sourceOf(node, reading);
    if (reading.dotted.has(whole)) return name(whole);
    const key = part(node, 'attribute');
    return member(toExpr(part(node, 'object'), block, reading, depth), key ? sourceOf(key, reading) : '');
  },
  subscript: (node, block, reading, depth) =>
    member(toExpr(part(node, 'value'), block, reading, depth), toExpr(part(node, 'subscript'), block, reading, depth)),
  parenthesized_expression: inner,
  await: inner,
  named_expression: (node, block, reading, depth) => toExpr(part(node, 'value'), block, reading, depth),
  expression_list: items,
  list: items,
  tuple: items,
  set: items,
  list_splat: (node, block, reading, depth) => ({
    kind: 'spread',
    of: toExpr(node.children[0], block, reading, depth),
  }),
  dictionary: record,
  binary_operator: operator,
  boolean_operator: (node, block, reading, depth) => choice(node.children, block, reading, depth),
  conditional_expression: (node, block, reading, depth) =>
    choice([node.children[0], node.children[2]], block, reading, depth),
  call: (node, block, reading, depth) => callValue(node, block, reading, depth),
};

function choice(nodes: readonly (Syntax | undefined)[], block: Block, reading: Reading, depth: number): Expr {
  return { kind: 'choice', options: nodes.flatMap((node) => (node ? [toExpr(node, block, reading, depth)] : [])) };
}

function stringExpr(node: Syntax, block: Block, reading: Reading, depth: number): Expr {
  const prefix = /^[A-Za-z]*/.exec(reading.text.slice(node.start, node.start + 3))?.[0].toLowerCase() ?? '';
  const pieces = node.children.flatMap((child): Expr[] => {
    if (child.type === 'interpolation')
      return [toExpr(part(child, 'expression') ?? child.children[0], block, reading, depth)];
    if (child.type !== 'string_content') return [];
    const raw = sourceOf(child, reading);
    const plain = prefix.includes('r') ? raw : unescaped(raw);
    return [text(prefix.includes('f') ? plain.replace(/\{\{/g, '{').replace(/\}\}/g, '}') : plain)];
  });
  const [only] = pieces;
  if (pieces.length === 0) return text('');
  return pieces.length === 1 && only?.kind === 'text' ? only : { kind: 'join', parts: pieces };
}

const unescaped = (raw: string): string => raw.replace(/\\([\\'"/])/g, '$1').replace(/\\\r?\n/g, '');

function record(node: Syntax, block: Block, reading: Reading, depth: number): Expr {
  const entries = node.children.flatMap((child): (readonly [string, Expr])[] => {
    if (child.type === 'dictionary_splat') return [['...', toExpr(child.children[0], block, reading, depth)]];
    if (child.type !== 'pair') return [];
    const key = toExpr(part(child, 'key'), block, reading, depth);
    return key.kind === 'text' ? [[key.text, toExpr(part(child, 'value'), block, reading, depth)]] : [];
  });
  return { kind: 'record', entries };
}

/** `a + b` and `"/a/%s" % b`; a list `+` a list stays two lists. */
function operator(node: Syntax, block: Block, reading: Reading, depth: number): Expr {
  const left = part(node, 'left');
  const right = part(node, 'right');
  if (!left || !right) return unknown(sourceOf(node, reading));
  const sign = reading.text.slice(left.end, right.start).trim();
  const [a, b] = [toExpr(left, block, reading, depth), toExpr(right, block, reading, depth)];
  return combined(sign, a, b) ?? unknown(sourceOf(node, reading));
}

function combined(sign: string, a: Expr, b: Expr): Expr | undefined {
  const isList = a.kind === 'list' || b.kind === 'list';
  if (sign === '+' && isList)
    return list([
      { kind: 'spread', of: a },
      { kind: 'spread', of: b },
    ]);
  if (sign === '+') return { kind: 'join', parts: [a, b] };
  if (sign === '/' && b.kind === 'text') return { kind: 'join', parts: [a, text('/'), b] };
  return sign === '%' && a.kind === 'text' ? filled(a.text, /%[sdr]/, b.kind === 'list' ? b.items : [b]) : undefined;
}

/** Puts values into the holes of a text. */
function filled(pattern: string, hole: RegExp, values: readonly Expr[]): Expr {
  const pieces = pattern.split(hole);
  return {
    kind: 'join',
    parts: pieces.flatMap((piece, at): Expr[] => {
      const value = values[at];
      return at < pieces.length - 1 ? [text(piece), value ?? unknown('')] : [text(piece)];
    }),
  };
}

function callValue(node: Syntax, block: Block, reading: Reading, depth: number): Expr {
  const callee = part(node, 'function');
  const simple = callee?.type === 'attribute' ? knownMethod(node, callee, block, reading, depth) : undefined;
  return simple ?? name(reading.bindCall(node, () => callExpr(node, block, reading, depth)));
}

export interface Arguments {
  readonly args: readonly Expr[];
  readonly named: readonly (readonly [string, Expr])[];
}

export function argumentsOf(node: Syntax, block: Block, reading: Reading, depth = 0): Arguments {
  const args: Expr[] = [];
  const named: (readonly [string, Expr])[] = [];
  for (const child of part(node, 'arguments')?.children ?? []) {
    const key = part(child, 'name');
    if (child.type === 'keyword_argument' && key)
      named.push([sourceOf(key, reading), toExpr(part(child, 'value'), block, reading, depth)]);
    else if (child.type !== 'dictionary_splat') args.push(toExpr(child, block, reading, depth));
  }
  return { args, named };
}

function callExpr(node: Syntax, block: Block, reading: Reading, depth: number): Expr {
  const { args, named } = argumentsOf(node, block, reading, depth);
  const callee = toExpr(part(node, 'function'), block, reading, depth);
  return { kind: 'call', callee, args, ...(named.length ? { named } : {}) };
}

/** Methods of texts whose result is known without running them, and what the environment falls back to. */
function knownMethod(node: Syntax, callee: Syntax, block: Block, reading: Reading, depth: number): Expr | undefined {
  const object = part(callee, 'object');
  const key = part(callee, 'attribute');
  const read = key && KNOWN[sourceOf(key, reading)];
  if (!object || !read) return undefined;
  const { args } = argumentsOf(node, block, reading, depth);
  return read({ of: () => toExpr(object, block, reading, depth), object, source: sourceOf(object, reading), args });
}

interface KnownCall {
  of(): Expr;
  readonly object: Syntax;
  readonly source: string;
  readonly args: readonly Expr[];
}

const itself = ({ of }: KnownCall): Expr => of();
const fallback = ({ args }: KnownCall): Expr | undefined =>
  args[1] && { kind: 'choice', options: [unknown(''), args[1]] };

const KNOWN: Readonly<Record<string, ((call: KnownCall) => Expr | undefined) | undefined>> = Object.assign(
  Object.create(null) as Record<string, never>,
  {
    lower: itself,
    upper: itself,
    strip: itself,
    rstrip: itself,
    lstrip: itself,
    getenv: fallback,
    get: (call: KnownCall) => (call.source.endsWith('environ') ? fallback(call) : undefined),
    format: ({ of, object, args }: KnownCall) => {
      const pattern = object.type === 'string' ? of() : undefined;
      return pattern?.kind === 'text' ? filled(pattern.text, /\{\w*\}/, args) : undefined;
    },
    join: ({ of, object, args: [first] }: KnownCall): Expr | undefined =>
      object.type === 'string' && first?.kind === 'list'
        ? { kind: 'join', parts: first.items.flatMap((item, at) => (at ? [of(), item] : [item])) }
        : undefined,
  },
);

/** An annotation: `Optional[int]` is a call of `Optional`, `int | None` a choice. Quoted annotations are not read. */
export function typeExpr(node: Syntax | undefined, block: Block, reading: Reading, depth = 0): Expr {
  if (!node || depth > 30) return unknown('');
  const read = TYPES[node.type];
  return read ? read(node, block, reading, depth + 1) : toExpr(node, block, reading, depth + 1);
}

const union: Translate = (node, block, reading, depth) => ({
  kind: 'choice',
  options: node.children.map((one) => typeExpr(one, block, reading, depth)),
});
const generic: Translate = (node, block, reading, depth) => {
  const [callee, ...rest] = node.children;
  const args = rest.flatMap((one) => (one.type === 'type_parameter' ? one.children : [one]));
  return typeCall(callee, args, block, reading, depth);
};

const TYPES: Readonly<Record<string, Translate | undefined>> = {
  type: (node, block, reading, depth) => typeExpr(node.children[0], block, reading, depth),
  generic_type: generic,
  subscript: generic,
  union_type: union,
  binary_operator: union,
  call: (node, block, reading, depth) => {
    const { args, named } = argumentsOf(node, block, reading, depth);
    return { kind: 'call', callee: toExpr(part(node, 'function'), block, reading), args, named };
  },
};

function typeCall(
  callee: Syntax | undefined,
  args: readonly Syntax[],
  block: Block,
  reading: Reading,
  depth: number,
): Expr {
  return {
    kind: 'call',
    callee: toExpr(callee, block, reading),
    args: args.map((one) => typeExpr(one, block, reading, depth + 1)),
  };
}
