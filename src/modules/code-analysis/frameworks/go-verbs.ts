import type { Expr } from '../linking/facts.js';
import { type Facts, name, text } from '../linking/facts-builder.js';
import type { GoCall, GoSource } from '../parsing/go/go-source.js';
import type { Framework } from './framework.js';
import { placed } from './go-routers.js';

const UPPER = /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/;
const TITLE = /^(Get|Post|Put|Patch|Delete|Head|Options)$/;
const SERVER = '@default';

/**
 * Routes of gin, echo, chi, fiber and net/http: the receiver decides. A route has a path and a handler. Static files are no
 * endpoints.
 */
export const goVerbs: Framework<GoSource> = {
  name: 'go-verbs',
  language: 'go',
  prefilter:
    /\.(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|Get|Post|Put|Patch|Delete|Head|Options|Any|All|Add|Handle|HandleFunc|Match|Method|MethodFunc)\s*\(/,
  extract(source, facts) {
    let servesByDefault = false;
    for (const call of source.calls) {
      const handled = readDefault(source, call, facts);
      servesByDefault ||= handled;
      if (!handled) readRoute(call, facts);
    }
    if (servesByDefault) facts.routers.push({ framework: 'nethttp', id: SERVER, role: 'app', line: 1 });
  },
};

/** `http.HandleFunc("GET /x", h)`: the library's own mux. */
function readDefault(source: GoSource, call: GoCall, facts: Facts): boolean {
  const called = source.external(call.callee);
  const [path] = call.args;
  if (called?.from !== 'net/http' || called.name !== 'HandleFunc' || !path || call.args.length < 2) return false;
  facts.routes.push({ ...placed(call, 'nethttp'), router: name(SERVER), methods: text('ALL'), path });
  return true;
}

interface Rule {
  readonly frameworks: readonly string[];
  readonly methods: Expr;
  readonly path: Expr;
}

function readRoute(call: GoCall, facts: Facts): void {
  const rule = call.receiver && ruleOf(call);
  if (!call.receiver || !rule) return;
  const { frameworks, methods, path } = rule;
  facts.routes.push({ ...placed(call, frameworks), router: call.receiver, methods, path });
}

function ruleOf({ method = '', args }: GoCall): Rule | undefined {
  const [first, second, third] = args;
  if (!first || !second) return undefined;
  if (UPPER.test(method)) return { frameworks: ['gin', 'echo'], methods: text(method), path: first };
  if (TITLE.test(method)) return { frameworks: ['chi', 'fiber'], methods: text(method), path: first };
  const every = EVERY[method];
  if (every) return { frameworks: every, methods: text('ALL'), path: first };
  const named = third ? NAMED[method] : undefined;
  return named ? { frameworks: named, methods: first, path: second } : undefined;
}

/** Methods of routers that take every HTTP method. */
const EVERY: Readonly<Record<string, readonly string[] | undefined>> = {
  Any: ['gin', 'echo'],
  All: ['fiber'],
  HandleFunc: ['chi', 'nethttp'],
};

/** Methods of routers whose first argument is the HTTP method, or a list. */
const NAMED: Readonly<Record<string, readonly string[] | undefined>> = {
  Handle: ['gin'],
  Match: ['gin', 'echo'],
  Add: ['echo', 'fiber'],
  Method: ['chi'],
  MethodFunc: ['chi'],
};
