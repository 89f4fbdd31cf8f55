/** Methods that an endpoint for every method stands for: those that carry the operations of an API. */
export const EVERY_METHOD = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const;

const HTTP = new Set([
  ...EVERY_METHOD,
  'HEAD',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'WS',
  'QUERY',
  'MUTATION',
  'SUBSCRIPTION',
]);
const EVERY = new Set(['ALL', 'ANY', '*']);

/** `get`, `http.MethodGet`, `RequestMethod.GET` → GET; `all` → each of {@link EVERY_METHOD}; what is no method → nothing. */
export function expandMethods(method: string): readonly string[] {
  const upper = method
    .trim()
    .toUpperCase()
    .replace(/^.*\./, '')
    .replace(/^METHOD_?(?=[A-Z])/, '');
  if (EVERY.has(upper)) return EVERY_METHOD;
  const known = upper === 'DEL' ? 'DELETE' : upper;
  return HTTP.has(known) ? [known] : [];
}

/** Frameworks whose paths mark parameters by a colon; in others a colon is text (`/users:batch`). */
const BRACES_ONLY = new Set([
  'spring',
  'fastapi',
  'jaxrs',
  'micronaut',
  'aspnet',
  'laravel',
  'symfony',
  'axum',
  'ktor',
  'flask',
  'chi',
  'nethttp',
  'django',
]);

/**
 * One notation for all frameworks: `/users/:id(\\d+)`, `/users/<int:id>`, `/users/{id:[0-9]+}`, `/users/*rest` → `/users/{id}`.
 * A wildcard without a name stays `*`. No trailing slash, no double one.
 */
export function normalisePath(path: string, framework: string): string {
  const marked = withoutQuery(
    path
      .replace(/^\^/, '')
      .replace(/\{\$\}$/, '')
      .replace(/\$$/, ''),
  );
  const braces = angles(BRACES_ONLY.has(framework) ? marked : colons(marked));
  const plain = bracesOnly(braces).replace(/\/{2,}/g, '/');
  const rooted = plain.startsWith('/') ? plain : `/${plain}`;
  return withoutTrailing(rooted) || '/';
}

/** A `?` at the end, before a slash or before a hyphen makes what precedes it optional; any other begins a query. */
function withoutQuery(path: string): string {
  const at = path.search(/[?#]/);
  const isQuery = path[at] === '?' && !/^[/-]?$/.test(path.slice(at + 1, at + 2));
  return isQuery ? path.slice(0, at) : path;
}

/** Slashes are counted and not matched: an expression with `\/+$` looks at each run of them once for each of its slashes. */
function withoutTrailing(path: string): string {
  let end = path.length;
  while (path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

/** Without slashes at either end. */
export function withoutSlashes(path: string): string {
  let start = 0;
  while (path[start] === '/') start += 1;
  return withoutTrailing(path.slice(start));
}

/** `:id`, `:id?`, `:id(\\d+)`, `:id+`; optional groups `{/:id}`; named wildcards `*rest`. `::` is a colon. */
function colons(path: string): string {
  return path
    .replace(/\{(\/?[:*]\w+)\}/g, '$1')
    .replace(/(^|[^:\w]):([A-Za-z_]\w*)(\((?:[^()\\]|\\.|\([^()]*\))*\))?(\{[^{}]*\})?[?+*]?/g, '$1{$2}')
    .replace(/\}:([A-Za-z_]\w*)/g, '}{$1}')
    .replace(/\*([A-Za-z_]\w*)/g, '{$1}')
    .replace(/::/g, ':');
}

/** `<id>`, `<int:id>`, `<id:int>` (never a type name alone) and Python's `(?P<id>…)`. */
const angles = (path: string): string =>
  path
    .replace(/\(\?P?<(\w+)>(?:[^()]|\([^()]*\))*\)/g, '{$1}')
    .replace(/<(?:[\w.]+(?:\([^()]*\))?:)?([\w-]+)>/g, '{$1}');

/** `{id:\\d+}`, `{id?}`, `{*rest}`, `{rest...}`, `{id:int}`: nested braces of a regular expression are counted. */
function bracesOnly(path: string): string {
  let out = '';
  for (let at = 0; at < path.length; at += 1) {
    if (path[at] !== '{') {
      out += path[at] ?? '';
      continue;
    }
    const end = closing(path, at);
    const name = /^[*.]*\s*([\w$-]+)/.exec(path.slice(at + 1, end))?.[1];
    out += name === undefined ? '*' : `{${name}}`;
    at = end;
  }
  return out;
}

function closing(path: string, from: number): number {
  let depth = 0;
  for (let at = from; at < path.length; at += 1) {
    if (path[at] === '{') depth += 1;
    else if (path[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return path.length;
}

/** Names of the parameters of a normalised path, in order. */
export const pathParams = (path: string): string[] =>
  [...path.matchAll(/\{([^{}]+)\}/g)].map((match) => match[1] ?? '');

/** Puts parts together with exactly one slash between them. */
export const joinPaths = (parts: readonly string[]): string =>
  parts
    .map(withoutSlashes)
    .filter((part) => part !== '')
    .map((part) => `/${part}`)
    .join('') || '/';
