import type { Block } from '../tree-sitter/block.js';
import { ofType, part, parts, type Syntax } from '../tree-sitter/syntax.js';
import { sourceOf } from './python-expressions.js';
import type { PyReader } from './read-python.js';

/** `import a.b`, `import a as x`, `from .a import b as y`, `from . import *`. */
export function readImport(reader: PyReader, node: Syntax, block: Block): boolean {
  if (node.type === 'import_statement') for (const one of node.children) readModule(reader, one, block);
  else readFrom(reader, node, block);
  return true;
}

function readModule(reader: PyReader, node: Syntax, block: Block): void {
  const { module, alias } = aliased(reader, node);
  if (alias !== undefined) reader.import(block.declare(alias), module, '*');
  else if (!module.includes('.')) reader.import(block.declare(module), module, '*');
  else {
    reader.dotted.add(module);
    reader.import(module, module, '*');
    const [first = ''] = module.split('.');
    if (block.find(first) === undefined) reader.import(block.declare(first), first, '*');
  }
}

function readFrom(reader: PyReader, node: Syntax, block: Block): void {
  const module = part(node, 'module_name');
  if (!module) return;
  const from = sourceOf(module, reader).replace(/\s+/g, '');
  if (ofType(node, 'wildcard_import')) reader.facts.imports.push({ local: '*', from, name: '*' });
  for (const one of parts(node, 'name')) {
    const { module: imported, alias } = aliased(reader, one);
    reader.import(block.declare(alias ?? imported), from, imported);
  }
}

function aliased(reader: PyReader, node: Syntax): { module: string; alias?: string } {
  const inner = part(node, 'name');
  const alias = part(node, 'alias');
  if (!inner || !alias) return { module: sourceOf(node, reader) };
  return { module: sourceOf(inner, reader), alias: sourceOf(alias, reader) };
}
