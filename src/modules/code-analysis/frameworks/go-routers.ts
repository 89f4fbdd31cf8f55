import type { Expr } from '../linking/facts.js';
import type { Facts } from '../linking/facts-builder.js';
import type { GoCall, GoSource } from '../parsing/go/go-source.js';
import type { Framework } from './framework.js';

/** What makes an application of each framework, by package (without its version), and the types of its routers. */
const FRAMEWORKS: readonly {
  readonly name: string;
  readonly from: RegExp;
  readonly makes: RegExp;
  readonly types: RegExp;
}[] = [
  {
    name: 'gin',
    from: /^github\.com\/gin-gonic\/gin$/,
    makes: /^(Default|New)$/,
    types: /^(Engine|RouterGroup|IRouter|IRoutes)$/,
  },
  { name: 'echo', from: /^github\.com\/labstack\/echo(\/v\d+)?$/, makes: /^New$/, types: /^(Echo|Group)$/ },
  { name: 'fiber', from: /^github\.com\/gofiber\/fiber(\/v\d+)?$/, makes: /^New$/, types: /^(App|Router|Group)$/ },
  { name: 'chi', from: /^github\.com\/go-chi\/chi(\/v\d+)?$/, makes: /^(NewRouter|NewMux)$/, types: /^(Router|Mux)$/ },
  { name: 'nethttp', from: /^net\/http$/, makes: /^NewServeMux$/, types: /^ServeMux$/ },
];
export const GO_FRAMEWORKS: readonly string[] = FRAMEWORKS.map(({ name }) => name);

/** A chi router and a mux are parts until they are served; nothing tells them from others, so each counts as an application. */
export const goRouters: Framework<GoSource> = {
  name: 'gin',
  language: 'go',
  prefilter:
    /"github\.com\/(gin-gonic\/gin|labstack\/echo|gofiber\/fiber|go-chi\/chi)(\/v\d+)?"|"net\/http"|\.(Group|Route|Mount|With)\s*\(/,
  extract(source, facts) {
    for (const call of source.calls) {
      readCreation(source, call, facts);
      readGroup(call, facts);
      readMount(source, call, facts);
    }
    for (const { id, type, scope, line } of source.typedParams) {
      const found = source.external(type);
      const framework = found && FRAMEWORKS.find(({ from, types }) => from.test(found.from) && types.test(found.name));
      if (framework) facts.routers.push({ framework: framework.name, id, role: 'parameter', scope, line });
    }
  },
};

export const placed = ({ line, scope }: GoCall, framework: string | readonly string[] = GO_FRAMEWORKS) => ({
  framework,
  line,
  ...(scope === undefined ? {} : { scope }),
});

function readCreation(source: GoSource, call: GoCall, facts: Facts): void {
  const made = source.external(call.callee);
  const framework = made && FRAMEWORKS.find(({ from, makes }) => from.test(made.from) && makes.test(made.name));
  if (framework) facts.routers.push({ ...placed(call), framework: framework.name, id: call.id, role: 'app' });
}

/** `r.Group("/v1", …)` of gin, echo and fiber; `r.With(mw)` of chi is the same router again. */
function readGroup(call: GoCall, facts: Facts): void {
  const { receiver, method, args } = call;
  const [prefix] = args;
  const isGroup = method === 'Group' && prefix && !isFunction(prefix, facts);
  if (receiver && isGroup)
    facts.routers.push({
      ...placed(call),
      framework: '',
      id: call.id,
      role: 'part',
      parent: receiver,
      prefix,
      likeParent: true,
    });
}

const isFunction = (expr: Expr, facts: Facts): boolean =>
  expr.kind === 'function' || (expr.kind === 'name' && facts.bindings[expr.name]?.kind === 'function');

/** `r.Route("/x", func(r) {…})`, `r.Mount("/x", other)`, `r.Group(func(r) {…})` of chi and fiber. */
function readMount(source: GoSource, call: GoCall, facts: Facts): void {
  const { receiver, method = '', args } = call;
  const [first, second] = args;
  if (!receiver || !first) return;
  if (/^(Route|Mount|Use)$/.test(method) && second)
    facts.mounts.push({ ...placed(call, ['chi', 'fiber']), parent: receiver, child: second, prefix: first });
  if (method === 'Group' && isFunction(first, facts))
    facts.mounts.push({ ...placed(call, 'chi'), parent: receiver, child: first });
  if (method === 'Handle' && second) readStripped(source, call, receiver, second, facts);
}

/** `mux.Handle("/x/", http.StripPrefix("/x", other))`. */
function readStripped(source: GoSource, call: GoCall, parent: Expr, handler: Expr, facts: Facts): void {
  const stripped = source.bound(handler);
  if (stripped.kind !== 'call' || source.external(stripped.callee)?.name !== 'StripPrefix') return;
  const [prefix, child] = stripped.args;
  if (prefix && child) facts.mounts.push({ ...placed(call, 'nethttp'), parent, child, prefix });
}
