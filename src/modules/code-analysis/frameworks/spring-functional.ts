import type { Expr } from '../linking/facts.js';
import { type Facts, list, name, text } from '../linking/facts-builder.js';
import type { JavaCall, JavaClass, JavaSource } from '../parsing/java/java-source.js';
import type { Framework } from './framework.js';

const NAME = 'spring';
const FUNCTIONS = /\bRouterFunction/;
const VERBS = /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/;

/**
 * Functional routes of WebFlux and WebMvc.fn: `route(GET("/x"), h).andRoute(…)`, the builder `route().GET("/x", h).path("/y", b -> …)`,
 * and `nest(path("/x"), …)`. What a `@Bean` method makes is served; anything else only where it is nested or added.
 */
export const springFunctional: Framework<JavaSource> = {
  name: NAME,
  language: 'java',
  prefilter: FUNCTIONS,
  extract(source, facts) {
    const beans = beanScopes(source.classes);
    for (const call of source.calls) {
      if (!call.receiver || isRouterFunctions(call.receiver)) readStart(call, beans, facts);
      else readStep(source, call, facts);
    }
  },
};

const beanScopes = (classes: readonly JavaClass[]): ReadonlySet<string> =>
  new Set(
    classes.flatMap(({ methods }) =>
      methods.filter(({ annotations }) => annotations.some((one) => one.name === 'Bean')).map(({ body }) => body),
    ),
  );

const placed = ({ line, scope }: JavaCall) => ({ framework: NAME, line, ...(scope === undefined ? {} : { scope }) });

const isRouterFunctions = (receiver: Expr): boolean =>
  receiver.kind === 'name' && /(^|:)RouterFunctions$/.test(receiver.name);

/** `route()`, `route(predicate, handler)`, `nest(predicate, functions)`. */
function readStart(call: JavaCall, beans: ReadonlySet<string>, facts: Facts): void {
  if (call.method !== 'route' && call.method !== 'nest') return;
  const isBean = call.scope !== undefined && beans.has(call.scope) && !isArgument(call, facts);
  facts.routers.push({ ...placed(call), id: call.id, role: isBean ? 'app' : 'part' });
  if (call.args.length < 2) return;
  if (call.method === 'route') addRoute(call, name(call.id), facts);
  else addNested(call, name(call.id), facts);
}

/** Whether another call takes it, through the calls that are chained to it. */
function isArgument({ id }: JavaCall, facts: Facts): boolean {
  const words = `"name":"${id}"`;
  return facts.calls.some(({ args }) =>
    args.some((one) => JSON.stringify(one).includes(words) || chainHas(one, id, facts)),
  );
}

function chainHas(expr: Expr, id: string, facts: Facts): boolean {
  let at: Expr | undefined = expr;
  for (let step = 0; at && step < 100; step += 1) {
    if (at.kind === 'name' && at.name === id) return true;
    if (at.kind === 'member') at = at.of;
    else {
      const value: Expr | undefined = at.kind === 'name' ? facts.bindings[at.name] : undefined;
      at = value?.kind === 'call' ? value.callee : undefined;
    }
  }
  return false;
}

function readStep(source: JavaSource, call: JavaCall, facts: Facts): void {
  const { receiver, method, args } = call;
  const [first] = args;
  if (!receiver || !first) return;
  if (args.length > 1) readStepWithHandler(call, receiver, first, facts);
  else if (/^(and|andOther|add)$/.test(method) && !isPredicate(source, first))
    facts.mounts.push({ ...placed(call), parent: receiver, child: first });
}

function readStepWithHandler(call: JavaCall, router: Expr, path: Expr, facts: Facts): void {
  const { method } = call;
  if (VERBS.test(method)) facts.routes.push({ ...placed(call), router, methods: text(method), path });
  else if (/^(andRoute|route)$/.test(method)) addRoute(call, router, facts);
  else if (/^(path|nest|andNest)$/.test(method)) addNested(call, router, facts);
}

const isPredicate = (source: JavaSource, expr: Expr): boolean => {
  const call = source.bound(expr);
  const callee = call.kind === 'call' ? call.callee : undefined;
  return (
    callee?.kind === 'name' &&
    /(^|:)(GET|POST|PUT|PATCH|DELETE|HEAD|accept|contentType|path|method|queryParam)$/.test(callee.name)
  );
};

function addRoute(call: JavaCall, router: Expr, facts: Facts): void {
  const { methods, path } = predicateOf(call.args[0], facts);
  if (path) facts.routes.push({ ...placed(call), router, methods: methods ?? text('ALL'), path });
}

function addNested(call: JavaCall, parent: Expr, facts: Facts): void {
  const [first, child] = call.args;
  const prefix = first && (call.method === 'path' ? first : predicateOf(first, facts).path);
  if (child) facts.mounts.push({ ...placed(call), parent, child, ...(prefix ? { prefix } : {}) });
}

interface Predicate {
  readonly methods?: Expr;
  readonly path?: Expr;
}

/** `GET("/x").and(accept(JSON))`, `path("/x").and(method(HttpMethod.GET))`. */
function predicateOf(expr: Expr | undefined, facts: Facts, depth = 0): Predicate {
  const call = expr?.kind === 'name' ? facts.bindings[expr.name] : undefined;
  if (call?.kind !== 'call' || depth > 10) return {};
  const { callee, args } = call;
  if (callee.kind === 'member' && callee.key === 'and')
    return { ...predicateOf(args[0], facts, depth + 1), ...predicateOf(callee.of, facts, depth + 1) };
  return args[0] ? simplePredicate(nameOf(callee), args[0]) : {};
}

function nameOf(callee: Expr): string {
  if (callee.kind === 'member') return String(callee.key);
  return callee.kind === 'name' ? callee.name.replace(/^global:/, '') : '';
}

function simplePredicate(called: string, argument: Expr): Predicate {
  if (VERBS.test(called)) return { methods: text(called), path: argument };
  if (called === 'path') return { path: argument };
  return called === 'method' && argument.kind === 'member' ? { methods: list([text(String(argument.key))]) } : {};
}
