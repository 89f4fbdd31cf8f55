import type { Expr } from '../../linking/facts.js';
import type { Block } from '../tree-sitter/block.js';
import { part, type Syntax } from '../tree-sitter/syntax.js';
import { sourceOf, toExpr } from './python-expressions.js';
import { namesIn } from './python-names.js';
import type { PyDecorator } from './python-source.js';
import { readParams, walkFunctionBody } from './read-function.js';
import type { PyReader } from './read-python.js';

/** A class: its bases, attributes and methods as bindings `Class.member`, its decorators. */
export function readClass(reader: PyReader, node: Syntax, block: Block, decorated?: Syntax): void {
  const nameNode = part(node, 'name');
  const body = part(node, 'body');
  if (!nameNode || !body) return;
  const called = sourceOf(nameNode, reader);
  const id = block.declare(called);
  const bases = (part(node, 'superclasses')?.children ?? [])
    .filter(({ type }) => type !== 'keyword_argument')
    .map((base) => toExpr(base, block, reader));
  const inside = block.child(block.scope, id);
  for (const one of namesIn(body.children, reader.text)) inside.declare(one, `${id}.${one}`);
  const methods = readMembers(reader, body, { id, outer: block, inside });
  const constructorScope = `${id}:new`;
  const hasOwn = methods.includes('__init__');
  if (!hasOwn) reader.addScope({ id: constructorScope, params: [], ofClass: id }, block);
  reader.facts.classes.push({ id, bases, constructorScope, ...(hasOwn ? {} : { inheritsConstructor: true }) });
  reader.classes.push({
    name: called,
    id,
    bases,
    methods,
    decorators: reader.decoratorsOf(decorated, block),
    line: reader.lineOf(node),
    ...(block.scope === undefined ? {} : { scope: block.scope }),
  });
}

interface ClassBody {
  readonly id: string;
  /** Methods do not see the names of the class body. */
  readonly outer: Block;
  readonly inside: Block;
}

function readMembers(reader: PyReader, body: Syntax, where: ClassBody): string[] {
  return body.children.flatMap((element) => {
    const definition = element.type === 'decorated_definition' ? part(element, 'definition') : element;
    if (definition?.type === 'function_definition')
      return readMethod(reader, definition, where, element === definition ? undefined : element);
    reader.walk(element, where.inside);
    return [];
  });
}

function readMethod(reader: PyReader, node: Syntax, where: ClassBody, decorated: Syntax | undefined): string[] {
  const nameNode = part(node, 'name');
  if (!nameNode) return [];
  const called = sourceOf(nameNode, reader);
  const decorators = reader.decoratorsOf(decorated, where.inside);
  const kind = kindOf(decorators);
  const scope = called === '__init__' ? `${where.id}:new` : `s${node.start}`;
  const inner = where.outer.child(scope, where.id);
  if (kind !== 'static') declareSelf(reader, node, inner, kind === 'class' ? where.id : 'this');
  const params = readParams(reader, node, { inner, outer: where.inside, scope, skip: kind === 'static' ? 0 : 1 });
  walkFunctionBody(reader, node, inner);
  reader.addScope({ id: scope, params: params.ids, ofClass: where.id }, where.outer);
  if (called !== '__init__') bindMethod(reader, `${where.id}.${called}`, scope, kind);
  reader.functions.push({
    name: called,
    id: `${where.id}.${called}`,
    ofClass: where.id,
    decorators,
    params: params.all,
    line: reader.lineOf(node),
    ...(where.outer.scope === undefined ? {} : { scope: where.outer.scope }),
  });
  return [called];
}

function declareSelf(reader: PyReader, node: Syntax, inner: Block, means: string): void {
  const first = part(node, 'parameters')?.children[0];
  if (first?.type === 'identifier') inner.declare(sourceOf(first, reader), means);
}

/** A property is what it returns. */
function bindMethod(reader: PyReader, id: string, scope: string, kind: string): void {
  const method: Expr = { kind: 'function', scope };
  reader.facts.bind(id, kind === 'property' ? { kind: 'call', callee: method, args: [] } : method);
}

function kindOf(decorators: readonly PyDecorator[]): 'static' | 'class' | 'property' | 'method' {
  const names = decorators.flatMap(({ callee }) => (callee.kind === 'name' ? [callee.name] : []));
  if (names.some((one) => one.endsWith('staticmethod'))) return 'static';
  if (names.some((one) => one.endsWith('classmethod'))) return 'class';
  return names.some((one) => /(^|[:_])property$/.test(one)) ? 'property' : 'method';
}
