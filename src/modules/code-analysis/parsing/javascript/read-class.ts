import type { Expr } from '../../linking/facts.js';
import { name } from '../../linking/facts-builder.js';
import { toExpr, typeExpr } from './expressions.js';
import type { JsClass, JsDecorator, JsMethod, JsParam } from './js-source.js';
import type { Block } from './lexical.js';
import { childrenOf, isNode, nameOf, type Node, unassigned, unwrapped } from './node.js';
import { readFunction } from './read-functions.js';
import type { JsReader } from './read-javascript.js';

/** A class: its bases, its fields and methods as bindings `Class.member`, its decorators. */
export function readClass(reader: JsReader, node: Node, block: Block): void {
  const named = node.type === 'ClassDeclaration' ? nameOf(node.id) : undefined;
  const id = named === undefined ? reader.classOf(node) : block.declare(named);
  reader.nameClass(node, id);
  for (const outside of [...(node.superClass ? [node.superClass] : []), ...(node.decorators ?? [])])
    reader.walk(outside, block);
  const elements = isNode(node.body) ? childrenOf(node.body.body) : [];
  const constructorScope = `${id}:new`;
  const own = readMembers(reader, elements, id, block);
  reader.facts.classes.push({
    id,
    bases: node.superClass ? [toExpr(node.superClass, block, reader)] : [],
    constructorScope,
    ...(own ? {} : { inheritsConstructor: true }),
    ...(node.abstract ? { abstract: true } : {}),
  });
  reader.classes.push(classOf(reader, node, id, elements, block));
}

/** Fields belong to the constructor's scope: each instance has its own. True when there is a constructor. */
function readMembers(reader: JsReader, elements: readonly Node[], id: string, block: Block): boolean {
  const scope = `${id}:new`;
  const own = elements.find(({ kind }) => kind === 'constructor')?.value;
  const fields = block.child(scope, id);
  for (const element of elements) if (element.value !== own || !own) readElement(reader, element, id, fields);
  if (!isNode(own)) {
    reader.addScope({ id: scope, params: [], ofClass: id }, block);
    return false;
  }
  reader.nameScope(own, scope);
  readFunction(reader, own, block, id);
  return true;
}

function readElement(reader: JsReader, element: Node, id: string, block: Block): void {
  const { value, body } = element;
  for (const decorator of element.decorators ?? []) reader.walk(decorator, block);
  if (isNode(value)) readMember(reader, element, value, id, block);
  else if (isNode(body)) reader.walk(body, block);
}

function readMember(reader: JsReader, element: Node, value: Node, id: string, block: Block): void {
  const key = element.computed ? undefined : nameOf(element.key);
  if (key !== undefined) reader.facts.bind(`${id}.${key}`, toExpr(value, block, reader));
  if (key !== undefined && element.kind === 'get') getter(reader, id, key, value);
  if (/^TSEmptyBody/.test(value.type)) return;
  if (element.type === 'MethodDefinition') readFunction(reader, value, block, id);
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
  const node = unwrapped(param);
  const target = unassigned(node);
  return {
    name: nameOf(target) ?? '',
    optional: target !== node || target.optional === true,
    decorators: decoratorsOf(reader, param.decorators?.length ? param : target, block),
    ...typeOf(reader, target.typeAnnotation?.typeAnnotation ?? undefined, block),
  };
}

function typeOf(reader: JsReader, annotation: Node | undefined, block: Block): Pick<JsParam, 'type' | 'typeName'> {
  if (!annotation) return {};
  const type = reader.source.slice(annotation.start, annotation.end);
  return annotation.typeName ? { type, typeName: typeExpr(annotation.typeName, block) } : { type };
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
