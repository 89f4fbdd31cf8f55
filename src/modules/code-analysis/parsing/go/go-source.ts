import type { Expr } from '../../linking/facts.js';
import type { External } from '../external.js';

export interface GoCall {
  /** The binding id of its result. */
  readonly id: string;
  readonly callee: Expr;
  /** Of `receiver.Method(…)`. */
  readonly receiver?: Expr;
  readonly method?: string;
  readonly args: readonly Expr[];
  readonly scope?: string;
  readonly line: number;
}

/** A file of Go, walked once: frameworks look at lists, not at the tree. */
export interface GoSource {
  readonly calls: readonly GoCall[];
  /** Parameters with the type they point to, of all functions whose body may matter. */
  readonly typedParams: readonly {
    readonly id: string;
    readonly type: Expr;
    readonly scope: string;
    readonly line: number;
  }[];
  /** The package and name behind an expression, as far as this file knows. */
  external(expr: Expr): External | undefined;
  /** What a name of this file is bound to, through calls. */
  bound(expr: Expr): Expr;
}
