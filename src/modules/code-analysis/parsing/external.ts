import type { Expr, FileFacts } from '../linking/facts.js';

/** What a file imports from a package (or another file). */
export interface External {
  readonly from: string;
  readonly name: string;
}

/** Follows names of one file to an import: `np.array` after `import numpy as np` is `array` of `numpy`. */
export function externalOf(
  expr: Expr,
  facts: FileFacts,
  imports: ReadonlyMap<string, External>,
  depth = 0,
): External | undefined {
  if (depth > 10) return undefined;
  if (expr.kind === 'name') {
    const imported = imports.get(expr.name);
    const value = facts.bindings[expr.name];
    return imported ?? (value && externalOf(value, facts, imports, depth + 1));
  }
  if (expr.kind !== 'member' || typeof expr.key !== 'string') return undefined;
  const of = externalOf(expr.of, facts, imports, depth + 1);
  if (!of) return undefined;
  return { from: of.from, name: of.name === '*' ? expr.key : `${of.name}.${expr.key}` };
}
