import type { Expr } from '../linking/facts.js';
import type { Facts } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';

const NAME = 'express';
/** Packages whose default export makes a router with Express's methods. */
const ROUTER_PACKAGES = new Set(['express-promise-router', 'router']);
const TYPES = /(^|\.)(Express|Application|Router|IRouter)$/;

/** Applications, routers, `use` and `route`; the routes themselves are read by `http-verbs`. */
export const express: Framework<JsSource> = {
  name: NAME,
  language: 'javascript',
  prefilter: /\bexpress\b|\.\s*(use|route)\s*\(/,
  extract(source, facts) {
    for (const call of source.calls) {
      readCreation(source, call, facts);
      if (call.method === 'use') readUse(source, call, facts);
      if (call.method === 'route') readRoute(call, facts);
    }
    for (const { id, typeName, scope, line } of source.typedParams) {
      const type = source.external(typeName);
      if (type && /^express(-serve-static-core)?$/.test(type.from) && TYPES.test(type.name))
        facts.routers.push({ framework: NAME, id, role: 'parameter', scope, line });
    }
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

/** `app.use([path], …middleware, router)`: any argument may be a router; a function is middleware. */
function readUse(source: JsSource, { receiver, args, line, scope }: JsCall, facts: Facts): void {
  if (!receiver) return;
  const first = args[0];
  const prefix = first && args.length > 1 && mayBePrefix(source, first) ? first : undefined;
  for (const child of prefix ? args.slice(1) : args) {
    if (child.kind === 'text' || child.kind === 'function' || child.kind === 'record' || child.kind === 'unknown')
      continue;
    facts.mounts.push({
      parent: receiver,
      child,
      routersOnly: true,
      framework: NAME,
      line,
      ...(prefix ? { prefix } : {}),
      ...(scope === undefined ? {} : { scope }),
    });
  }
}

function mayBePrefix(source: JsSource, expr: Expr): boolean {
  if (expr.kind === 'name' && expr.name.startsWith('call@')) return false;
  const from = source.external(expr)?.from;
  return expr.kind !== 'function' && expr.kind !== 'record' && (from === undefined || !isPackage(from));
}

const isPackage = (from: string): boolean => /^(@[\w-]+\/)?[\w-]+$/.test(from) && !from.startsWith('@/');

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
