import { type Facts, list, name } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';
import { mayHandle, option } from './http-verbs.js';

const NAME = 'koa';
const ROUTERS = /^(@koa\/router|koa-router|koa-joi-router|koa-better-router)$/;

/**
 * Applications, routers with their prefix, koa-mount and koa-compose. `use` is Express's, read by `express`; `router.routes()` is a
 * call of a router's method and thus the router.
 */
export const koa: Framework<JsSource> = {
  name: NAME,
  language: 'javascript',
  prefilter: /\bkoa\b|\.\s*(routes|prefix|register)\s*\(/i,
  extract(source, facts) {
    for (const call of source.calls) {
      readCreation(source, call, facts);
      const [first] = call.args;
      if (call.method === 'prefix' && call.receiver && first)
        facts.prefixes.push({ ...placed(call), router: call.receiver, prefix: first });
      if (call.method === 'register') readRegister(call, facts);
    }
    for (const { id, typeName, scope, line } of source.typedParams) {
      const type = source.external(typeName);
      const isRouter = type !== undefined && (ROUTERS.test(type.from) || type.from === 'koa');
      if (isRouter && /^(default|Router|\*)$/.test(type.name))
        facts.routers.push({ framework: NAME, id, role: 'parameter', scope, line });
    }
  },
};

const placed = ({ line, scope }: JsCall) => ({ framework: NAME, line, ...(scope === undefined ? {} : { scope }) });

function readCreation(source: JsSource, call: JsCall, facts: Facts): void {
  const made = source.external(call.callee);
  const [first, second] = call.args;
  if (!made || !/^(default|Router|\*|Koa)$/.test(made.name)) return;
  if (made.from === 'koa' && call.isNew) facts.routers.push({ ...placed(call), id: call.id, role: 'app' });
  else if (ROUTERS.test(made.from)) {
    const prefix = option(first, 'prefix');
    facts.routers.push({ ...placed(call), id: call.id, role: 'part', ...(prefix ? { prefix } : {}) });
  } else if (made.from === 'koa-mount' && first) {
    facts.routers.push({ ...placed(call), id: call.id, role: 'part', ...(second ? { prefix: first } : {}) });
    facts.mounts.push({ ...placed(call), parent: name(call.id), child: second ?? first, routersOnly: true });
  } else if (made.from === 'koa-compose' || made.from === 'koa-combine-routers')
    facts.bindings[call.id] = call.args.length === 1 && first ? first : list(call.args);
}

/** `router.register(path, methods, handler)`. */
function readRegister(call: JsCall, facts: Facts): void {
  const [path, methods, handler] = call.args;
  if (call.receiver && path && methods && handler && mayHandle(handler) && path.kind !== 'function')
    facts.routes.push({ ...placed(call), router: call.receiver, methods, path });
}
