import type { Expr, ParamFact, RouterFact } from '../linking/facts.js';
import { type Facts, text } from '../linking/facts-builder.js';
import type { PyCall, PyDecorator, PyFunction, PySource } from '../parsing/python/python-source.js';
import { fastapiParams } from './fastapi-params.js';
import type { Framework } from './framework.js';

const NAME = 'fastapi';
const VERBS = /^(get|post|put|patch|delete|options|head|trace)$/;

/**
 * Applications and routers, `include_router` and `mount`, route decorators and `add_api_route`. Prefixes add up. Dependencies are no
 * routes; class-based views of add-on packages are not read, since what they serve is decided at run time.
 */
export const fastapi: Framework<PySource> = {
  name: NAME,
  language: 'python',
  prefilter:
    /\b(FastAPI|APIRouter|include_router|add_api_route|add_api_websocket_route)\b|^[ \t]*@\w+(\.\w+)*\.(get|post|put|patch|delete|options|head|trace|websocket|api_route)\s*\(|\.mount\s*\(/m,
  extract(source, facts) {
    for (const call of source.calls) {
      readCreation(source, call, facts);
      if (call.method === 'include_router') readInclude(call, facts);
      if (call.method === 'mount') readMount(call, facts);
      readAdded(source, call, facts);
    }
    for (const handler of source.functions)
      for (const decorator of handler.decorators) readDecorator(source, decorator, handler, facts);
    for (const { id, type, scope, line } of source.typedParams)
      if (roleOf(source, type)) facts.routers.push({ framework: NAME, id, role: 'parameter', scope, line });
  },
};

const placed = ({ line, scope }: { readonly line: number; readonly scope?: string }) => ({
  framework: NAME,
  line,
  ...(scope === undefined ? {} : { scope }),
});

function roleOf(source: PySource, callee: Expr): RouterFact['role'] | undefined {
  const made = source.external(callee);
  if (!made || !/^fastapi($|\.)/.test(made.from)) return undefined;
  const last = made.name.split('.').pop();
  return last === 'FastAPI' ? 'app' : last === 'APIRouter' ? 'part' : undefined;
}

function readCreation(source: PySource, call: PyCall, facts: Facts): void {
  const role = roleOf(source, call.callee) ?? subclassRole(source, call.callee);
  const prefix = call.named.get('prefix');
  if (role) facts.routers.push({ ...placed(call), id: call.id, role, ...(prefix ? { prefix } : {}) });
}

/** `class Api(FastAPI)` of the same file. */
function subclassRole(source: PySource, callee: Expr): RouterFact['role'] | undefined {
  const made = callee.kind === 'name' ? source.classes.find(({ id }) => id === callee.name) : undefined;
  return made?.bases.map((base) => roleOf(source, base)).find((role) => role !== undefined);
}

function readInclude(call: PyCall, facts: Facts): void {
  const child = call.args[0] ?? call.named.get('router');
  const prefix = call.named.get('prefix');
  if (call.receiver && child)
    facts.mounts.push({
      ...placed(call),
      parent: call.receiver,
      child,
      routersOnly: true,
      ...(prefix ? { prefix } : {}),
    });
}

/** `app.mount('/sub', other)`: another application below a path. */
function readMount(call: PyCall, facts: Facts): void {
  const prefix = call.args[0] ?? call.named.get('path');
  const child = call.args[1] ?? call.named.get('app');
  if (call.receiver && prefix && child)
    facts.mounts.push({ ...placed(call), parent: call.receiver, child, prefix, routersOnly: true });
}

/** `router.add_api_route('/x', handler, methods=['POST'])`; without methods GET. */
function readAdded(source: PySource, call: PyCall, facts: Facts): void {
  const fallback = call.method === undefined ? undefined : ADDED[call.method];
  const path = call.args[0] ?? call.named.get('path');
  const endpoint = call.args[1] ?? call.named.get('endpoint');
  if (!call.receiver || !fallback || !path || !endpoint) return;
  const methods = call.named.get('methods') ?? text(fallback);
  facts.routes.push({ ...placed(call), router: call.receiver, methods, path, params: paramsOf(source, endpoint) });
}

function paramsOf(source: PySource, endpoint: Expr): ParamFact[] {
  const handler = endpoint.kind === 'name' ? source.functions.find(({ id }) => id === endpoint.name) : undefined;
  return handler ? fastapiParams(source, handler) : [];
}

/** Methods that add a route, with the HTTP method it has without `methods`. */
const ADDED: Readonly<Record<string, string | undefined>> = {
  add_api_route: 'GET',
  add_route: 'GET',
  add_api_websocket_route: 'WS',
  add_websocket_route: 'WS',
};

function readDecorator(source: PySource, decorator: PyDecorator, handler: PyFunction, facts: Facts): void {
  const { receiver, method } = decorator;
  const path = decorator.args[0] ?? decorator.named.get('path');
  const methods = method === undefined ? undefined : methodsOf(method, decorator);
  if (!receiver || !methods || !path) return;
  const params = fastapiParams(source, handler);
  facts.routes.push({
    ...placed(decorator),
    router: receiver,
    methods,
    path,
    handler: handler.name,
    ...(params.length ? { params } : {}),
  });
}

function methodsOf(method: string, { named }: PyDecorator): Expr | undefined {
  if (VERBS.test(method)) return text(method);
  if (method === 'websocket' || method === 'websocket_route') return text('WS');
  return method === 'api_route' || method === 'route' ? (named.get('methods') ?? text('GET')) : undefined;
}
