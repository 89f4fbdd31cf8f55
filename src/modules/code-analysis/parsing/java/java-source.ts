import type { Expr } from '../../linking/facts.js';

export interface JavaAnnotation {
  /** Its simple name; see `JavaSource.isFrom` for its package. */
  readonly name: string;
  /** As written: `GetMapping`, `org.acme.Meta`. */
  readonly written: string;
  /** The only argument without a name is `value`. */
  readonly args: ReadonlyMap<string, Expr>;
  readonly line: number;
}

export interface JavaParam {
  readonly name: string;
  readonly type: string;
  readonly annotations: readonly JavaAnnotation[];
}

export interface JavaMethod {
  readonly name: string;
  readonly line: number;
  readonly annotations: readonly JavaAnnotation[];
  readonly params: readonly JavaParam[];
  /** The scope of its body. */
  readonly body: string;
}

export interface JavaClass {
  readonly id: string;
  readonly kind: 'class' | 'interface';
  readonly isAbstract: boolean;
  readonly annotations: readonly JavaAnnotation[];
  readonly methods: readonly JavaMethod[];
  readonly line: number;
}

export interface JavaCall {
  readonly id: string;
  readonly callee: Expr;
  readonly receiver?: Expr;
  readonly method: string;
  readonly args: readonly Expr[];
  readonly scope?: string;
  readonly line: number;
}

/** A file of Java, walked once: frameworks look at lists, not at the tree. */
export interface JavaSource {
  readonly classes: readonly JavaClass[];
  readonly calls: readonly JavaCall[];
  /** Whether a simple or full name means one of a package (or of one below): by import, by `import x.*`, or written out. */
  isFrom(written: string, root: string): boolean;
  /** The call that made a value. */
  bound(expr: Expr): Expr;
}
