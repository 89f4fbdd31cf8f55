import type { Block } from '../tree-sitter/block.js';
import { part, parts, type Syntax } from '../tree-sitter/syntax.js';
import { scopeOf, sourceOf, toExpr } from './go-expressions.js';
import type { GoReader } from './read-go.js';

/** The scope of a function: parameters, body, what it returns. */
export function readFunction(reader: GoReader, node: Syntax, block: Block, ofClass?: string): void {
  const scope = scopeOf(node);
  const inner = block.child(scope, ofClass ?? block.self);
  if (ofClass !== undefined) declareReceiver(reader, node, inner);
  const params = childrenOf(node, 'parameters').flatMap((one) => readParam(reader, one, inner, scope));
  for (const child of childrenOf(node, 'body')) reader.walk(child, inner);
  reader.addScope({ id: scope, params, ...(ofClass === undefined ? {} : { ofClass }) }, block);
}

const childrenOf = (node: Syntax, field: string): readonly Syntax[] => part(node, field)?.children ?? [];

function declareReceiver(reader: GoReader, node: Syntax, inner: Block): void {
  const [receiver] = childrenOf(node, 'receiver');
  const named = receiver && part(receiver, 'name');
  if (named) inner.declare(sourceOf(named, reader), 'this');
}

/** `a, b *gin.Engine`: several names of one type; an unnamed parameter keeps its place. */
function readParam(reader: GoReader, node: Syntax, inner: Block, scope: string): string[] {
  const names = parts(node, 'name');
  const type = part(node, 'type');
  if (!names.length) return [`parameter@${node.start}`];
  return names.map((named) => {
    const called = sourceOf(named, reader);
    const id = inner.declare(called, `${called}@${named.start}`);
    if (type) reader.typedParams.push({ id, type: toExpr(type, inner, reader), scope, line: reader.lineOf(named) });
    return id;
  });
}

/** `func (s *Server) Routes(…)` is the member `Server.Routes`; the receiver is `this`. */
export function readMethod(reader: GoReader, node: Syntax, block: Block): void {
  const type = part(part(node, 'receiver')?.children[0] ?? node, 'type');
  const named = part(node, 'name');
  if (!type || !named) return;
  const owner = /[A-Za-z_]\w*/.exec(sourceOf(type, reader))?.[0] ?? '';
  reader.facts.bind(`${owner}.${sourceOf(named, reader)}`, { kind: 'function', scope: scopeOf(node) });
  readFunction(reader, node, block, owner);
}
