import type { Expr, ScopeFact } from '../../linking/facts.js';
import { type Facts, member, name, unknown } from '../../linking/facts-builder.js';
import { type Reading, toExpr, typeExpr } from './expressions.js';
import { type External, externalOf, type JsCall, type JsClass, type JsSource } from './js-source.js';
import { Block } from './lexical.js';
import { bare, isFunction, isNode, nameOf, type Node } from './node.js';
import { exportAssigned, readModuleStatement } from './read-module.js';
import { readClass } from './read-class.js';
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
    const top = new Block(undefined, undefined, undefined, { next: 0 });
    this.walkBody(Array.isArray(program.body) ? (program.body as readonly Node[]) : [], top);
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
      this.facts.bindings[id] = unknown('call');
      this.facts.bindings[id] = value();
    }
    return id;
  }

  walkBody(statements: readonly Node[], block: Block): void {
    block.declareAll(statements);
    for (const statement of statements) this.walk(statement, block);
  }

  walk(node: Node, block: Block): void {
    if (this.depth > MAX_LEVELS) return;
    this.depth += 1;
    if (isFunction(node)) this.walkFunction(node, block);
    else if (!this.special(node, block)) walkChildren(node, (child) => this.walk(child, block));
    this.depth -= 1;
  }

  /** Nodes that bind, open a block or are recorded; true when their children have been walked. */
  private special(node: Node, block: Block): boolean {
    switch (node.type) {
      case 'BlockStatement':
      case 'StaticBlock':
      case 'TSModuleBlock':
        this.walkBody(Array.isArray(node.body) ? (node.body as readonly Node[]) : [], block.child());
        return true;
      case 'ClassDeclaration':
      case 'ClassExpression':
        readClass(this, node, block);
        return true;
      case 'ForOfStatement':
      case 'ForInStatement':
        return this.walkLoop(node, block);
      case 'CallExpression':
      case 'NewExpression':
        return this.readCall(node, block);
      case 'VariableDeclarator':
        if (node.id && node.init) this.bindPattern(node.id, toExpr(node.init, block, this), block);
        return false;
      case 'AssignmentExpression':
        this.readAssignment(node, block);
        if (node.left && node.right) exportAssigned(this, node.left, node.right, block);
        return false;
      case 'ReturnStatement':
        if (node.argument && block.scope) this.addReturn(block.scope, toExpr(node.argument, block, this));
        return false;
      default:
        return readModuleStatement(this, node, block);
    }
  }

  private addReturn(scope: string, value: Expr): void {
    this.returns.set(scope, [...(this.returns.get(scope) ?? []), value]);
  }

  /** Binds the names of a pattern to a value or to members of it. */
  bindPattern(pattern: Node, value: Expr, block: Block): void {
    switch (pattern.type) {
      case 'Identifier':
        this.facts.bind(block.declare(nameOf(pattern) ?? ''), value);
        break;
      case 'AssignmentPattern':
        if (pattern.left && pattern.right)
          this.bindPattern(
            pattern.left,
            { kind: 'choice', options: [value, toExpr(pattern.right, block, this)] },
            block,
          );
        break;
      case 'ObjectPattern':
        for (const property of pattern.properties ?? []) this.bindProperty(property, value, block);
        break;
      case 'ArrayPattern':
        (pattern.elements ?? []).forEach((element, at) => {
          if (element) this.bindPattern(element, member(value, String(at)), block);
        });
    }
  }

  private bindProperty(property: Node, value: Expr, block: Block): void {
    const key = nameOf(property.key);
    if (property.type === 'RestElement' && property.argument) this.bindPattern(property.argument, value, block);
    else if (key !== undefined && !property.computed && isNode(property.value))
      this.bindPattern(property.value, member(value, key), block);
  }

  private readAssignment(node: Node, block: Block): void {
    const target = node.left && bare(node.left);
    if (!target || !node.right || node.operator !== '=') return;
    const value = toExpr(node.right, block, this);
    const key = nameOf(target.property);
    const of = target.object && bare(target.object);
    if (target.type === 'Identifier') this.facts.bind(block.resolve(nameOf(target) ?? ''), value);
    else if (target.type === 'MemberExpression' && !target.computed && key !== undefined && of) {
      if (of.type === 'ThisExpression' && block.self) this.facts.bind(`${block.self}.${key}`, value);
      else if (of.type === 'Identifier') this.facts.bind(`${block.resolve(nameOf(of) ?? '')}.${key}`, value);
    }
  }

  /** The scope of a function: parameters, body, what it returns. */
  walkFunction(node: Node, block: Block, options: { self?: string; ofClass?: string } = {}): void {
    const id = this.scopeOf(node);
    const inner = block.child(id, options.self ?? (node.type === 'ArrowFunctionExpression' ? block.self : undefined));
    if (node.type === 'FunctionDeclaration') {
      const declared = nameOf(node.id);
      if (declared) this.facts.bind(block.declare(declared), { kind: 'function', scope: id });
    }
    const params = (node.params ?? []).map((param) => this.readParam(param, inner, id));
    const body = isNode(node.body) ? node.body : undefined;
    if (body?.type === 'BlockStatement')
      this.walkBody(Array.isArray(body.body) ? (body.body as readonly Node[]) : [], inner);
    else if (body) {
      this.walk(body, inner);
      this.addReturn(id, toExpr(body, inner, this));
    }
    this.addScope({ id, params, ...(options.ofClass ? { ofClass: options.ofClass } : {}) }, block);
  }

  addScope(scope: ScopeFact, block: Block): void {
    const returns = this.returns.get(scope.id);
    this.facts.scopes.push({
      ...scope,
      ...(block.scope ? { parent: block.scope } : {}),
      ...(returns ? { returns } : {}),
    });
  }

  private readParam(param: Node, inner: Block, scope: string): string {
    const node = param.type === 'TSParameterProperty' && param.parameter ? param.parameter : param;
    const target = node.type === 'AssignmentPattern' && node.left ? node.left : node;
    const id = inner.declare(target.type === 'Identifier' ? (nameOf(target) ?? '') : `parameter${node.start}`);
    if (target !== node && node.right) {
      this.walk(node.right, inner);
      this.facts.bind(id, toExpr(node.right, inner, this));
    }
    if (target.type !== 'Identifier') this.bindPattern(target, name(id), inner);
    else if (param !== node && inner.self) this.facts.bind(`${inner.self}.${nameOf(target)}`, name(id));
    const typeName = target.typeAnnotation?.typeAnnotation?.typeName;
    if (typeName) {
      const type = typeExpr(typeName, inner);
      this.typedParams.push({ id, typeName: type, scope, line: this.lineOf(node.start) });
    }
    return id;
  }

  private walkLoop(node: Node, block: Block): boolean {
    if (!node.left || !node.right || !isNode(node.body)) return false;
    this.walk(node.right, block);
    const id = `s${node.start}`;
    const inner = block.child(id);
    const target = node.left.type === 'VariableDeclaration' ? node.left.declarations?.[0]?.id : node.left;
    const param = inner.declare(target?.type === 'Identifier' ? (nameOf(target) ?? '') : `element${node.start}`);
    if (target && target.type !== 'Identifier') this.bindPattern(target, name(param), inner);
    this.walk(node.body, inner);
    const loop = loopOver(bare(node.right), node.type === 'ForInStatement', block, this);
    this.addScope({ id, params: [param], loop }, block);
    return true;
  }

  /** Records a call, and makes a loop of `list.forEach(function)`. */
  private readCall(node: Node, block: Block): boolean {
    const callee = node.callee && bare(node.callee);
    if (!callee) return false;
    const value = toExpr(node, block, this);
    const call = value.kind === 'name' ? this.facts.bindings[value.name] : undefined;
    if (call?.kind === 'call') this.recordCall(node, callee, call, block);
    const each =
      callee.type === 'MemberExpression' &&
      !callee.computed &&
      /^(forEach|map|flatMap)$/.test(nameOf(callee.property) ?? '');
    const body = node.arguments?.[0] && bare(node.arguments[0]);
    if (!each || !callee.object || !body || !isFunction(body)) return false;
    this.walk(callee, block);
    this.walkFunction(body, block);
    const scope = this.facts.scopes.pop();
    if (scope) this.facts.scopes.push({ ...scope, loop: loopOver(bare(callee.object), false, block, this) });
    return true;
  }

  private recordCall(node: Node, callee: Node, call: Expr & { kind: 'call' }, block: Block): void {
    const at = call.callee;
    this.calls.push({
      id: callId(node),
      callee: at,
      args: call.args,
      isNew: node.type === 'NewExpression',
      line: this.lineOf(callee.type === 'MemberExpression' ? (callee.property?.start ?? node.start) : node.start),
      ...(block.scope ? { scope: block.scope } : {}),
      ...(at.kind === 'member' ? { receiver: at.of, method: at.key } : {}),
    });
  }
}

const callId = (node: Node) => `call@${node.end}`;

/** `Object.entries(x)` and its sisters give keys and values of a record. */
function loopOver(node: Node, keys: boolean, block: Block, reading: Reading): NonNullable<ScopeFact['loop']> {
  const callee = node.type === 'CallExpression' && node.callee ? bare(node.callee) : undefined;
  const each = callee?.type === 'MemberExpression' ? nameOf(callee.property) : undefined;
  const of = node.arguments?.[0];
  const isObject = callee?.object?.type === 'Identifier' && nameOf(callee.object) === 'Object';
  if (isObject && of && (each === 'keys' || each === 'values' || each === 'entries'))
    return { over: toExpr(of, block, reading), each };
  return { over: toExpr(node, block, reading), each: keys ? 'keys' : 'values' };
}
