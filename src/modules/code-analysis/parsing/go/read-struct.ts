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
    const fieldType = part(field, 'type');
    const names = parts(field, 'name').map((one) => sourceOf(one, reader));
    if (!names.length && fieldType) {
      bases.push(toExpr(fieldType, block, reader));
      names.push(/(\w+)\W*$/.exec(sourceOf(fieldType, reader))?.[1] ?? '');
    }
    for (const one of names) {
      params.push(`${one}@${field.start}`);
      reader.facts.bind(`${id}.${one}`, name(`${one}@${field.start}`));
    }
  }
  reader.facts.classes.push({ id, bases, constructorScope });
  reader.addScope({ id: constructorScope, params, ofClass: id }, block);
  return true;
}
