import type { Expr } from '../../linking/facts.js';
import { member } from '../../linking/facts-builder.js';
import { toExpr } from './expressions.js';
import type { Block } from './lexical.js';
import { bare, isNode, nameOf, type Node } from './node.js';
import type { JsReader } from './read-javascript.js';
import { exportAssigned } from './read-module.js';

type Bind = (reader: JsReader, pattern: Node, value: Expr, block: Block) => void;

/** Binds the names of a pattern to a value or to members of it. */
export const bindPattern: Bind = (reader, pattern, value, block) => BIND[pattern.type]?.(reader, pattern, value, block);

const BIND: Readonly<Record<string, Bind | undefined>> = {
  Identifier: (reader, pattern, value, block) => reader.facts.bind(block.declare(nameOf(pattern) ?? ''), value),
  AssignmentPattern: (reader, { left, right }, value, block) => {
    if (!left || !right) return;
    bindPattern(reader, left, { kind: 'choice', options: [value, toExpr(right, block, reader)] }, block);
  },
  ObjectPattern: (reader, pattern, value, block) => {
    for (const property of pattern.properties ?? []) bindProperty(reader, property, value, block);
  },
  ArrayPattern: (reader, pattern, value, block) => {
    (pattern.elements ?? []).forEach((element, at) => {
      if (element) bindPattern(reader, element, member(value, String(at)), block);
    });
  },
};

const bindProperty: Bind = (reader, property, value, block) => {
  const key = nameOf(property.key);
  if (property.type === 'RestElement' && property.argument) bindPattern(reader, property.argument, value, block);
  else if (key !== undefined && !property.computed && isNode(property.value))
    bindPattern(reader, property.value, member(value, key), block);
};

/** `x = v`, `this.x = v`, `x.y = v`, and what of it is an export. */
export function readAssignment(reader: JsReader, node: Node, block: Block): boolean {
  const target = node.left && bare(node.left);
  if (!target || !node.right || node.operator !== '=') return false;
  const id = targetId(target, block);
  if (id !== undefined) reader.facts.bind(id, toExpr(node.right, block, reader));
  exportAssigned(reader, target, node.right, block);
  return false;
}

function targetId(target: Node, block: Block): string | undefined {
  if (target.type === 'Identifier') return block.resolve(nameOf(target) ?? '');
  const key = target.computed ? undefined : nameOf(target.property);
  const owner = target.object && ownerId(bare(target.object), block);
  return owner === undefined || key === undefined ? undefined : `${owner}.${key}`;
}

function ownerId(of: Node, block: Block): string | undefined {
  if (of.type === 'ThisExpression') return block.self;
  return of.type === 'Identifier' ? block.resolve(nameOf(of) ?? '') : undefined;
}
