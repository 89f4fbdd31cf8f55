import type { CallFact, Expr } from '../../linking/facts.js';
import type { Facts } from '../../linking/facts-builder.js';
import type { FrontEnd } from '../front-end.js';
import { importsIn } from './imports-in.js';
import type { JsCall, JsSource } from './js-source.js';
import { parseJavaScript } from './parse-javascript.js';
import { JsReader } from './read-javascript.js';

export const javascript: FrontEnd<JsSource> = {
  language: 'javascript',
  extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'],
  load: () => Promise.resolve(),
  importsIn,
  read(text, facts) {
    const source = new JsReader(facts.path, text, parseJavaScript(facts.path, text), facts);
    const local = new Set([...facts.imports.map(({ local: id }) => id), ...Object.keys(facts.bindings)]);
    facts.calls.push(...source.calls.filter((call) => mayBind(call, local, facts)).map(callFact));
    return source;
  },
};

/** Whether a call may hand on a router or a path: `f(app)`, `new Server(app)`, `this.mount('/x')`, `users.register(app)`. */
function mayBind({ callee, args, isNew }: JsCall, local: ReadonlySet<string>, facts: Facts): boolean {
  const root = rootOf(callee, facts);
  if (root.kind === 'module' || root.kind === 'function') return true;
  if (root.kind !== 'name' || root.name.startsWith('global:')) return false;
  if (root.name === 'this' || root.name === 'super' || isNew || callee.kind === 'name') return true;
  return local.has(root.name) || args.some(({ kind }) => kind === 'name' || kind === 'member');
}

/** What stands at the far left of `a.b().c`. */
function rootOf(expr: Expr, facts: Facts): Expr {
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

const callFact = ({ callee, args, isNew, line, scope }: JsCall): CallFact => ({
  callee,
  args,
  line,
  ...(isNew ? { isNew } : {}),
  ...(scope === undefined ? {} : { scope }),
});
