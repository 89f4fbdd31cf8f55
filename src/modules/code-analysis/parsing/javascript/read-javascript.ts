import type { Expr, ScopeFact } from '../../linking/facts.js';
import { type Facts, unknown } from '../../linking/facts-builder.js';
import { type Reading, toExpr } from './expressions.js';
import { type External, externalOf, type JsCall, type JsClass, type JsSource } from './js-source.js';
import { Block } from './lexical.js';
import { childrenOf, isFunction, type Node } from './node.js';
import { bindPattern, readAssignment } from './read-bindings.js';
import { readClass } from './read-class.js';
import { readCall, readFunction, readLoop } from './read-functions.js';
import { readModuleStatement } from './read-module.js';
import { walkChildren } from './walk.js';

/** Levels of the tree that are followed; real code stays below 100. What lies deeper is passed over. */
const MAX_LEVELS = 900;

/** Walks a tree once and writes down bindings, scopes, classes and calls. */
export class JsReader implements Reading, JsSource {
  readonly calls: JsCall[] = [];
  readonly classes: JsClass[] = [];
  readonly typedParams: { id: string; typeName: Expr; scope: string; line: number }[] = [];
  private readonly scopes = new Map<Node, string>();
  private readonly classIds = new Map<Node, string>();
  private readonly returns = new Map<string, Expr[]>();
  private readonly imports = new Map<string, External>();
  private readonly lineStarts: number[];
  private depth = 0;

  constructor(
    readonly path: string,
    readonly text: string,
    readonly program: Node,
    readonly facts: Facts,
  ) {
    this.lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    this.walkBody(childrenOf(program.body), new Block(undefined, undefined, undefined, { next: 0 }));
  }

  get source(): string {
    return this.text;
  }

  lineOf(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  external(expr: Expr): External | undefined {
    return externalOf(expr, this.facts, this.imports);
  }

  import(local: string, from: string, imported: string): void {
    this.facts.imports.push({ local, from, name: imported });
    this.imports.set(local, { from, name: imported });
  }

  scopeOf(node: Node): string {
    const known = this.scopes.get(node) ?? `s${node.start}`;
    this.scopes.set(node, known);
    return known;
  }

  classOf(node: Node): string {
    return this.classIds.get(node) ?? `class@${node.start}`;
  }

  nameScope(node: Node, id: string): void {
    this.scopes.set(node, id);
  }

  nameClass(node: Node, id: string): void {
    this.classIds.set(node, id);
  }

  required(from: string): Expr {
    if (!this.facts.requires.includes(from)) this.facts.requires.push(from);
    return { kind: 'module', from };
  }

  bindCall(node: Node, value: () => Expr): string {
    const id = callId(node);
    if (!this.facts.bindings[id]) {
      // Stands there while its own arguments are translated.
      this.facts.bindings[id] = unknown('call');
      this.facts.bindings[id] = value();
    }
    return id;
  }

  addReturn(scope: string, value: Expr): void {
    this.returns.set(scope, [...(this.returns.get(scope) ?? []), value]);
  }

  addScope(scope: ScopeFact, block: Block): void {
    const returns = this.returns.get(scope.id);
    this.facts.scopes.push({
      ...scope,
      ...(block.scope ? { parent: block.scope } : {}),
      ...(returns ? { returns } : {}),
    });
  }

  walkBody(statements: readonly Node[], block: Block): void {
    block.declareAll(statements);
    for (const statement of statements) this.walk(statement, block);
  }

  walk(node: Node, block: Block): void {
    if (this.depth > MAX_LEVELS) return;
    this.depth += 1;
    if (isFunction(node)) readFunction(this, node, block);
    else {
      const read = READ[node.type] ?? readModuleStatement;
      if (!read(this, node, block)) walkChildren(node, (child) => this.walk(child, block));
    }
    this.depth -= 1;
  }
}

export const callId = (node: Node): string => `call@${node.end}`;

/** True when the children have been walked. */
type Read = (reader: JsReader, node: Node, block: Block) => boolean;

const readBlock: Read = (reader, node, block) => {
  reader.walkBody(childrenOf(node.body), block.child());
  return true;
};

const readClassNode: Read = (reader, node, block) => {
  readClass(reader, node, block);
  return true;
};

/** Nodes that bind, open a block or are recorded. */
const READ: Readonly<Record<string, Read | undefined>> = {
  BlockStatement: readBlock,
  StaticBlock: readBlock,
  TSModuleBlock: readBlock,
  ClassDeclaration: readClassNode,
  ClassExpression: readClassNode,
  ForOfStatement: readLoop,
  ForInStatement: readLoop,
  CallExpression: readCall,
  NewExpression: readCall,
  AssignmentExpression: readAssignment,
  VariableDeclarator: (reader, node, block) => {
    if (node.id && node.init) bindPattern(reader, node.id, toExpr(node.init, block, reader), block);
    return false;
  },
  ReturnStatement: (reader, node, block) => {
    if (node.argument && block.scope) reader.addReturn(block.scope, toExpr(node.argument, block, reader));
    return false;
  },
};
