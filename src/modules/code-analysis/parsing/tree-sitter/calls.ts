import type { Expr } from '../../linking/facts.js';
import type { Facts } from '../../linking/facts-builder.js';

/** What stands at the far left of `a.b().c`. */
export function rootOf(expr: Expr, facts: Facts): Expr {
  let at = expr;
  for (let step = 0; step < 50; step += 1) {
    const value: Expr | undefined =
      at.kind === 'name' && at.name.startsWith('call@') ? facts.bindings[at.name] : undefined;
    if (at.kind === 'member') at = at.of;
    else if (value?.kind === 'call') at = value.callee;
    else return at;
  }
  return at;
}
