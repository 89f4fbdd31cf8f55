import type { Expr } from '../linking/facts.js';
import { type Facts, member, text } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';
import { placedOf } from './placed.js';

/** Frameworks whose routers have a method for each HTTP method: `router.get(path, …handlers)`. */
export const VERB_FRAMEWORKS = ['express', 'fastify', 'hono', 'koa'] as const;

const VERBS = /^(get|post|put|patch|delete|del|head|options|all|trace|any|ws)$/;

/**
 * `receiver.get(path, …, handler)` in any file: whose router the receiver is, the linker says. A call without a handler is no route:
 * `app.get('setting')`, `axios.get(url, { params })`.
 */
export const httpVerbs: Framework<JsSource> = {
  name: 'http verbs',
  language: 'javascript',
  prefilter: /(\.\s*(get|post|put|patch|delete|del|head|options|all|ws)|\])\s*\(\s*(?:\[\s*)?(['"`][/*:]|['"`]{2}|`\$)/,
  extract(source, facts) {
    const chains = new Map(source.calls.map((call) => [call, routeOf(call.receiver, facts)]));
    const served = new Set(source.calls.flatMap((call) => (call.method === 'all' ? [] : (chains.get(call) ?? []))));
    for (const call of source.calls) {
      const chain = chains.get(call);
      // `.all(load)` before `.get(read)` is middleware of that path.
      if (call.method !== 'all' || chain === undefined || !served.has(chain))
        readVerb(call, chain !== undefined, facts);
    }
  },
};

function readVerb(call: JsCall, inChain: boolean, facts: Facts): void {
  const { receiver, method = '', args } = call;
  if (!receiver || !mayBeRoute(call)) return;
  const pathAt = inChain ? -1 : namedAt(args);
  const path = args[pathAt];
  const last = args.slice(pathAt + 1).at(-1);
  if (!last || !mayHandle(last) || !mayServe(method, path)) return;
  facts.routes.push({
    ...placedOf(frameworksOf(last, inChain), call),
    router: receiver,
    methods: methodOf(method, args),
    ...(path ? { path } : {}),
    ...handlerOf(last),
  });
}

/** `app.all('*', notFound)`, `app.options('*', cors())`: what answers everything else is no endpoint. */
function mayServe(method: string | Expr, path: Expr | undefined): boolean {
  if (path?.kind !== 'text') return path === undefined || mayBePath(path);
  const isCatchAll = /^\/?(\{?\/?\*\w*\}?|\(\.\*\))$/.test(path.text);
  return !isCatchAll || (method !== 'all' && method !== 'options');
}

const frameworksOf = (last: Expr, inChain: boolean): string | readonly string[] =>
  last.kind === 'record' ? 'fastify' : inChain ? 'express' : VERB_FRAMEWORKS;

const methodOf = (method: string | Expr, args: readonly Expr[]): Expr =>
  isSocket(args) ? text('WS') : typeof method === 'string' ? text(method) : method;

function handlerOf(expr: Expr): { handler?: string } {
  const handler = nameOf(expr);
  return handler === undefined ? {} : { handler };
}

const mayBeRoute = ({ method = '', args, isNew }: JsCall): boolean =>
  !isNew && (typeof method === 'string' ? args.length > 0 && VERBS.test(method) : args.length > 1);

/** Koa names routes: `router.get('user', '/users/:id', handler)`. */
function namedAt(args: readonly Expr[]): number {
  const second = args[1];
  return args.length > 2 && second?.kind === 'text' && second.text.startsWith('/') ? 1 : 0;
}

const mayBePath = ({ kind }: Expr): boolean => kind !== 'function' && kind !== 'record' && kind !== 'module';

/** A function, something that may be one, or options with a handler. */
export function mayHandle(expr: Expr): boolean {
  if (expr.kind === 'record') return expr.entries.some(([key]) => key === 'handler');
  return (
    expr.kind !== 'text' &&
    expr.kind !== 'join' &&
    !(expr.kind === 'unknown' && /^(true|false|null|\d)/.test(expr.source))
  );
}

/** The call of `route` that a chain starts with: in `router.route('/x').get(a).post(b)` the path is there. */
function routeOf(receiver: Expr | undefined, facts: Facts): Expr | undefined {
  let at: Expr | undefined = receiver;
  for (let step = 0; at && step < 60; step += 1) {
    if (isRoute(at)) return at;
    at = before(at, facts);
  }
  return undefined;
}

const isRoute = (expr: Expr): boolean =>
  expr.kind === 'call' &&
  expr.callee.kind === 'member' &&
  expr.callee.key === 'route' &&
  expr.args.length === 1 &&
  expr.args[0]?.kind !== 'record';

/** What a name stands for; what a method of HTTP was called on. */
function before(expr: Expr, facts: Facts): Expr | undefined {
  if (expr.kind === 'name') return facts.bindings[expr.name];
  const callee = expr.kind === 'call' ? expr.callee : undefined;
  return callee?.kind === 'member' && isVerb(callee.key) ? callee.of : undefined;
}

const isVerb = (key: string | Expr): boolean => typeof key === 'string' && VERBS.test(key);

/** Fastify's `{ websocket: true }`. */
const isSocket = (args: readonly Expr[]): boolean =>
  args.some((arg) => arg.kind === 'record' && arg.entries.some(([key, value]) => key === 'websocket' && isTrue(value)));

export const isTrue = (expr: Expr): boolean => expr.kind === 'unknown' && expr.source === 'true';

/** The name of a handler: `list`, `UsersController.list`. */
export function nameOf(expr: Expr): string | undefined {
  if (expr.kind === 'name') return /^(call@|global:)/.test(expr.name) ? undefined : expr.name.replace(/@\d+$/, '');
  return expr.kind === 'member' && typeof expr.key === 'string' ? expr.key : undefined;
}

/** `{ prefix: '/x' }` → '/x'; a name → its member. */
export function option(options: Expr | undefined, key: string): Expr | undefined {
  if (!options) return undefined;
  if (options.kind !== 'record')
    return options.kind === 'name' || options.kind === 'member' ? member(options, key) : undefined;
  const own = options.entries.find(([name]) => name === key)?.[1];
  return own ?? (options.entries.some(([name]) => name === '...') ? member(options, key) : undefined);
}

/** The first of several arguments of `use`, unless it is plainly middleware; the linker looks what it really is. */
export function prefixArgument(source: JsSource, args: readonly Expr[]): Expr | undefined {
  const first = args[0];
  if (!first || args.length < 2 || first.kind === 'function' || first.kind === 'record') return undefined;
  if (first.kind === 'name' && first.name.startsWith('call@')) return undefined;
  const from = source.external(first)?.from;
  return from === undefined || !isPackage(from) ? first : undefined;
}

const isPackage = (from: string): boolean => /^(@[\w-]+\/)?[\w-]+$/.test(from);
