import { exportOf, importOf, moduleValue, starOf } from './exports.js';
import type { CallFact, Expr } from './facts.js';
import { memberOf } from './members.js';
import type { FileIndex, ProjectIndex } from './project-index.js';
import {
  type Activation,
  type FunctionValue,
  type Given,
  type ObjectValue,
  plain,
  type RouterNode,
  unknownValue,
  type Value,
  weaker,
} from './values.js';

/** What running a project means for an expression: implemented by the one that keeps calls and routers. */
export interface Runtime {
  readonly index: ProjectIndex;
  /** The run of a function with these arguments. */
  call(callee: FunctionValue, args: Given): Activation | undefined;
  construct(id: string, closure: Activation, args: Given): ObjectValue;
  /** The router of this id as it is in this run; undefined when the id names none. */
  router(id: string, at: Activation): RouterNode | undefined;
  /** What any call has given for a parameter. */
  anyArgument(file: string, param: string): Value | undefined;
}

const MAX_DEPTH = 60;

/** Evaluates expressions over the whole project. Ends: cycles and depths beyond the limit are unknown values. */
export class Evaluator {
  private depth = 0;
  private readonly running = new Set<string>();

  constructor(readonly runtime: Runtime) {}

  value(expr: Expr, at: Activation): Value {
    if (this.depth >= MAX_DEPTH) return unknownValue('…');
    this.depth += 1;
    try {
      return this.evaluate(expr, at);
    } finally {
      this.depth -= 1;
    }
  }

  private evaluate(expr: Expr, at: Activation): Value {
    const evaluate = this.evaluators[expr.kind] as (expr: Expr, at: Activation) => Value;
    return evaluate(expr, at);
  }

  private readonly evaluators: {
    readonly [Kind in Expr['kind']]: (expr: Expr & { kind: Kind }, at: Activation) => Value;
  } = {
    text: ({ text }) => ({ kind: 'text', text, confidence: 'high' }),
    unknown: ({ source }) => unknownValue(source),
    name: ({ name }, at) => this.named(name, at),
    join: ({ parts }, at) => this.joined(parts, at),
    list: ({ items }, at) => ({ kind: 'list', items: items.flatMap((item) => this.items(item, at)) }),
    record: ({ entries }, at) => ({ kind: 'record', entries, in: at }),
    function: ({ scope }, at) => ({ kind: 'function', scope, in: this.closureOf(scope, at), ...selfOf(at) }),
    choice: ({ options }, at) => this.chosen(options, at),
    module: ({ from }, at) => moduleValue(this, from, at.file),
    inline: ({ of }, at) => ({ kind: 'inline', of: this.value(of, at) }),
    spread: ({ of }, at) => this.value(of, at),
    member: (expr, at) => this.memberValue(expr, at),
    call: (expr, at) => this.called(expr, at),
  };

  /** The run that a function was made in, and not the one that names it: a function that calls itself makes no deeper closure. */
  private closureOf(scope: string, at: Activation): Activation {
    return at.runOf(this.runtime.index.of(at.file).scopes.get(scope)?.parent);
  }

  member(of: Value, key: string | undefined): Value {
    return memberOf(this, of, key);
  }

  /** What files of a module export under a name; `=` is all of `module.exports`. */
  exported(files: readonly string[], name: string): Value | undefined {
    return exportOf(this, files, name);
  }

  /** A module in a place where a value is meant: what it exports as a whole. */
  deref(value: Value): Value {
    if (value.kind !== 'module') return value;
    return this.exported(value.files, '=') ?? this.exported(value.files, 'default') ?? value;
  }

  private items(item: Expr, at: Activation): readonly Value[] {
    const value = this.value(item, at);
    return item.kind === 'spread' && value.kind === 'list' ? value.items : [value];
  }

  /** A name: parameter, router, binding, class, import, unit; in this order. */
  private named(id: string, at: Activation): Value {
    if (id === 'this') return this.self(at);
    const given = at.param(id);
    if (given) return given;
    const known = at.recall(id);
    if (known) return known;
    const key = `${at.key}\0${id}`;
    if (this.running.has(key)) return unknownValue(plain(id));
    this.running.add(key);
    try {
      return at.remember(id, this.lookUp(id, at));
    } finally {
      this.running.delete(key);
    }
  }

  private lookUp(id: string, at: Activation): Value {
    const router = this.runtime.router(id, at);
    if (router) return { kind: 'router', router };
    const file = this.runtime.index.of(at.file);
    if (file.classes.has(id)) return { kind: 'class', id, in: at };
    const bound = at.file.bindings[id];
    const own = bound && this.value(bound, at);
    if (own && own.kind !== 'unknown') return own;
    const imported = file.imports.get(id);
    if (imported) return importOf(this, imported, at.file);
    return this.elsewhere(id, at) ?? own ?? nameless(id, file);
  }

  /** A name that this file does not explain: what any call has given for it, another file of the unit, a star import. */
  private elsewhere(id: string, at: Activation): Value | undefined {
    return this.runtime.anyArgument(at.file.path, id) ?? this.fromUnit(id, at) ?? starOf(this, at.file, plain(id));
  }

  private fromUnit(id: string, at: Activation): Value | undefined {
    const bare = plain(id);
    for (const { facts, classes, routers, top } of this.runtime.index.siblings(at.file))
      if (facts.bindings[bare] || classes.has(bare) || routers.has(bare))
        return this.value({ kind: 'name', name: bare }, top);
    return undefined;
  }

  private self(at: Activation): Value {
    const object = at.selfObject;
    if (object) return object;
    const { scopes } = this.runtime.index.of(at.file);
    for (let scope = at.scope; scope !== undefined; scope = scopes.get(scope)?.parent) {
      const id = scopes.get(scope)?.ofClass;
      if (id !== undefined) return { kind: 'class', id, in: at };
    }
    return unknownValue('this');
  }

  private joined(parts: readonly Expr[], at: Activation): Value {
    let text = '';
    let confidence: (Value & { kind: 'text' })['confidence'] = 'high';
    for (const part of parts) {
      const value = this.asText(this.value(part, at));
      text += value.text;
      confidence = weaker(confidence, value.confidence);
    }
    return { kind: 'text', text, confidence };
  }

  /** Text as it is; anything else by its source, as a part that is not resolved. */
  asText(value: Value): Value & { kind: 'text' } {
    if (value.kind === 'text') return value;
    const source = value.kind === 'unknown' ? value.source : value.kind === 'external' ? value.name : 'unresolved';
    return { kind: 'text', text: source.replace(/[^\w.-]+/g, '_'), confidence: 'low' };
  }

  /** The first that is known. That another would have come first, or that there are several, makes it less sure. */
  private chosen(options: readonly Expr[], at: Activation): Value {
    const values = options.map((option) => this.value(option, at));
    const found =
      values.find(({ kind }) => kind !== 'unknown' && kind !== 'external') ??
      values.find(({ kind }) => kind !== 'unknown');
    if (!found) return values[0] ?? unknownValue('');
    // Which of several routers is chosen is known at run time alone: all may be.
    const routers = values.filter(({ kind }) => kind === 'router');
    if (routers.length > 1) return { kind: 'list', items: routers };
    return found.kind === 'text' && values.length > 1
      ? { ...found, confidence: weaker(found.confidence, 'medium') }
      : found;
  }

  private memberValue(expr: Expr & { kind: 'member' }, at: Activation): Value {
    const key = typeof expr.key === 'string' ? expr.key : this.asKey(expr.key, at);
    if (expr.of.kind === 'name' && expr.of.name === 'super') return this.member(this.self(at), key);
    if (expr.of.kind === 'name' && key !== undefined) {
      const id = `${expr.of.name}.${key}`;
      if (!at.param(expr.of.name) && (at.file.bindings[id] || this.runtime.index.of(at.file).routers.has(id)))
        return this.named(id, at);
    }
    return this.member(this.value(expr.of, at), key);
  }

  private asKey(key: Expr, at: Activation): string | undefined {
    const value = this.value(key, at);
    return value.kind === 'text' ? value.text : undefined;
  }

  private called(expr: Expr & { kind: 'call' }, at: Activation): Value {
    const callee = this.deref(this.value(expr.callee, at));
    const args = () => this.given(expr, at);
    switch (callee.kind) {
      case 'method':
        return { kind: 'router', router: callee.router };
      case 'class':
        return this.runtime.construct(callee.id, callee.in, args());
      case 'function':
        return this.returned(callee, args());
      default:
        return unknownValue(callee.kind === 'unknown' ? callee.source : 'call');
    }
  }

  /** The arguments of a call. */
  given(
    { args, named }: { readonly args: readonly Expr[]; readonly named?: CallFact['named'] },
    at: Activation,
  ): Given {
    const inOrder = args.flatMap((argument) => this.items(argument, at));
    if (!named) return { inOrder };
    return { inOrder, byName: new Map(named.map(([key, value]) => [key, this.value(value, at)])) };
  }

  private returned(callee: FunctionValue, args: Given): Value {
    const returns = this.runtime.index.of(callee.in.file).scopes.get(callee.scope)?.returns ?? [];
    const run = returns.length ? this.runtime.call(callee, args) : undefined;
    if (!run) return unknownValue('call');
    const values = returns.map((one) => this.value(one, run));
    return values.find(({ kind }) => kind !== 'unknown') ?? values[0] ?? unknownValue('call');
  }
}

const selfOf = (at: Activation) => (at.selfObject ? { self: at.selfObject } : {});

const nameless = (id: string, { params }: FileIndex): Value => ({
  kind: 'unknown',
  source: plain(id),
  ...(params.has(id) ? { isParameter: true } : {}),
});
