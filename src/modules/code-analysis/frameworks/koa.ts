import { type Facts, list, name } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';
import { mayHandle, option } from './http-verbs.js';
import { placedOf } from './placed.js';
import { readTypedParams } from './typed-params.js';

const NAME = 'koa';

/**
 * Applications, routers with their prefix, koa-mount and koa-compose. `use` is Express's, read by `express`; `router.routes()` is a
 * call of a router's method and thus the router.
 */
export const koa: Framework<JsSource> = {
  name: NAME,
  language: 'javascript',
  prefilter: /['"](@koa\/|koa['"-])|\.\s*(routes\s*\(\s*\)|prefix\s*\(\s*['"`]\/)/,
  extract(source, facts) {
    for (const call of source.calls) {
      const made = source.external(call.callee);
      if (made && /^(default|Router|\*|Koa)$/.test(made.name)) MAKE[made.from]?.(call, facts);
      const [first] = call.args;
      if (call.method === 'prefix' && call.receiver && first)
        facts.prefixes.push({ ...placedOf(NAME, call), router: call.receiver, prefix: first });
      if (call.method === 'register') readRegister(call, facts);
    }
    const names = /^(default|Router|\*)$/;
    readTypedParams(source, facts, NAME, ({ from, name }) => Object.hasOwn(MAKE, from) && names.test(name));
  },
};

type Make = (call: JsCall, facts: Facts) => void;

const makeRouter: Make = (call, facts) => {
  const prefix = option(call.args[0], 'prefix');
  facts.routers.push({ ...placedOf(NAME, call), id: call.id, role: 'part', ...(prefix ? { prefix } : {}) });
};

const combine: Make = (call, facts) => {
  const [first, ...more] = call.args;
  if (first) facts.bindings[call.id] = more.length ? list(call.args) : first;
};

/** What the packages of Koa make. */
const MAKE: Readonly<Record<string, Make | undefined>> = Object.assign(Object.create(null) as Record<string, Make>, {
  koa: (call: JsCall, facts: Facts) => {
    if (call.isNew) facts.routers.push({ ...placedOf(NAME, call), id: call.id, role: 'app' });
  },
  '@koa/router': makeRouter,
  'koa-router': makeRouter,
  'koa-joi-router': makeRouter,
  'koa-better-router': makeRouter,
  'koa-compose': combine,
  'koa-combine-routers': combine,
  'koa-mount': (call: JsCall, facts: Facts) => {
    const [first, second] = call.args;
    if (!first) return;
    const placed = placedOf(NAME, call);
    facts.routers.push({ ...placed, id: call.id, role: 'part', ...(second ? { prefix: first } : {}) });
    facts.mounts.push({ ...placed, parent: name(call.id), child: second ?? first, routersOnly: true });
  },
});

/** `router.register(path, methods, handler)`. */
function readRegister(call: JsCall, facts: Facts): void {
  const [path, methods, handler] = call.args;
  if (call.receiver && path && methods && handler && mayHandle(handler) && path.kind !== 'function')
    facts.routes.push({ ...placedOf(NAME, call), router: call.receiver, methods, path });
}
