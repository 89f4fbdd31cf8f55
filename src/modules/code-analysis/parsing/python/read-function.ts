import type { Block } from '../tree-sitter/block.js';
import { part, type Syntax } from '../tree-sitter/syntax.js';
import { sourceOf, toExpr, typeExpr } from './python-expressions.js';
import type { PyParam } from './python-source.js';
import type { PyReader } from './read-python.js';

/** A function: its parameters, its body, what it returns, its decorators. */
export function readFunction(reader: PyReader, node: Syntax, block: Block, decorated?: Syntax): void {
  const nameNode = part(node, 'name');
  if (!nameNode) return;
  const called = sourceOf(nameNode, reader);
  const id = block.declare(called);
  const scope = `s${node.start}`;
  reader.facts.bind(id, { kind: 'function', scope });
  const decorators = reader.decoratorsOf(decorated, block);
  const inner = block.child(scope);
  const params = readParams(reader, node, { inner, outer: block, scope, skip: 0 });
  walkFunctionBody(reader, node, inner);
  reader.addScope({ id: scope, params: params.ids }, block);
  reader.functions.push({
    name: called,
    id,
    decorators,
    params: params.all,
    line: reader.lineOf(node),
    ...(block.scope === undefined ? {} : { scope: block.scope }),
  });
}

export function walkFunctionBody(reader: PyReader, node: Syntax, inner: Block): void {
  const body = part(node, 'body');
  if (body) reader.walkBody(body.children, inner);
}

interface Around {
  readonly inner: Block;
  /** Where annotations and defaults are evaluated. */
  readonly outer: Block;
  readonly scope: string;
  /** Parameters at the start that are no arguments: `self`. */
  readonly skip: number;
}

/** Ids of the parameters in order, and what they look like. */
export function readParams(reader: PyReader, node: Syntax, around: Around): { ids: string[]; all: PyParam[] } {
  const all: PyParam[] = [];
  const ids: string[] = [];
  const nodes = (part(node, 'parameters')?.children ?? []).filter(({ type }) => !/_separator$/.test(type));
  for (const param of nodes.slice(around.skip)) {
    const target = param.type === 'identifier' ? param : (part(param, 'name') ?? param.children[0]);
    if (target?.type !== 'identifier') continue;
    const called = sourceOf(target, reader);
    const id = around.inner.declare(called, `${called}@${param.start}`);
    ids.push(id);
    const described = describe(reader, called, param, around.outer);
    all.push(described);
    if (described.fallback) reader.facts.bind(id, described.fallback);
    if (described.annotation)
      reader.typedParams.push({ id, type: described.annotation, scope: around.scope, line: reader.lineOf(param) });
  }
  return { ids, all };
}

function describe(reader: PyReader, called: string, param: Syntax, block: Block): PyParam {
  const type = part(param, 'type');
  const value = part(param, 'value');
  return {
    name: called,
    ...(type ? { type: sourceOf(type, reader), annotation: typeExpr(type, block, reader) } : {}),
    ...(value ? { fallback: toExpr(value, block, reader) } : {}),
  };
}
