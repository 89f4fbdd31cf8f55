import type { Expr } from '../../linking/facts.js';
import { name, text } from '../../linking/facts-builder.js';
import { toExpr } from './expressions.js';
import type { Block } from './lexical.js';
import { namesIn } from './lexical.js';
import { isNode, nameOf, type Node, stringOf } from './node.js';
import type { JsReader } from './read-javascript.js';

/** Imports, exports and enums; true when the children have been walked. */
export function readModuleStatement(reader: JsReader, node: Node, block: Block): boolean {
  const read = STATEMENTS[node.type];
  return read ? read(reader, node, block) : false;
}

type Read = (reader: JsReader, node: Node, block: Block) => boolean;

const STATEMENTS: Readonly<Record<string, Read | undefined>> = {
  ImportDeclaration: (reader, node, block) => {
    const from = stringOf(node.source);
    for (const { type, local, imported } of from === undefined ? [] : (node.specifiers ?? [])) {
      const exported =
        type === 'ImportDefaultSpecifier' ? 'default' : type === 'ImportNamespaceSpecifier' ? '*' : nameOf(imported);
      reader.import(block.declare(nameOf(local) ?? ''), from ?? '', exported ?? '');
    }
    return true;
  },
  TSImportEqualsDeclaration: (reader, node, block) => {
    const reference = node.moduleReference?.expression;
    const from = typeof reference === 'object' ? stringOf(reference) : undefined;
    if (from !== undefined) reader.facts.bind(block.declare(nameOf(node.id) ?? ''), reader.required(from));
    return true;
  },
  ExportAllDeclaration: (reader, node) => {
    const from = stringOf(node.source);
    const as = nameOf(node.exported);
    if (from !== undefined) reader.facts.exports.push({ name: as ?? '*', from, imported: '*' });
    return true;
  },
  ExportNamedDeclaration: (reader, node, block) => {
    const from = stringOf(node.source);
    for (const { local, exported } of node.specifiers ?? []) {
      const inner = nameOf(local) ?? '';
      const outer = nameOf(exported) ?? inner;
      if (from !== undefined) reader.facts.exports.push({ name: outer, from, imported: inner });
      else reader.facts.exports.push({ name: outer, value: name(block.resolve(inner)) });
    }
    if (node.declaration) exportDeclared(reader, node.declaration, block);
    return false;
  },
  ExportDefaultDeclaration: (reader, node, block) => {
    if (node.declaration)
      reader.facts.exports.push({ name: 'default', value: declared(reader, node.declaration, block) });
    return false;
  },
  TSExportAssignment: (reader, node, block) => {
    if (typeof node.expression === 'object')
      reader.facts.exports.push({ name: '=', value: toExpr(node.expression, block, reader) });
    return false;
  },
  TSEnumDeclaration: (reader, node, block) => {
    const members = isNode(node.body) ? (node.body.members ?? []) : [];
    const entries = members.flatMap(({ id, initializer }, at): (readonly [string, Expr])[] => {
      const key = nameOf(id);
      return key === undefined ? [] : [[key, initializer ? toExpr(initializer, block, reader) : text(String(at))]];
    });
    reader.facts.bind(block.declare(nameOf(node.id) ?? ''), { kind: 'record', entries });
    return true;
  },
  TSInterfaceDeclaration: () => true,
  TSTypeAliasDeclaration: () => true,
};

function exportDeclared(reader: JsReader, node: Node, block: Block): void {
  const names =
    node.type === 'VariableDeclaration'
      ? (node.declarations ?? []).flatMap(({ id }) => (id ? namesIn(id) : []))
      : [nameOf(node.id)].filter((one) => one !== undefined);
  for (const one of names) reader.facts.exports.push({ name: one, value: name(block.resolve(one)) });
}

function declared(reader: JsReader, node: Node, block: Block): Expr {
  const known = /Declaration$/.test(node.type) ? nameOf(node.id) : undefined;
  if (known !== undefined) return name(block.resolve(known));
  if (node.type === 'ClassDeclaration') return name(reader.classOf(node));
  return toExpr(node, block, reader);
}

/** `module.exports = x`, `module.exports.a = x`, `exports.a = x`. */
export function exportAssigned(reader: JsReader, left: Node, right: Node, block: Block): void {
  const path = dotted(left);
  if (!path || block.resolve(path[0] ?? '') !== `global:${path[0]}`) return;
  const [first, second, third] = path;
  const key = first === 'exports' ? second : first === 'module' && second === 'exports' ? (third ?? '=') : undefined;
  if (key === undefined) return;
  reader.facts.exports.push({ name: key, value: toExpr(right, block, reader) });
}

function dotted(node: Node): string[] | undefined {
  if (node.type === 'Identifier') return [nameOf(node) ?? ''];
  if (node.type !== 'MemberExpression' || node.computed || !node.object) return undefined;
  const of = dotted(node.object);
  return of && [...of, nameOf(node.property) ?? ''];
}
