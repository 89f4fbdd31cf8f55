import { type Facts, member } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';
import { mayHandle } from './http-verbs.js';
import { placedOf } from './placed.js';
import { readTypedParams } from './typed-params.js';

const NAME = 'hono';

/** Applications (also those that are mounted), `route`, `basePath`, `on` and the routes of @hono/zod-openapi. */
export const hono: Framework<JsSource> = {
  name: NAME,
  language: 'javascript',
  prefilter: /['"](jsr:)?@?hono[\/'"]|\.\s*basePath\s*\(/,
  extract(source, facts) {
    for (const call of source.calls) {
      readMaking(source, call, facts);
      if (typeof call.method === 'string' && Object.hasOwn(READ, call.method)) READ[call.method]?.(call, facts);
    }
    readTypedParams(source, facts, NAME, ({ from, name }) => isHono(from) && /^(Hono|OpenAPIHono)$/.test(name));
  },
};

function readMaking(source: JsSource, call: JsCall, facts: Facts): void {
  const made = source.external(call.callee);
  const [options] = call.args;
  if (made && call.isNew && isHono(made.from) && /^(Hono|OpenAPIHono|default)$/.test(made.name))
    facts.routers.push({ ...placedOf(NAME, call), id: call.id, role: 'app' });
  if (made?.from === '@hono/zod-openapi' && made.name === 'createRoute' && options) facts.bindings[call.id] = options;
}

const isHono = (from: string) => /^(hono(\/(tiny|quick|preset))?|@hono\/zod-openapi|jsr:@hono\/hono)$/.test(from);

const READ: Readonly<Record<string, ((call: JsCall, facts: Facts) => void) | undefined>> = {
  route: (call, facts) => {
    const [prefix, child] = call.args;
    if (
      call.receiver &&
      prefix &&
      child &&
      call.args.length === 2 &&
      child.kind !== 'function' &&
      child.kind !== 'record'
    )
      facts.mounts.push({ ...placedOf(NAME, call), parent: call.receiver, child, prefix, routersOnly: true });
  },
  basePath: (call, facts) => {
    const [prefix] = call.args;
    if (call.receiver && prefix)
      facts.routers.push({ ...placedOf(NAME, call), id: call.id, role: 'part', parent: call.receiver, prefix });
  },
  on: (call, facts) => {
    const [methods, path, handler] = call.args;
    const last = call.args.at(-1);
    if (call.receiver && methods && path && handler && last && mayHandle(last) && path.kind !== 'function')
      facts.routes.push({ ...placedOf(NAME, call), router: call.receiver, methods, path });
  },
  openapi: (call, facts) => {
    const [route, handler] = call.args;
    if (call.receiver && route && handler)
      facts.routes.push({
        ...placedOf(NAME, call),
        router: call.receiver,
        methods: member(route, 'method'),
        path: member(route, 'path'),
      });
  },
};
