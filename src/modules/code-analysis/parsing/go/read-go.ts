import type { Expr, ScopeFact } from '../../linking/facts.js';
import { type Facts, name, unknown } from '../../linking/facts-builder.js';
import { type External, externalOf } from '../external.js';
import { Block } from '../tree-sitter/block.js';
import { Lines, ofType, part, parts, type Syntax } from '../tree-sitter/syntax.js';
import { type Reading, scopeOf, sourceOf, toExpr } from './go-expressions.js';
import type { GoCall, GoSource } from './go-source.js';
import { readFunction, readMethod } from './read-go-function.js';
import { readStruct } from './read-struct.js';

const MAX_LEVELS = 400;

/** Walks a tree once and writes down bindings, scopes, structs and calls. */
export class GoReader implements Reading, GoSource {
  readonly calls: GoCall[] = [];
  readonly typedParams: { id: string; type: Expr; scope: string; line: number }[] = [];
  private readonly imports = new Map<string, External>();
  private readonly returns = new Map<string, Expr[]>();
  private readonly lines: Lines;
  private depth = 0;

  constructor(
    readonly text: string,
    readonly facts: Facts,
    root: Syntax,
  ) {
    this.lines = new Lines(text);
    const top = new Block();
    const folder = facts.path.slice(0, facts.path.lastIndexOf('/') + 1);
    const named = ofType(root, 'package_clause')?.children[0];
    facts.unit = `${folder}:${named ? sourceOf(named, this) : ''}`;
    facts.requires.push('.');
    for (const node of root.children) this.declare(node, top);
    for (const node of root.children) this.walk(node, top);
  }

  lineOf(node: Syntax): number {
    return this.lines.of(node.start);
  }

  external(expr: Expr): External | undefined {
    return externalOf(expr, this.facts, this.imports);
  }

  bound(expr: Expr): Expr {
    let at = expr;
    for (let step = 0; step < 10; step += 1) {
      const value: Expr | undefined = at.kind === 'name' ? this.facts.bindings[at.name] : undefined;
      if (!value) return at;
      at = value;
    }
    return at;
  }

  bindCall(node: Syntax, value: () => Expr): string {
    const id = `call@${node.end}`;
    if (!this.facts.bindings[id]) {
      this.facts.bindings[id] = unknown('call');
      this.facts.bindings[id] = value();
    }
    return id;
  }

  /** Names of the top level are known in all of it. */
  private declare(node: Syntax, top: Block): void {
    const names = (one: Syntax) => parts(one, 'name').map((named) => sourceOf(named, this));
    if (node.type === 'function_declaration') for (const one of names(node)) top.declare(one);
    const specs = node.children.flatMap((one) => (one.type === 'var_spec_list' ? one.children : [one]));
    if (/^(const|var|type)_declaration$/.test(node.type))
      for (const spec of specs) for (const one of names(spec)) top.declare(one);
    if (node.type === 'import_declaration') this.readImports(node, top);
  }

  private readImports(node: Syntax, top: Block): void {
    const specs = node.children.flatMap((one) => (one.type === 'import_spec_list' ? one.children : [one]));
    for (const spec of specs) {
      const path = part(spec, 'path');
      const alias = part(spec, 'name');
      if (!path) continue;
      const from = sourceOf(path, this).slice(1, -1);
      const local = alias ? sourceOf(alias, this) : packageOf(from);
      if (local === '_') continue;
      if (local === '.') this.facts.imports.push({ local: '*', from, name: '*' });
      else this.facts.imports.push({ local: top.declare(local), from, name: '*' });
      this.imports.set(local, { from, name: '*' });
    }
  }

  walk(node: Syntax, block: Block): void {
    if (this.depth > MAX_LEVELS) return;
    this.depth += 1;
    if (!WALK[node.type]?.(this, node, block)) for (const child of node.children) this.walk(child, block);
    this.depth -= 1;
  }

  addReturn(scope: string, value: Expr): void {
    this.returns.set(scope, [...(this.returns.get(scope) ?? []), value]);
  }

  addScope(scope: ScopeFact, block: Block): void {
    const returns = this.returns.get(scope.id);
    this.facts.scopes.push({
      ...scope,
      ...(block.scope === undefined ? {} : { parent: block.scope }),
      ...(returns ? { returns } : {}),
    });
  }

  /** `a, err := f()`: the first name is the value, the others are not known; `a, b := x, y` in pairs. */
  bindAll(left: readonly Syntax[], right: readonly Syntax[], block: Block, declares: boolean): void {
    const values = right.map((one) => toExpr(one, block, this));
    left.forEach((target, at) => {
      const value = values[at];
      if (!value) {
        if (declares && target.type === 'identifier') this.local(target, block);
      } else this.bindOne(target, value, block, declares);
    });
  }

  private bindOne(target: Syntax, value: Expr, block: Block, declares: boolean): void {
    if (target.type === 'identifier') {
      const id = declares ? this.local(target, block) : block.resolve(sourceOf(target, this));
      if (!id.startsWith('global:')) this.facts.bind(id, value);
      return;
    }
    if (target.type === 'selector_expression') this.bindField(target, value, block);
  }

  /** `s.router = x` gives the field of the receiver's struct, or a member of another binding. */
  private bindField(target: Syntax, value: Expr, block: Block): void {
    const [object, key] = [part(target, 'operand'), part(target, 'field')];
    if (object?.type !== 'identifier' || !key) return;
    const of = block.resolve(sourceOf(object, this));
    const owner = of === 'this' ? block.self : of;
    if (owner !== undefined && !owner.startsWith('global:')) this.facts.bind(`${owner}.${sourceOf(key, this)}`, value);
  }

  /** `:=` may declare again what the same block has declared. */
  local(target: Syntax, block: Block): string {
    const called = sourceOf(target, this);
    return block.scope === undefined
      ? block.declare(called)
      : block.declare(called, block.own(called) ?? `${called}@${target.start}`);
  }

  recordCall(node: Syntax, block: Block): void {
    const value = toExpr(node, block, this);
    const call = value.kind === 'name' ? this.facts.bindings[value.name] : undefined;
    if (value.kind !== 'name' || call?.kind !== 'call') return;
    const { callee, args } = call;
    const key = part(part(node, 'function') ?? node, 'field');
    this.calls.push({
      id: value.name,
      callee,
      args,
      line: this.lineOf(key ?? node),
      ...(callee.kind === 'member' && typeof callee.key === 'string'
        ? { receiver: callee.of, method: callee.key }
        : {}),
      ...(block.scope === undefined ? {} : { scope: block.scope }),
    });
  }
}

/** The name a package has where it is imported without one: the last part of its path, without a version. */
function packageOf(path: string): string {
  const words = path.split('/').filter((word, at) => at === 0 || !/^v\d+$/.test(word));
  return (words.at(-1) ?? '')
    .replace(/\.v\d+$/, '')
    .replace(/^go-|[.-]go$/g, '')
    .replace(/-/g, '_');
}

/** True when the children have been walked. */
type Walk = (reader: GoReader, node: Syntax, block: Block) => boolean;

const WALK: Readonly<Record<string, Walk | undefined>> = {
  import_declaration: () => true,
  function_declaration: (reader, node, block) => {
    const named = part(node, 'name');
    if (named) reader.facts.bind(block.declare(sourceOf(named, reader)), { kind: 'function', scope: scopeOf(node) });
    readFunction(reader, node, block);
    return true;
  },
  method_declaration: (reader, node, block) => {
    readMethod(reader, node, block);
    return true;
  },
  func_literal: (reader, node, block) => {
    readFunction(reader, node, block);
    return true;
  },
  type_spec: (reader, node, block) => readStruct(reader, node, block),
  block: (reader, node, block) => {
    const inside = block.child();
    for (const child of node.children) reader.walk(child, inside);
    return true;
  },
  call_expression: (reader, node, block) => {
    reader.recordCall(node, block);
    return false;
  },
  const_spec: readSpec,
  var_spec: readSpec,
  short_var_declaration: (reader, node, block) => {
    reader.bindAll(part(node, 'left')?.children ?? [], part(node, 'right')?.children ?? [], block, true);
    return false;
  },
  assignment_statement: (reader, node, block) => {
    reader.bindAll(part(node, 'left')?.children ?? [], part(node, 'right')?.children ?? [], block, false);
    return false;
  },
  return_statement: (reader, node, block) => {
    const first = node.children[0]?.children[0];
    if (first && block.scope !== undefined) reader.addReturn(block.scope, toExpr(first, block, reader));
    return false;
  },
  for_statement: readLoop,
};

function readSpec(reader: GoReader, node: Syntax, block: Block): boolean {
  reader.bindAll(parts(node, 'name'), part(node, 'value')?.children ?? [], block, true);
  return false;
}

/** `for i, value := range values`, `for key, value := range record`. */
function readLoop(reader: GoReader, node: Syntax, block: Block): boolean {
  const range = ofType(node, 'range_clause');
  const [right, body] = [range && part(range, 'right'), part(node, 'body')];
  if (!range || !right || !body) return false;
  const id = scopeOf(node);
  const inner = block.child(id);
  const [key, value] = part(range, 'left')?.children ?? [];
  const param = `element@${node.start}`;
  if (key)
    reader.facts.bind(inner.declare(sourceOf(key, reader), `${sourceOf(key, reader)}@${key.start}`), {
      kind: 'member',
      of: name(param),
      key: '0',
    });
  if (value)
    reader.facts.bind(inner.declare(sourceOf(value, reader), `${sourceOf(value, reader)}@${value.start}`), {
      kind: 'member',
      of: name(param),
      key: '1',
    });
  reader.walk(body, inner);
  reader.addScope({ id, params: [param], loop: { over: toExpr(right, block, reader), each: 'entries' } }, block);
  return true;
}
