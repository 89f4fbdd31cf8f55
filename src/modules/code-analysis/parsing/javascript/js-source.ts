import type { Expr, FileFacts } from '../../linking/facts.js';
import type { Node } from './node.js';

/** A call, ready for the rules of a framework. */
export interface JsCall {
  /** The binding id of its result: a router that the call makes has this id. */
  readonly id: string;
  readonly callee: Expr;
  /** Of `receiver.method(…)`; the method is text, or an expression for `receiver[method](…)`. */
  readonly receiver?: Expr;
  readonly method?: string | Expr;
  readonly args: readonly Expr[];
  readonly scope?: string;
  readonly line: number;
  readonly isNew: boolean;
}

export interface JsDecorator {
  /** As imported: resolve it with `JsSource.external`. */
  readonly callee: Expr;
  readonly args: readonly Expr[];
  readonly line: number;
}

export interface JsParam {
  readonly name: string;
  /** Its type as written, without `: `. */
  readonly type?: string;
  /** The name of the type, to be resolved with `external`. */
  readonly typeName?: Expr;
  readonly optional: boolean;
  readonly decorators: readonly JsDecorator[];
}

export interface JsMethod {
  readonly name: string;
  readonly line: number;
  readonly decorators: readonly JsDecorator[];
  readonly params: readonly JsParam[];
}

export interface JsClass {
  readonly id: string;
  readonly line: number;
  readonly scope?: string;
  readonly decorators: readonly JsDecorator[];
  readonly methods: readonly JsMethod[];
}

/** A file of JavaScript or TypeScript, walked once: frameworks look at lists, not at the tree. */
export interface JsSource {
  readonly path: string;
  readonly text: string;
  readonly program: Node;
  readonly calls: readonly JsCall[];
  readonly classes: readonly JsClass[];
  /** Parameters with a type, of all functions. */
  readonly typedParams: readonly {
    readonly id: string;
    readonly typeName: Expr;
    readonly scope: string;
    readonly line: number;
  }[];
  lineOf(offset: number): number;
  /** The package (or file) and exported name behind an expression, as far as this file knows. */
  external(expr: Expr): External | undefined;
}

export interface External {
  readonly from: string;
  /** `default` also for `require('x')` itself; `*` for a namespace. */
  readonly name: string;
}

/** Follows names of this file to an import or a require. */
export function externalOf(
  expr: Expr,
  facts: FileFacts,
  imports: ReadonlyMap<string, External>,
  depth = 0,
): External | undefined {
  if (depth > 10) return undefined;
  const follow = (next: Expr | undefined) => next && externalOf(next, facts, imports, depth + 1);
  if (expr.kind === 'module') return { from: expr.from, name: 'default' };
  if (expr.kind === 'name') return imports.get(expr.name) ?? follow(facts.bindings[expr.name]);
  const of = expr.kind === 'member' ? follow(expr.of) : undefined;
  return of && expr.kind === 'member' && typeof expr.key === 'string' ? memberOf(of, expr.key) : undefined;
}

const memberOf = ({ from, name }: External, key: string): External => ({
  from,
  name: name === 'default' || name === '*' ? key : `${name}.${key}`,
});
