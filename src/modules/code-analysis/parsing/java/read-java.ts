import type { Expr, ScopeFact } from '../../linking/facts.js';
import { type Facts, member, name, unknown } from '../../linking/facts-builder.js';
import { Block } from '../tree-sitter/block.js';
import { Lines, ofType, part, type Syntax } from '../tree-sitter/syntax.js';
import { type Reading, sourceOf, toExpr } from './java-expressions.js';
import type { JavaAnnotation, JavaCall, JavaClass, JavaSource } from './java-source.js';
import { declareTypes, readType, TYPES } from './read-type.js';

const MAX_LEVELS = 400;

/** Walks a tree once and writes down classes, annotations, constants and calls. */
export class JavaReader implements Reading, JavaSource {
  readonly calls: JavaCall[] = [];
  readonly classes: JavaClass[] = [];
  private readonly imports = new Map<string, string>();
  private readonly stars: string[] = [];
  private readonly returns = new Map<string, Expr[]>();
  private readonly basesOf = new Map<string, boolean>();
  private readonly lines: Lines;
  private depth = 0;

  constructor(
    readonly text: string,
    readonly facts: Facts,
    root: Syntax,
  ) {
    this.lines = new Lines(text);
    const top = new Block();
    const named = ofType(root, 'package_declaration')?.children.at(-1);
    facts.unit = named ? sourceOf(named, this) : '';
    for (const node of root.children) if (node.type === 'import_declaration') this.readImport(node, top);
    declareTypes(this, root.children, top, '');
    for (const node of root.children) this.walk(node, top);
  }

  lineOf(node: Syntax): number {
    return this.lines.of(node.start);
  }

  isFrom(written: string, root: string): boolean {
    const from = this.imports.get(written);
    const isBelow = (one: string) => one === root || one.startsWith(`${root}.`);
    if (written.includes('.')) return isBelow(written);
    return from === undefined ? this.stars.some(isBelow) : isBelow(from);
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

  scopeOf(node: Syntax): string {
    return `s${node.start}`;
  }

  bindCall(node: Syntax, value: () => Expr): string {
    const id = `call@${node.end}`;
    if (!this.facts.bindings[id]) {
      this.facts.bindings[id] = unknown('call');
      this.facts.bindings[id] = value();
    }
    return id;
  }

  /** A constant of a base or an interface, of a static star import, or a class of the same package. */
  inherited(called: string, block: Block): Expr {
    this.require(`${this.facts.unit ?? ''}.${called}`);
    const outside = name(`global:${called}`);
    const { self } = block;
    if (self === undefined || !this.basesOf.get(self)) return outside;
    return { kind: 'choice', options: [member(name(self), called), outside] };
  }

  private require(specifier: string): void {
    if (!this.facts.requires.includes(specifier)) this.facts.requires.push(specifier);
  }

  noteBases(id: string, has: boolean): void {
    this.basesOf.set(id, has);
  }

  /** `import a.B`, `import a.B.C`, `import a.*`, `import static a.B.c`, `import static a.B.*`. */
  private readImport(node: Syntax, block: Block): void {
    const [path, star] = node.children;
    if (!path) return;
    const words = sourceOf(path, this).replace(/\s+/g, '').split('.');
    if (star) {
      this.stars.push(words.join('.'));
      this.facts.imports.push({ local: '*', from: words.join('.'), name: '*' });
      return;
    }
    const local = words.at(-1) ?? '';
    const from = words.slice(0, -1).join('.');
    this.imports.set(local, from);
    this.facts.imports.push({ local: block.declare(local), from, name: local });
    if (/^import\s+static\b/.test(this.text.slice(node.start, node.start + 40))) block.declare(`${local}()`, local);
  }

  walk(node: Syntax, block: Block): void {
    if (this.depth > MAX_LEVELS) return;
    this.depth += 1;
    if (TYPES.has(node.type)) readType(this, node, block);
    else if (!WALK[node.type]?.(this, node, block)) for (const child of node.children) this.walk(child, block);
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

  annotationsOf(node: Syntax, block: Block): JavaAnnotation[] {
    const nodes = (ofType(node, 'modifiers')?.children ?? []).filter(({ type }) => /annotation$/.test(type));
    return nodes.flatMap((annotation) => {
      const named = part(annotation, 'name');
      if (!named) return [];
      const written = sourceOf(named, this).replace(/\s+/g, '');
      const args = new Map<string, Expr>();
      for (const one of part(annotation, 'arguments')?.children ?? []) {
        const [key, value] = [part(one, 'key'), part(one, 'value')];
        if (one.type === 'element_value_pair' && key) args.set(sourceOf(key, this), toExpr(value, block, this));
        else args.set('value', toExpr(one, block, this));
      }
      return [{ name: written.split('.').pop() ?? '', written, args, line: this.lineOf(annotation) }];
    });
  }

  recordCall(node: Syntax, block: Block): void {
    const value = toExpr(node, block, this);
    const call = value.kind === 'name' ? this.facts.bindings[value.name] : undefined;
    if (value.kind !== 'name' || call?.kind !== 'call') return;
    const called = part(node, 'name');
    const { callee, args } = call;
    const placed = {
      callee,
      args,
      line: this.lineOf(called ?? node),
      ...(block.scope === undefined ? {} : { scope: block.scope }),
    };
    this.facts.calls.push({ ...placed, ...(call.isNew ? { isNew: true } : {}) });
    this.calls.push({
      ...placed,
      id: value.name,
      method: called ? sourceOf(called, this) : '',
      ...(callee.kind === 'member' ? { receiver: callee.of } : {}),
    });
  }
}

/** True when the children have been walked. */
type Walk = (reader: JavaReader, node: Syntax, block: Block) => boolean;

const WALK: Readonly<Record<string, Walk | undefined>> = {
  import_declaration: () => true,
  package_declaration: () => true,
  method_invocation: (reader, node, block) => {
    reader.recordCall(node, block);
    return false;
  },
  object_creation_expression: (reader, node, block) => {
    reader.recordCall(node, block);
    return false;
  },
  local_variable_declaration: (reader, node, block) => {
    for (const one of node.children) {
      const [named, value] = [part(one, 'name'), part(one, 'value')];
      if (one.type !== 'variable_declarator' || !named) continue;
      const id = block.declare(sourceOf(named, reader), `${sourceOf(named, reader)}@${one.start}`);
      if (value) reader.facts.bind(id, toExpr(value, block, reader));
    }
    return false;
  },
  assignment_expression: (reader, node, block) => {
    const [left, right] = [part(node, 'left'), part(node, 'right')];
    const target = left && toExpr(left, block, reader);
    if (!right || !target) return false;
    const value = toExpr(right, block, reader);
    if (target.kind === 'name' && !target.name.startsWith('global:')) reader.facts.bind(target.name, value);
    if (target.kind === 'member' && target.of.kind === 'name' && target.of.name === 'this' && block.self)
      reader.facts.bind(`${block.self}.${String(target.key)}`, value);
    return false;
  },
  return_statement: (reader, node, block) => {
    if (node.children[0] && block.scope !== undefined)
      reader.addReturn(block.scope, toExpr(node.children[0], block, reader));
    return false;
  },
  lambda_expression: (reader, node, block) => {
    const [params, body] = [part(node, 'parameters'), part(node, 'body')];
    const scope = reader.scopeOf(node);
    const inner = block.child(scope);
    const names =
      params?.type === 'identifier' ? [params] : (params?.children ?? []).map((one) => part(one, 'name') ?? one);
    const ids = names.map((one) => inner.declare(sourceOf(one, reader), `${sourceOf(one, reader)}@${one.start}`));
    if (body && body.type !== 'block') reader.addReturn(scope, toExpr(body, inner, reader));
    if (body) reader.walk(body, names.length ? inner : body.type === 'block' ? inner : block);
    reader.addScope({ id: scope, params: ids }, block);
    return true;
  },
};
