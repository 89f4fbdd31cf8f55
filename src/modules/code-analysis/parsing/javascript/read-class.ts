import type { Expr } from '../../linking/facts.js';
import { name } from '../../linking/facts-builder.js';
import { toExpr, typeExpr } from './expressions.js';
import type { JsClass, JsDecorator, JsMethod, JsParam } from './js-source.js';
import type { Block } from './lexical.js';
import { isNode, nameOf, type Node } from './node.js';
import type { JsReader } from './read-javascript.js';

/** A class: its bases, its fields and methods as bindings `Class.member`, its decorators. */
export function readClass(reader: JsReader, node: Node, block: Block): void {
  const named = nameOf(node.id);
  const id = named !== undefined && node.type === 'ClassDeclaration' ? block.declare(named) : reader.classOf(node);
  reader.nameClass(node, id);
  if (node.superClass) reader.walk(node.superClass, block);
  for (const decorator of node.decorators ?? []) reader.walk(decorator, block);
  const constructorScope = `${id}:new`;
  const body = isNode(node.body) && Array.isArray(node.body.body) ? (node.body.body as readonly Node[]) : [];
  const fields = block.child(constructorScope, id);
  const own = body.find(({ kind }) => kind === 'constructor')?.value;
  for (const element of body) if (element.value !== own) readElement(reader, element, id, fields);
  if (isNode(own)) readConstructor(reader, own, id, block, constructorScope);
  else reader.addScope({ id: constructorScope, params: [], ofClass: id }, block);
  reader.facts.classes.push({
    id,
    bases: node.superClass ? [toExpr(node.superClass, block, reader)] : [],
    constructorScope,
    ...(own ? {} : { inheritsConstructor: true }),
    ...(node.abstract ? { abstract: true } : {}),
  });
  reader.classes.push(classOf(reader, node, id, body, block));
}

function readConstructor(reader: JsReader, own: Node, id: string, block: Block, scope: string): void {
  reader.nameScope(own, scope);
  reader.walkFunction(own, block, { self: id, ofClass: id });
}

/** Fields belong to the constructor's scope: each instance has its own. Methods have scopes of their own. */
function readElement(reader: JsReader, element: Node, id: string, block: Block): void {
  const key = element.computed ? undefined : (nameOf(element.key) ?? undefined);
  const { value } = element;
  for (const decorator of element.decorators ?? []) reader.walk(decorator, block);
  if (!isNode(value)) {
    if (isNode(element.body)) reader.walk(element.body, block);
    return;
  }
  if (key !== undefined) reader.facts.bind(`${id}.${key}`, toExpr(value, block, reader));
  if (element.kind === 'get' && key !== undefined) getter(reader, id, key, value);
  if (/^TSEmptyBody/.test(value.type)) return;
  if (element.type === 'MethodDefinition') reader.walkFunction(value, block, { self: id, ofClass: id });
  else reader.walk(value, block);
}

/** A getter is what it returns. */
function getter(reader: JsReader, id: string, key: string, value: Node): void {
  const callee: Expr = { kind: 'function', scope: reader.scopeOf(value) };
  reader.facts.bindings[`${id}.${key}`] = { kind: 'call', callee, args: [] };
}

function classOf(reader: JsReader, node: Node, id: string, body: readonly Node[], block: Block): JsClass {
  return {
    id,
    line: reader.lineOf(node.start),
    decorators: decoratorsOf(reader, node, block),
    methods: body.flatMap((element) => methodOf(reader, element, block)),
    ...(block.scope ? { scope: block.scope } : {}),
  };
}

function methodOf(reader: JsReader, element: Node, block: Block): JsMethod[] {
  const key = nameOf(element.key);
  if (!isNode(element.value) || key === undefined || !element.decorators?.length) return [];
  const params = (element.value.params ?? []).map((param) => paramOf(reader, param, block));
  const decorators = decoratorsOf(reader, element, block);
  return [{ name: key, line: decorators[0]?.line ?? reader.lineOf(element.start), decorators, params }];
}

function paramOf(reader: JsReader, param: Node, block: Block): JsParam {
  const node = param.type === 'TSParameterProperty' && param.parameter ? param.parameter : param;
  const target = node.type === 'AssignmentPattern' && node.left ? node.left : node;
  const annotation = target.typeAnnotation?.typeAnnotation;
  return {
    name: nameOf(target) ?? '',
    optional: target !== node || target.optional === true,
    decorators: decoratorsOf(reader, param.decorators?.length ? param : target, block),
    ...(annotation ? { type: reader.source.slice(annotation.start, annotation.end) } : {}),
    ...(annotation?.typeName ? { typeName: typeExpr(annotation.typeName, block) } : {}),
  };
}

function decoratorsOf(reader: JsReader, node: Node, block: Block): JsDecorator[] {
  return (node.decorators ?? []).flatMap((decorator) => {
    const at = typeof decorator.expression === 'object' ? decorator.expression : undefined;
    if (!at) return [];
    const callee = at.type === 'CallExpression' && at.callee ? at.callee : at;
    const args = at.type === 'CallExpression' ? (at.arguments ?? []) : [];
    return [
      {
        callee:
          callee.type === 'Identifier' ? name(block.resolve(nameOf(callee) ?? '')) : toExpr(callee, block, reader),
        args: args.map((argument) => toExpr(argument, block, reader)),
        line: reader.lineOf(decorator.start),
      },
    ];
  });
}
