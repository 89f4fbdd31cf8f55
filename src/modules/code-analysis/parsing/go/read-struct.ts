import type { Expr } from '../../linking/facts.js';
import { name } from '../../linking/facts-builder.js';
import type { Block } from '../tree-sitter/block.js';
import { ofType, part, parts, type Syntax } from '../tree-sitter/syntax.js';
import { sourceOf, toExpr } from './go-expressions.js';
import type { GoReader } from './read-go.js';

/** A struct is a class whose constructor takes its fields, so that `Server{router: r}` gives them; embedded types are its bases. */
export function readStruct(reader: GoReader, node: Syntax, block: Block): boolean {
  const named = part(node, 'name');
  const type = part(node, 'type');
  if (!named || type?.type !== 'struct_type') return true;
  const id = block.declare(sourceOf(named, reader));
  const constructorScope = `${id}:new`;
  const bases: Expr[] = [];
  const params: string[] = [];
  for (const field of ofType(type, 'field_declaration_list')?.children ?? []) {
    const embedded = part(field, 'name') ? undefined : part(field, 'type');
    if (embedded) bases.push(toExpr(embedded, block, reader));
    for (const one of fieldNames(reader, field, embedded)) {
      params.push(`${one}@${field.start}`);
      reader.facts.bind(`${id}.${one}`, name(`${one}@${field.start}`));
    }
  }
  reader.facts.classes.push({ id, bases, constructorScope });
  reader.addScope({ id: constructorScope, params, ofClass: id }, block);
  return true;
}

/** An embedded type is a field of its own name. */
const fieldNames = (reader: GoReader, field: Syntax, embedded: Syntax | undefined): string[] =>
  embedded
    ? [sourceOf(embedded, reader).match(/\w+/g)?.at(-1) ?? '']
    : parts(field, 'name').map((one) => sourceOf(one, reader));
