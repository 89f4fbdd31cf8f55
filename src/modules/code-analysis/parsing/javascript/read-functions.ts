import type { Expr, ScopeFact } from '../../linking/facts.js';
import { name } from '../../linking/facts-builder.js';
import { type Reading, toExpr, typeExpr } from './expressions.js';
import type { Block } from './lexical.js';
import { bare, childrenOf, isFunction, isNode, nameOf, type Node, unassigned, unwrapped } from './node.js';
import { bindPattern } from './read-bindings.js';
import type { JsReader } from './read-javascript.js';

/** The scope of a function: parameters, body, what it returns. `self` is the class whose method it is. */
export function readFunction(reader: JsReader, node: Node, block: Block, self?: string): void {
  const id = reader.scopeOf(node);
  const inner = block.child(id, self ?? (node.type === 'ArrowFunctionExpression' ? block.self : undefined));
  const declared = node.type === 'FunctionDeclaration' ? nameOf(node.id) : undefined;
  if (declared !== undefined) reader.facts.bind(block.declare(declared), { kind: 'function', scope: id });
  const params = (node.params ?? []).map((param) => readParam(reader, param, inner));
  readBody(reader, node, inner, id);
  reader.addScope({ id, params, ...(self === undefined ? {} : { ofClass: self }) }, block);
}

function readBody(reader: JsReader, { body }: Node, inner: Block, id: string): void {
  if (!isNode(body)) return;
  if (body.type === 'BlockStatement') reader.walkBody(childrenOf(body.body), inner);
  else {
    reader.walk(body, inner);
    reader.addReturn(id, toExpr(body, inner, reader));
  }
}

/** Declares a parameter, its default and its type; returns its id. */
function readParam(reader: JsReader, param: Node, inner: Block): string {
  const node = unwrapped(param);
  const target = unassigned(node);
  const plain = target.type === 'Identifier' ? nameOf(target) : undefined;
  const id = inner.declare(plain ?? `parameter${node.start}`);
  if (target !== node && node.right) {
    reader.walk(node.right, inner);
    reader.facts.bind(id, toExpr(node.right, inner, reader));
  }
  if (plain === undefined) bindPattern(reader, target, name(id), inner);
  else if (param !== node && inner.self) reader.facts.bind(`${inner.self}.${plain}`, name(id));
  noteType(reader, target, id, inner);
  return id;
}

function noteType(reader: JsReader, target: Node, id: string, inner: Block): void {
  const typeName = target.typeAnnotation?.typeAnnotation?.typeName;
  if (!typeName || inner.scope === undefined) return;
  const line = reader.lineOf(target.start);
  reader.typedParams.push({ id, typeName: typeExpr(typeName, inner), scope: inner.scope, line });
}

/** `for (const x of list)`, `for (const key in object)`. */
export function readLoop(reader: JsReader, node: Node, block: Block): boolean {
  const { left, right, body } = node;
  if (!left || !right || !isNode(body)) return false;
  reader.walk(right, block);
  const id = `s${node.start}`;
  const inner = block.child(id);
  const param = readElement(reader, left, inner);
  reader.walk(body, inner);
  const loop = loopOver(bare(right), node.type === 'ForInStatement', block, reader);
  reader.addScope({ id, params: [param], loop }, block);
  return true;
}

/** Declares what a loop gives its body; returns its id. */
function readElement(reader: JsReader, left: Node, inner: Block): string {
  const target = left.type === 'VariableDeclaration' ? left.declarations?.[0]?.id : left;
  const plain = target?.type === 'Identifier' ? nameOf(target) : undefined;
  const param = inner.declare(plain ?? `element${left.start}`);
  if (target && plain === undefined) bindPattern(reader, target, name(param), inner);
  return param;
}

/** Records a call, and makes a loop of `list.forEach(function)`. */
export function readCall(reader: JsReader, node: Node, block: Block): boolean {
  const callee = node.callee && bare(node.callee);
  if (!callee) return false;
  const value = toExpr(node, block, reader);
  const call = value.kind === 'name' ? reader.facts.bindings[value.name] : undefined;
  if (value.kind === 'name' && call?.kind === 'call') record(reader, value.name, node, call, block);
  const body = eachBody(node, callee);
  if (!body || !callee.object) return false;
  reader.walk(callee, block);
  readFunction(reader, body, block);
  const scope = reader.facts.scopes.pop();
  if (scope) reader.facts.scopes.push({ ...scope, loop: loopOver(bare(callee.object), false, block, reader) });
  return true;
}

/** The function of `list.forEach(function)` and its sisters. */
function eachBody(node: Node, callee: Node): Node | undefined {
  if (callee.type !== 'MemberExpression' || callee.computed) return undefined;
  if (!/^(forEach|map|flatMap)$/.test(nameOf(callee.property) ?? '')) return undefined;
  const body = node.arguments?.[0] && bare(node.arguments[0]);
  return body && isFunction(body) ? body : undefined;
}

function record(reader: JsReader, id: string, node: Node, call: Expr & { kind: 'call' }, block: Block): void {
  const { callee, args } = call;
  const written = node.callee && bare(node.callee);
  reader.calls.push({
    id,
    callee,
    args,
    isNew: node.type === 'NewExpression',
    // Of a chain, the line of the method and not that of its start.
    line: reader.lineOf(written?.property?.start ?? node.start),
    ...(block.scope ? { scope: block.scope } : {}),
    ...(callee.kind === 'member' ? { receiver: callee.of, method: callee.key } : {}),
  });
}

/** `Object.entries(x)` and its sisters give keys and values of a record. */
function loopOver(node: Node, keys: boolean, block: Block, reading: Reading): NonNullable<ScopeFact['loop']> {
  const each = objectMethod(node);
  const [of] = node.arguments ?? [];
  if (of && (each === 'keys' || each === 'values' || each === 'entries'))
    return { over: toExpr(of, block, reading), each };
  return { over: toExpr(node, block, reading), each: keys ? 'keys' : 'values' };
}

function objectMethod({ type, callee }: Node): string | undefined {
  const called = type === 'CallExpression' && callee ? bare(callee) : undefined;
  return called?.object && nameOf(called.object) === 'Object' ? nameOf(called.property) : undefined;
}
