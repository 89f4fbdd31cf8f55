import type { Expr } from '../../linking/facts.js';
import { name } from '../../linking/facts-builder.js';
import type { Block } from '../tree-sitter/block.js';
import { ofType, part, type Syntax } from '../tree-sitter/syntax.js';
import { sourceOf, toExpr } from './java-expressions.js';
import type { JavaMethod, JavaParam } from './java-source.js';
import type { JavaReader } from './read-java.js';

export const TYPES: ReadonlySet<string> = new Set([
  'class_declaration',
  'interface_declaration',
  'record_declaration',
  'enum_declaration',
  'annotation_type_declaration',
]);

/** Types of a body are known in all of it; a nested one is `Outer.Inner`. */
export function declareTypes(reader: JavaReader, nodes: readonly Syntax[], block: Block, outer: string): void {
  for (const node of nodes) {
    const named = TYPES.has(node.type) ? part(node, 'name') : undefined;
    if (!named) continue;
    const called = sourceOf(named, reader);
    const id = `${outer}${called}`;
    block.declare(called, id);
    if (outer !== '') reader.facts.bindings[id] = name(id);
  }
}

/** A class, interface, record or enum: bases, fields and methods as bindings `Class.member`, annotations. */
export function readType(reader: JavaReader, node: Syntax, block: Block): void {
  const named = part(node, 'name');
  const body = part(node, 'body');
  if (!named || !body) return;
  const id = block.find(sourceOf(named, reader)) ?? sourceOf(named, reader);
  const bases = basesOf(reader, node, block);
  reader.noteBases(id, bases.length > 0);
  const inside = block.child(block.scope, id);
  const elements = body.children.flatMap((one) => (one.type === 'enum_body_declarations' ? one.children : [one]));
  declareTypes(reader, elements, inside, `${id}.`);
  declareMembers(reader, elements, inside, id);
  const constructorScope = `${id}:new`;
  const constructors = elements.filter(({ type }) => type === 'constructor_declaration');
  if (!constructors.length) reader.addScope({ id: constructorScope, params: [], ofClass: id }, block);
  const annotations = reader.annotationsOf(node, block.child(block.scope, id));
  const methods = elements.flatMap((element) => readElement(reader, element, inside, id));
  const modifiers = ofType(node, 'modifiers');
  const isAbstract = modifiers !== undefined && /\babstract\b/.test(sourceOf(modifiers, reader));
  reader.facts.classes.push({
    id,
    bases,
    constructorScope,
    ...(constructors.length ? {} : { inheritsConstructor: true }),
    ...(isAbstract ? { abstract: true } : {}),
  });
  const kind = /^(interface|annotation)/.test(node.type) ? 'interface' : 'class';
  reader.classes.push({ id, kind, isAbstract, annotations, methods, line: reader.lineOf(named) });
}

function basesOf(reader: JavaReader, node: Syntax, block: Block): Expr[] {
  const lists = node.children.filter(({ type }) => /^(superclass|super_interfaces|extends_interfaces)$/.test(type));
  return lists
    .flatMap((one) => one.children)
    .flatMap((one) => (one.type === 'type_list' ? one.children : [one]))
    .map((one) => toExpr(one, block, reader));
}

const FIELDS = /^(field_declaration|constant_declaration)$/;

function declareMembers(reader: JavaReader, elements: readonly Syntax[], inside: Block, id: string): void {
  for (const element of elements) {
    if (FIELDS.test(element.type))
      for (const one of element.children) {
        const named = one.type === 'variable_declarator' ? part(one, 'name') : undefined;
        if (named) inside.declare(sourceOf(named, reader), `${id}.${sourceOf(named, reader)}`);
      }
    const method = element.type === 'method_declaration' ? part(element, 'name') : undefined;
    if (method) inside.declare(`${sourceOf(method, reader)}()`, `${id}.${sourceOf(method, reader)}`);
  }
}

function readElement(reader: JavaReader, element: Syntax, inside: Block, id: string): JavaMethod[] {
  if (TYPES.has(element.type)) reader.walk(element, inside);
  if (FIELDS.test(element.type)) readFields(reader, element, inside);
  if (element.type === 'constructor_declaration') readBody(reader, element, inside, { id, scope: `${id}:new` });
  return element.type === 'method_declaration' ? readMethod(reader, element, inside, id) : [];
}

function readFields(reader: JavaReader, element: Syntax, inside: Block): void {
  for (const one of element.children) {
    const [named, value] = [part(one, 'name'), part(one, 'value')];
    if (one.type !== 'variable_declarator' || !named || !value) continue;
    reader.facts.bind(inside.resolve(sourceOf(named, reader)), toExpr(value, inside, reader));
    reader.walk(value, inside);
  }
}

function readMethod(reader: JavaReader, element: Syntax, inside: Block, id: string): JavaMethod[] {
  const named = part(element, 'name');
  if (!named) return [];
  const called = sourceOf(named, reader);
  const scope = reader.scopeOf(element);
  reader.facts.bindings[`${id}.${called}`] ??= { kind: 'function', scope };
  readBody(reader, element, inside, { id, scope });
  const annotations = reader.annotationsOf(element, inside);
  const line = annotations.find(({ name: one }) => /Mapping$/.test(one))?.line ?? reader.lineOf(named);
  return [{ name: called, line, annotations, params: paramsOf(reader, element, inside), body: scope }];
}

function readBody(reader: JavaReader, element: Syntax, inside: Block, of: { id: string; scope: string }): void {
  const inner = inside.child(of.scope, of.id);
  const params = formals(element).flatMap((one) => {
    const named = part(one, 'name');
    return named ? [inner.declare(sourceOf(named, reader), `${sourceOf(named, reader)}@${one.start}`)] : [];
  });
  const body = part(element, 'body');
  if (body) reader.walk(body, inner);
  reader.addScope({ id: of.scope, params, ofClass: of.id }, inside);
}

const formals = (element: Syntax): readonly Syntax[] =>
  (part(element, 'parameters')?.children ?? []).filter(({ type }) => /^(formal|spread)_parameter$/.test(type));

const paramsOf = (reader: JavaReader, element: Syntax, inside: Block): JavaParam[] =>
  formals(element).flatMap((one) => {
    const type = part(one, 'type') ?? one.children.find((child) => /type/.test(child.type));
    const named = part(one, 'name') ?? part(ofType(one, 'variable_declarator') ?? one, 'name');
    if (!type || !named) return [];
    return [
      { name: sourceOf(named, reader), type: sourceOf(type, reader), annotations: reader.annotationsOf(one, inside) },
    ];
  });
