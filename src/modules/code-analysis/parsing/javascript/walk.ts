import { visitorKeys } from 'oxc-parser';
import { isNode, type Node } from './node.js';

/** Parts of the tree that hold types alone. */
const TYPES = new Set([
  'typeAnnotation',
  'typeArguments',
  'typeParameters',
  'returnType',
  'superTypeArguments',
  'implements',
]);

export function walkChildren(node: Node, visit: (child: Node) => void): void {
  const members = node as unknown as Readonly<Record<string, unknown>>;
  for (const key of visitorKeys[node.type] ?? []) {
    if (TYPES.has(key)) continue;
    const value = members[key];
    if (Array.isArray(value)) {
      for (const child of value as unknown[]) if (isNode(child)) visit(child);
    } else if (isNode(value)) visit(value);
  }
}
