import type { Facts } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';
import { prefixArgument } from './http-verbs.js';
import { readTypedParams } from './typed-params.js';

const NAME = 'express';
/** Packages whose default export makes a router with Express's methods. */
const ROUTER_PACKAGES = new Set(['express-promise-router', 'router']);
const PACKAGE = /^express(-serve-static-core)?$/;
const TYPES = /(^|\.)(Express|Application|Router|IRouter)$/;

/** Applications, routers, `use` and `route`; the routes themselves are read by `http-verbs`. */
export const express: Framework<JsSource> = {
  name: NAME,
  language: 'javascript',
  prefilter: /['"](express|express-serve-static-core|express-promise-router|router)['"]|\.\s*(use|route)\s*\(\s*['"`]/,
  extract(source, facts) {
    for (const call of source.calls) {
      readCreation(source, call, facts);
      if (call.method === 'use') readUse(source, call, facts);
      if (call.method === 'route') readRoute(call, facts);
    }
    readTypedParams(source, facts, NAME, ({ from, name }) => PACKAGE.test(from) && TYPES.test(name));
  },
};

function readCreation(source: JsSource, { id, callee, line, scope }: JsCall, facts: Facts): void {
  const made = source.external(callee);
  if (!made) return;
  const role =
    made.from === 'express'
      ? roleOf(made.name)
      : ROUTER_PACKAGES.has(made.from) && made.name === 'default'
        ? 'part'
        : undefined;
  if (role) facts.routers.push({ framework: NAME, id, role, line, ...(scope === undefined ? {} : { scope }) });
}

function roleOf(name: string): 'app' | 'part' | undefined {
  if (name === 'default' || name === '*' || name === 'express') return 'app';
  return /(^|\.)Router$/.test(name) ? 'part' : undefined;
}

/** `app.use([path], …middleware, router)`, in Koa too: any argument may be a router; a function is middleware. */
function readUse(source: JsSource, { receiver, args, line, scope }: JsCall, facts: Facts): void {
  if (!receiver) return;
  const prefix = prefixArgument(source, args);
  for (const child of prefix ? args.slice(1) : args) {
    if (child.kind === 'text' || child.kind === 'function' || child.kind === 'record' || child.kind === 'unknown')
      continue;
    facts.mounts.push({
      parent: receiver,
      child,
      routersOnly: true,
      framework: [NAME, 'koa'],
      line,
      ...(prefix ? { prefix } : {}),
      ...(scope === undefined ? {} : { scope }),
    });
  }
}

/** `router.route('/x')` is a router of one path. */
function readRoute({ id, receiver, args, line, scope }: JsCall, facts: Facts): void {
  const [path] = args;
  if (!receiver || args.length !== 1 || !path || path.kind === 'record' || path.kind === 'function') return;
  facts.routers.push({
    framework: NAME,
    id,
    role: 'part',
    parent: receiver,
    prefix: path,
    line,
    ...(scope === undefined ? {} : { scope }),
  });
}
