import type { Expr } from '../../linking/facts.js';
import { list, member, name, text, unknown } from '../../linking/facts-builder.js';
import type { Block } from './lexical.js';
import { bare, isFunction, isNode, nameOf, type Node, stringOf } from './node.js';

/** What the reader lends to the translation of expressions. */
export interface Reading {
  readonly source: string;
  /** The scope of a function's body. */
  scopeOf(node: Node): string;
  /** The binding id of a class expression. */
  classOf(node: Node): string;
  /** Notes that the file needs this module. */
  required(from: string): Expr;
  /** Binds the value of a call to an id of its own, so that a chain of calls stays linear in size. */
  bindCall(node: Node, value: () => Expr): string;
}

type Translate = (node: Node, block: Block, reading: Reading, depth: number) => Expr;
const MAX_LEVELS = 300;

/** A tree of the parser → what the linker can evaluate. */
export function toExpr(node: Node, block: Block, reading: Reading, depth = 0): Expr {
  const at = bare(node);
  if (depth > MAX_LEVELS) return unknown('…');
  if (isFunction(at)) return { kind: 'function', scope: reading.scopeOf(at) };
  return TRANSLATE[at.type]?.(at, block, reading, depth + 1) ?? unknown(reading.source.slice(at.start, at.end));
}

const TRANSLATE: Readonly<Record<string, Translate | undefined>> = {
  Literal: (node, _block, { source }) =>
    typeof node.value === 'string' || typeof node.value === 'number'
      ? text(String(node.value))
      : unknown(source.slice(node.start, node.end)),
  Identifier: (node, block) => name(block.resolve(nameOf(node) ?? '')),
  ThisExpression: () => name('this'),
  Super: () => name('super'),
  TemplateLiteral: template,
  MemberExpression: (node, block, reading, depth) => {
    const of = node.object ? toExpr(node.object, block, reading, depth) : unknown('');
    if (!node.property) return of;
    return member(of, node.computed ? toExpr(node.property, block, reading, depth) : (nameOf(node.property) ?? ''));
  },
  BinaryExpression: (node, block, reading, depth) => {
    if (node.operator !== '+' || !node.left || !node.right) return unknown(reading.source.slice(node.start, node.end));
    return {
      kind: 'join',
      parts: [toExpr(node.left, block, reading, depth), toExpr(node.right, block, reading, depth)],
    };
  },
  LogicalExpression: (node, block, reading, depth) => choice([node.left, node.right], block, reading, depth),
  ConditionalExpression: (node, block, reading, depth) =>
    choice([isNode(node.consequent) ? node.consequent : undefined, node.alternate ?? undefined], block, reading, depth),
  AssignmentExpression: (node, block, reading, depth) =>
    node.right ? toExpr(node.right, block, reading, depth) : unknown(''),
  SequenceExpression: (node, block, reading, depth) => {
    const last = node.expressions?.at(-1);
    return last ? toExpr(last, block, reading, depth) : unknown('');
  },
  ArrayExpression: (node, block, reading, depth) =>
    list((node.elements ?? []).flatMap((element) => (element ? [toExpr(element, block, reading, depth)] : []))),
  SpreadElement: (node, block, reading, depth) => ({
    kind: 'spread',
    of: node.argument ? toExpr(node.argument, block, reading, depth) : unknown(''),
  }),
  ObjectExpression: record,
  ClassExpression: (node, _block, reading) => name(reading.classOf(node)),
  ImportExpression: (node, _block, reading) => {
    const from = stringOf(node.source);
    return from === undefined ? unknown('import()') : reading.required(from);
  },
  NewExpression: call,
  CallExpression: call,
};

function template(node: Node, block: Block, reading: Reading, depth: number): Expr {
  const parts = (node.quasis ?? []).flatMap(({ value }, at): Expr[] => {
    const hole = node.expressions?.[at];
    const cooked = value.cooked ? [text(value.cooked)] : [];
    return hole ? [...cooked, toExpr(hole, block, reading, depth)] : cooked;
  });
  return { kind: 'join', parts };
}

function choice(nodes: readonly (Node | undefined)[], block: Block, reading: Reading, depth: number): Expr {
  return { kind: 'choice', options: nodes.flatMap((node) => (node ? [toExpr(node, block, reading, depth)] : [])) };
}

function record(node: Node, block: Block, reading: Reading, depth: number): Expr {
  const entries = (node.properties ?? []).flatMap((property): (readonly [string, Expr])[] => {
    if (property.type === 'SpreadElement')
      return property.argument ? [['...', toExpr(property.argument, block, reading, depth)]] : [];
    const key = keyOf(property, block, reading, depth);
    return key !== undefined && isNode(property.value) ? [[key, toExpr(property.value, block, reading, depth)]] : [];
  });
  return { kind: 'record', entries };
}

function keyOf(property: Node, block: Block, reading: Reading, depth: number): string | undefined {
  if (!property.computed || !property.key) return nameOf(property.key);
  const key = toExpr(property.key, block, reading, depth);
  return key.kind === 'text' ? key.text : undefined;
}

function call(node: Node, block: Block, reading: Reading, depth: number): Expr {
  const callee = node.callee ? bare(node.callee) : undefined;
  if (!callee) return unknown('');
  const first = node.arguments?.[0];
  if (callee.type === 'Identifier' && callee.name === 'require' && block.resolve('require') === 'global:require') {
    const from = stringOf(first);
    return from === undefined ? unknown('require()') : reading.required(from);
  }
  const simple = callee.type === 'MemberExpression' ? textMethod(node, callee, block, reading, depth) : undefined;
  return simple ?? name(reading.bindCall(node, () => callExpr(node, callee, block, reading, depth)));
}

function callExpr(node: Node, callee: Node, block: Block, reading: Reading, depth: number): Expr {
  return {
    kind: 'call',
    callee: toExpr(callee, block, reading, depth),
    args: (node.arguments ?? []).map((argument) => toExpr(argument, block, reading, depth)),
    ...(node.type === 'NewExpression' ? { isNew: true } : {}),
  };
}

/** Methods of strings and lists whose result is known without running them. */
function textMethod(node: Node, callee: Node, block: Block, reading: Reading, depth: number): Expr | undefined {
  const method = callee.computed ? undefined : nameOf(callee.property);
  const result = method === undefined || !callee.object ? undefined : TEXT_METHODS.get(method);
  const translated = (part: Node) => toExpr(part, block, reading, depth);
  return callee.object && result?.(callee.object, node.arguments ?? [], translated);
}

type TextMethod = (object: Node, args: readonly Node[], translated: (node: Node) => Expr) => Expr | undefined;

const same: TextMethod = (object, _args, translated) => translated(object);

const TEXT_METHODS = new Map<string, TextMethod>([
  ...['toLowerCase', 'toUpperCase', 'toString', 'trim', 'bind'].map((name): [string, TextMethod] => [name, same]),
  ['freeze', (_object, [first], translated) => first && translated(first)],
  [
    'concat',
    (object, args, translated) =>
      bare(object).type === 'ArrayExpression' ? undefined : { kind: 'join', parts: [object, ...args].map(translated) },
  ],
  [
    'join',
    (object, args, translated) => {
      const parts = joined(object, args);
      return parts && { kind: 'join', parts: separated(parts.nodes.map(translated), parts.by) };
    },
  ],
]);

/** `[a, b].join('/')` and `path.join(a, b)`. */
function joined(of: Node, args: readonly Node[]): { nodes: readonly Node[]; by: string } | undefined {
  const { type, elements } = bare(of);
  if (type === 'ArrayExpression')
    return { nodes: (elements ?? []).flatMap((one) => (one ? [one] : [])), by: stringOf(args[0]) ?? ',' };
  return args.length > 1 ? { nodes: args, by: '/' } : undefined;
}

const separated = (parts: readonly Expr[], by: string): Expr[] =>
  parts.flatMap((part, at) => (at === 0 ? [part] : [text(by), part]));

/** The name of a type, to be resolved like a value: `FastifyInstance`, `express.Router`. */
export function typeExpr(node: Node, block: Block): Expr {
  if (node.type === 'TSQualifiedName' && node.left && node.right)
    return member(typeExpr(node.left, block), nameOf(node.right) ?? '');
  return name(block.resolve(nameOf(node) ?? ''));
}
