import type { Expr } from '../../linking/facts.js';
import type { External } from '../external.js';

/** A call, ready for the rules of a framework. Decorators are not among the calls. */
export interface PyCall {
  /** The binding id of its result. */
  readonly id: string;
  readonly callee: Expr;
  /** Of `receiver.method(…)`. */
  readonly receiver?: Expr;
  readonly method?: string;
  /** Without keyword arguments. */
  readonly args: readonly Expr[];
  readonly named: ReadonlyMap<string, Expr>;
  readonly scope?: string;
  readonly line: number;
}

/** `@receiver.method(…)`, or `@callee` without arguments. */
export type PyDecorator = Omit<PyCall, 'id'>;

export interface PyParam {
  readonly name: string;
  /** The annotation as written. */
  readonly type?: string;
  /** The annotation; `Annotated[int, Query()]` is a call of `Annotated`. */
  readonly annotation?: Expr;
  readonly fallback?: Expr;
}

export interface PyFunction {
  readonly name: string;
  /** Its binding id; `Class.method` for a method. */
  readonly id: string;
  readonly ofClass?: string;
  readonly decorators: readonly PyDecorator[];
  /** Without `self` and `cls`. */
  readonly params: readonly PyParam[];
  /** What the return annotation says. */
  readonly scope?: string;
  readonly line: number;
}

export interface PyClass {
  readonly name: string;
  readonly id: string;
  readonly bases: readonly Expr[];
  readonly decorators: readonly PyDecorator[];
  /** Names of its own methods. */
  readonly methods: readonly string[];
  readonly scope?: string;
  readonly line: number;
}

/** A file of Python, walked once: frameworks look at lists, not at the tree. */
export interface PySource {
  readonly calls: readonly PyCall[];
  readonly functions: readonly PyFunction[];
  readonly classes: readonly PyClass[];
  /** Parameters with an annotation, of all functions whose body may matter. */
  readonly typedParams: readonly {
    readonly id: string;
    readonly type: Expr;
    readonly scope: string;
    readonly line: number;
  }[];
  /** The package and name behind an expression, as far as this file knows. */
  external(expr: Expr): External | undefined;
  /** What a name of this file is bound to, through calls; the expression itself when nothing is. */
  bound(expr: Expr): Expr;
}
