import type { ParamFact } from '../linking/facts.js';
import type { Facts } from '../linking/facts-builder.js';
import { joinPaths, normalisePath } from '../linking/paths.js';
import { at, type DocumentSource, entriesOf, itemsOf, textAt } from '../parsing/document/document.js';
import type { Framework } from './framework.js';

const NAME = 'openapi';
const METHODS = /^(get|put|post|delete|options|head|patch|trace)$/;
const PLACES: Readonly<Record<string, ParamFact['in'] | undefined>> = {
  path: 'path',
  query: 'query',
  header: 'header',
  cookie: 'cookie',
  body: 'body',
  formData: 'form',
};

/**
 * Operations of OpenAPI 2 and 3 documents, found by what stands at their top level and not by their name. The path begins with
 * `basePath`, or with the path of the first server. References inside the document are followed, to other files not.
 */
export const openapi: Framework<DocumentSource> = {
  name: NAME,
  language: 'document',
  prefilter: /(?:^|[{,])[ \t]*["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?[23]\b/m,
  extract(source, facts) {
    for (const document of source.documents)
      if (/^[23]\b/.test(textAt(document, 'openapi') ?? textAt(document, 'swagger') ?? ''))
        readPaths(source, document, facts);
  },
};

function readPaths(source: DocumentSource, document: unknown, facts: Facts): void {
  const base = textAt(document, 'basePath') ?? serverPath(at(document, 'servers')) ?? '';
  const from = source.lineOf('paths');
  for (const [path, given] of entriesOf(at(document, 'paths'))) {
    if (!path.startsWith('/')) continue;
    const item = resolved(document, given);
    const line = source.lineOf(path, from);
    for (const [method, operation] of entriesOf(item)) {
      if (!METHODS.test(method)) continue;
      const prefix = serverPath(at(operation, 'servers')) ?? serverPath(at(item, 'servers')) ?? base;
      facts.stated.push({
        framework: NAME,
        method: method.toUpperCase(),
        path: normalisePath(joinPaths([prefix, path]), 'spring'),
        params: paramsOf(document, item, operation),
        line: item === given ? source.lineOf(method, line) : line,
      });
    }
  }
}

/** `https://example.com/api/{version}` → `/api/v1`, variables by their default. */
function serverPath(servers: unknown): string | undefined {
  const [first] = itemsOf(servers);
  const url = textAt(first, 'url');
  if (url === undefined) return undefined;
  const filled = url.replace(
    /\{([^{}]+)\}/g,
    (whole, name: string) => textAt(first, 'variables', name, 'default') ?? whole,
  );
  return filled.replace(/^([a-z][a-z+.-]*:)?\/\/[^/]*/i, '').split(/[?#]/, 1)[0];
}

/** Follows `#/components/…`, a few times at most: references may go in circles. */
function resolved(document: unknown, value: unknown): unknown {
  let found = value;
  for (let step = 0; step < 8; step += 1) {
    const reference = textAt(found, '$ref');
    if (reference === undefined || !reference.startsWith('#/')) return found;
    const keys = reference
      .slice(2)
      .split('/')
      .map((key) => decoded(key.replace(/~1/g, '/').replace(/~0/g, '~')));
    found = at(document, ...keys);
  }
  return undefined;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** Those of the path, overridden by those of the operation; a body is one parameter. */
function paramsOf(document: unknown, item: unknown, operation: unknown): ParamFact[] {
  const found = new Map<string, ParamFact>();
  for (const given of [...itemsOf(at(item, 'parameters')), ...itemsOf(at(operation, 'parameters'))]) {
    const param = resolved(document, given);
    const place = PLACES[textAt(param, 'in') ?? ''];
    const name = textAt(param, 'name');
    if (!place || name === undefined) continue;
    const type = textAt(resolved(document, at(param, 'schema')), 'type') ?? textAt(param, 'type');
    const required = place === 'path' || at(param, 'required') === true;
    found.set(`${place}\0${name}`, { name, in: place, ...(type === undefined ? {} : { type }), required });
  }
  const body = resolved(document, at(operation, 'requestBody'));
  if (body !== undefined) found.set('body', { name: 'body', in: 'body', required: at(body, 'required') === true });
  return [...found.values()];
}
