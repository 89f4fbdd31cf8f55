import type { Expr, RouterFact } from '../linking/facts.js';
import { type Facts, list, member, text } from '../linking/facts-builder.js';
import type { PyCall, PyDecorator, PySource } from '../parsing/python/python-source.js';
import { FLASK, placed, readFlaskResources, VIEW_METHODS } from './flask-resources.js';
import type { Framework } from './framework.js';

const VERBS = /^(get|post|put|patch|delete)$/;

/**
 * Applications and blueprints, `register_blueprint` (whose `url_prefix` takes the place of the blueprint's own), route decorators and
 * `add_url_rule`. Without `methods` a route is GET. Class-based views have the methods they define.
 */
export const flask: Framework<PySource> = {
  name: FLASK,
  language: 'python',
  prefilter:
    /\bflask(_\w+)?\b|\b(Flask|Blueprint|register_blueprint|add_url_rule|add_resource|add_namespace|MethodView|Resource)\b|^[ \t]*@\w+(\.\w+)*\.(route|get|post|put|patch|delete)\s*\(/m,
  extract(source, facts) {
    for (const call of source.calls) {
      readCreation(source, call, facts);
      if (call.method === 'register_blueprint') readRegister(call, facts);
      if (call.method === 'add_url_rule') readRule(source, call, facts);
    }
    for (const { decorators, name } of source.functions)
      for (const decorator of decorators) readDecorator(decorator, name, facts);
    for (const { id, type, scope, line } of source.typedParams)
      if (roleOf(source, type)) facts.routers.push({ framework: FLASK, id, role: 'parameter', scope, line });
    readFlaskResources(source, facts);
  },
};

function roleOf(source: PySource, callee: Expr): RouterFact['role'] | undefined {
  const made = source.external(callee);
  const last = made?.name.split('.').pop();
  if (!made || !/^flask(\.|_|$)/.test(made.from)) return undefined;
  if (last === 'Flask' || last === 'APIFlask' || last === 'OpenAPI') return 'app';
  return last === 'Blueprint' || last === 'APIBlueprint' ? 'part' : undefined;
}

function readCreation(source: PySource, call: PyCall, facts: Facts): void {
  const role =
    roleOf(source, call.callee) ??
    source.classes
      .find(({ id }) => call.callee.kind === 'name' && id === call.callee.name)
      ?.bases.map((base) => roleOf(source, base))
      .find((one) => one !== undefined);
  const prefix = call.named.get('url_prefix');
  if (role) facts.routers.push({ ...placed(call), id: call.id, role, ...(prefix ? { prefix } : {}) });
}

function readRegister(call: PyCall, facts: Facts): void {
  const child = call.args[0] ?? call.named.get('blueprint');
  const prefix = call.named.get('url_prefix');
  if (!call.receiver || !child) return;
  facts.mounts.push({
    ...placed(call),
    parent: call.receiver,
    child,
    routersOnly: true,
    ...(prefix && !isNone(prefix) ? { prefix, replacesPrefix: true } : {}),
  });
}

const isNone = (expr: Expr): boolean => expr.kind === 'unknown' && expr.source === 'None';

/** `app.add_url_rule('/x', 'name', handler, methods=['POST'])`. */
function readRule(source: PySource, call: PyCall, facts: Facts): void {
  const path = call.args[0] ?? call.named.get('rule');
  const view = call.args[2] ?? call.named.get('view_func');
  if (!call.receiver || !path) return;
  const methods = call.named.get('methods') ?? (view && classMethods(source, view)) ?? text('GET');
  facts.routes.push({ ...placed(call), router: call.receiver, methods, path });
}

/** `Users.as_view('users')` has the methods of its class. */
function classMethods(source: PySource, view: Expr): Expr | undefined {
  const call = source.bound(view);
  const callee = call.kind === 'call' ? call.callee : undefined;
  return callee?.kind === 'member' && callee.key === 'as_view' ? member(callee.of, VIEW_METHODS) : undefined;
}

function readDecorator(decorator: PyDecorator, handler: string, facts: Facts): void {
  const { receiver, method } = decorator;
  const path = decorator.args[0] ?? decorator.named.get('rule');
  if (!receiver || !path || method === undefined) return;
  const methods = VERBS.test(method)
    ? text(method)
    : method === 'route'
      ? (decorator.named.get('methods') ?? list([text('GET')]))
      : undefined;
  if (methods) facts.routes.push({ ...placed(decorator), router: receiver, methods, path, handler });
}
