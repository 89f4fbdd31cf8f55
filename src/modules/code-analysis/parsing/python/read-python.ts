import type { Expr, ScopeFact } from '../../linking/facts.js';
import { type Facts, list, member, name, unknown } from '../../linking/facts-builder.js';
import { type External, externalOf } from '../external.js';
import { Block } from '../tree-sitter/block.js';
import { Lines, ofType, part, type Syntax } from '../tree-sitter/syntax.js';
import { argumentsOf, type Reading, sourceOf, toExpr } from './python-expressions.js';
import { namesIn, namesOf } from './python-names.js';
import type { PyCall, PyClass, PyDecorator, PyFunction, PySource } from './python-source.js';
import { readClass } from './read-class.js';
import { readFunction } from './read-function.js';
import { readImport } from './read-import.js';

/** Levels of the tree that are followed; what lies deeper is passed over. */
const MAX_LEVELS = 400;

/** Walks a tree once and writes down bindings, scopes, classes and calls. */
export class PyReader implements Reading, PySource {
  readonly calls: PyCall[] = [];
  readonly functions: PyFunction[] = [];
  readonly classes: PyClass[] = [];
  readonly typedParams: { id: string; type: Expr; scope: string; line: number }[] = [];
  readonly dotted = new Set<string>();
  private readonly returns = new Map<string, Expr[]>();
  private readonly imports = new Map<string, External>();
  private readonly lines: Lines;
  private depth = 0;

  constructor(
    readonly text: string,
    readonly facts: Facts,
    root: Syntax,
  ) {
    this.lines = new Lines(text);
    this.walkBody(root.children, new Block());
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

  import(local: string, from: string, imported: string): void {
    this.facts.imports.push({ local, from, name: imported });
    this.imports.set(local, { from, name: imported });
  }

  bindCall(node: Syntax, value: () => Expr): string {
    const id = callId(node);
    if (!this.facts.bindings[id]) {
      this.facts.bindings[id] = unknown('call');
      this.facts.bindings[id] = value();
    }
    return id;
  }

  /** Names of a body are known in all of it: functions run later. */
  walkBody(statements: readonly Syntax[], block: Block): void {
    for (const one of namesIn(statements, this.text)) block.declare(one);
    for (const statement of statements) this.walk(statement, block);
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

  /** Binds the names of a target to a value or to members of it. */
  bindTarget(target: Syntax, value: Expr, block: Block): void {
    switch (target.type) {
      case 'identifier':
        this.facts.bind(block.declare(sourceOf(target, this)), value);
        break;
      case 'attribute': {
        const id = this.attributeId(target, block);
        if (id !== undefined) this.facts.bind(id, value);
        break;
      }
      case 'pattern_list':
      case 'tuple_pattern':
      case 'list_pattern':
        target.children.forEach((child, at) => this.bindTarget(child, member(value, String(at)), block));
    }
  }

  /** `self.x` is a field of the class; `a.x` a member of the binding `a`. */
  private attributeId(target: Syntax, block: Block): string | undefined {
    const object = part(target, 'object');
    const key = part(target, 'attribute');
    if (object?.type !== 'identifier' || !key) return undefined;
    const of = block.resolve(sourceOf(object, this));
    if (of !== 'this') return `${of}.${sourceOf(key, this)}`;
    return block.self === undefined ? undefined : `${block.self}.${sourceOf(key, this)}`;
  }

  decoratorsOf(node: Syntax | undefined, block: Block): PyDecorator[] {
    const nodes = node?.type === 'decorated_definition' ? node.children.filter(({ type }) => type === 'decorator') : [];
    return nodes.flatMap((decorator) => {
      const at = decorator.children[0];
      if (!at) return [];
      const { args, named } = at.type === 'call' ? argumentsOf(at, block, this) : { args: [], named: [] };
      const callee = toExpr(at.type === 'call' ? part(at, 'function') : at, block, this);
      return [this.callOf(callee, { args, named }, decorator, block)];
    });
  }

  recordCall(node: Syntax, block: Block): void {
    const value = toExpr(node, block, this);
    const call = value.kind === 'name' ? this.facts.bindings[value.name] : undefined;
    if (value.kind !== 'name' || call?.kind !== 'call') return;
    this.calls.push({
      ...this.callOf(call.callee, { args: call.args, named: call.named ?? [] }, node, block),
      id: value.name,
    });
  }

  private callOf(
    callee: Expr,
    given: { args: readonly Expr[]; named: readonly (readonly [string, Expr])[] },
    node: Syntax,
    block: Block,
  ): PyDecorator {
    return {
      callee,
      args: given.args,
      named: new Map(given.named),
      line: this.lineOf(node),
      ...(callee.kind === 'member' && typeof callee.key === 'string'
        ? { receiver: callee.of, method: callee.key }
        : {}),
      ...(block.scope === undefined ? {} : { scope: block.scope }),
    };
  }
}

const callId = (node: Syntax) => `call@${node.end}`;

/** True when the children have been walked. */
type Walk = (reader: PyReader, node: Syntax, block: Block) => boolean;

const WALK: Readonly<Record<string, Walk | undefined>> = {
  import_statement: readImport,
  import_from_statement: readImport,
  decorated_definition: (reader, node, block) => {
    const definition = part(node, 'definition');
    if (definition?.type === 'class_definition') readClass(reader, definition, block, node);
    else if (definition) readFunction(reader, definition, block, node);
    return true;
  },
  function_definition: (reader, node, block) => {
    readFunction(reader, node, block);
    return true;
  },
  class_definition: (reader, node, block) => {
    readClass(reader, node, block);
    return true;
  },
  for_statement: (reader, node, block) => readLoop(reader, node, node, block),
  list_comprehension: comprehension,
  generator_expression: comprehension,
  call: (reader, node, block) => {
    reader.recordCall(node, block);
    return false;
  },
  assignment: (reader, node, block) => {
    const [left, right] = [part(node, 'left'), part(node, 'right')];
    if (left && right) reader.bindTarget(left, toExpr(right, block, reader), block);
    return false;
  },
  augmented_assignment: (reader, node, block) => {
    const [left, right] = [part(node, 'left'), part(node, 'right')];
    if (left?.type === 'identifier' && right) extend(reader, left, toExpr(right, block, reader), block);
    return false;
  },
  return_statement: (reader, node, block) => {
    if (node.children[0] && block.scope !== undefined)
      reader.addReturn(block.scope, toExpr(node.children[0], block, reader));
    return false;
  },
};

/** `names += [x]` */
function extend(reader: PyReader, left: Syntax, added: Expr, block: Block): void {
  const id = block.declare(sourceOf(left, reader));
  const before = reader.facts.bindings[id];
  reader.facts.bindings[id] =
    before?.kind === 'text' || before?.kind === 'join'
      ? { kind: 'join', parts: [before, added] }
      : list([...(before ? [{ kind: 'spread' as const, of: before }] : []), { kind: 'spread', of: added }]);
}

function comprehension(reader: PyReader, node: Syntax, block: Block): boolean {
  const clause = ofType(node, 'for_in_clause');
  return clause ? readLoop(reader, node, clause, block) : false;
}

/** `for x in values:` and `for k, v in record.items():`; `clause` says what runs over what. */
function readLoop(reader: PyReader, node: Syntax, clause: Syntax, block: Block): boolean {
  const [left, right, body] = [part(clause, 'left'), part(clause, 'right'), part(node, 'body')];
  if (!left || !right || !body) return false;
  reader.walk(right, block);
  const id = `s${node.start}`;
  const inner = block.child(id);
  const names = namesOf(left, reader.text);
  for (const one of names) inner.declare(one, `${one}@${node.start}`);
  const [only] = names;
  const isSimple = left.type === 'identifier' && only !== undefined;
  const param = isSimple ? `${only}@${node.start}` : `element@${node.start}`;
  if (!isSimple) reader.bindTarget(left, name(param), inner);
  for (const child of body.children.length ? body.children : [body]) reader.walk(child, inner);
  reader.addScope({ id, params: [param], loop: loopOver(right, block, reader) }, block);
  return true;
}

function loopOver(right: Syntax, block: Block, reader: PyReader): NonNullable<ScopeFact['loop']> {
  const callee = right.type === 'call' ? part(right, 'function') : undefined;
  const object = callee && part(callee, 'object');
  const key = callee && part(callee, 'attribute');
  const each = key && EACH[sourceOf(key, reader)];
  if (object && each) return { over: toExpr(object, block, reader), each };
  return { over: toExpr(right, block, reader), each: 'values' };
}

const EACH: Readonly<Record<string, 'keys' | 'values' | 'entries' | undefined>> = {
  keys: 'keys',
  values: 'values',
  items: 'entries',
};
