import type { Expr } from '../linking/facts.js';
import { type Facts, list, member, name, text } from '../linking/facts-builder.js';
import type { PyCall, PyClass, PySource } from '../parsing/python/python-source.js';

const VERBS = /^(get|post|put|patch|delete)$/;
const EXTENSIONS = /^flask_(restful|restx|restplus|smorest)($|\.)/;
export const FLASK = 'flask';
/** The binding of a class-based view for the methods it answers. */
export const VIEW_METHODS = '@methods';

export const placed = ({ line, scope }: { readonly line: number; readonly scope?: string }) => ({
  framework: FLASK,
  line,
  ...(scope === undefined ? {} : { scope }),
});

/** Class-based views of Flask, and the resources of Flask-RESTful, Flask-RESTX and flask-smorest. */
export function readFlaskResources(source: PySource, facts: Facts): void {
  for (const one of source.classes) {
    readMethods(one, facts);
    for (const decorator of one.decorators)
      if (decorator.method === 'route' && decorator.receiver && decorator.args.length)
        facts.routes.push({
          ...placed(decorator),
          router: decorator.receiver,
          methods: member(name(one.id), VIEW_METHODS),
          path: list(decorator.args),
        });
  }
  for (const call of source.calls) {
    readApi(source, call, facts);
    if (call.method === 'add_resource') readResource(call, facts);
    if (call.method === 'add_namespace') readNamespace(call, facts);
    if (call.method === 'init_app') readInit(call, facts);
  }
}

/** The methods that a view defines, or says it has; without any those of its base, or GET. */
function readMethods(one: PyClass, facts: Facts): void {
  const said = facts.bindings[`${one.id}.methods`];
  const defined = one.methods.filter((method) => VERBS.test(method)).map((method) => text(method.toUpperCase()));
  if (said) facts.bindings[`${one.id}.${VIEW_METHODS}`] = said;
  else if (defined.length) facts.bindings[`${one.id}.${VIEW_METHODS}`] = list([...inherited(one, facts), ...defined]);
  else if (one.methods.includes('dispatch_request')) facts.bindings[`${one.id}.${VIEW_METHODS}`] = text('GET');
}

/** Methods of bases of the same file; those of other files are found by the linker only when the class defines none. */
function inherited({ bases }: PyClass, facts: Facts): Expr[] {
  return bases.flatMap((base) => {
    const known = base.kind === 'name' ? facts.bindings[`${base.name}.${VIEW_METHODS}`] : undefined;
    return known?.kind === 'list' ? known.items : [];
  });
}

function readApi(source: PySource, call: PyCall, facts: Facts): void {
  const made = source.external(call.callee);
  if (!made || !EXTENSIONS.test(made.from)) return;
  const last = made.name.split('.').pop();
  if (last === 'Api') {
    const parent = call.args[0] ?? call.named.get('app');
    const prefix = call.named.get('prefix') ?? call.named.get('url_prefix');
    facts.routers.push({ ...placed(call), id: call.id, role: 'part', ...(prefix ? { prefix } : {}) });
    if (parent) facts.mounts.push({ ...placed(call), parent, child: name(call.id), routersOnly: true });
  }
  if (last === 'Namespace') readNamespaceCreation(call, facts);
}

/** A namespace lies below `/` and its name unless it has a path. */
function readNamespaceCreation(call: PyCall, facts: Facts): void {
  const called = call.args[0] ?? call.named.get('name');
  const path = call.named.get('path');
  const prefix: Expr | undefined = path ?? (called && { kind: 'join', parts: [text('/'), called] });
  facts.routers.push({ ...placed(call), id: call.id, role: 'part', ...(prefix ? { prefix } : {}) });
}

function readResource(call: PyCall, facts: Facts): void {
  const [resource, ...paths] = call.args;
  if (call.receiver && resource && paths.length)
    facts.routes.push({
      ...placed(call),
      router: call.receiver,
      methods: member(resource, VIEW_METHODS),
      path: list(paths),
    });
}

function readNamespace(call: PyCall, facts: Facts): void {
  const [child, given] = call.args;
  const prefix = given ?? call.named.get('path');
  if (call.receiver && child)
    facts.mounts.push({
      ...placed(call),
      parent: call.receiver,
      child,
      routersOnly: true,
      ...(prefix ? { prefix, replacesPrefix: true } : {}),
    });
}

/** `api.init_app(app)`: the other way round. */
function readInit(call: PyCall, facts: Facts): void {
  const parent = call.args[0] ?? call.named.get('app');
  if (call.receiver && parent) facts.mounts.push({ ...placed(call), parent, child: call.receiver, routersOnly: true });
}
