import type { Expr } from '../linking/facts.js';
import { type Facts, member } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';
import { isTrue, option } from './http-verbs.js';
import { placedOf } from './placed.js';
import { readTypedParams } from './typed-params.js';

const NAME = 'fastify';

/**
 * Applications, `register`, `route({ … })`, fastify-plugin and autoload. A plugin gets a router of its own below the prefix; one that
 * is wrapped in fastify-plugin shares its parent's, so its prefix is ignored (fastify/lib/plugin-override.js).
 */
export const fastify: Framework<JsSource> = {
  name: NAME,
  language: 'javascript',
  prefilter: /['"](fastify|fastify-plugin|@fastify\/autoload)['"]|\.\s*(register\s*\(|route\s*\(\s*\{)/,
  extract(source, facts) {
    for (const call of source.calls) {
      readMaking(source, call, facts);
      if (call.method === 'register') readRegister(source, call, facts);
      if (call.method === 'route') readRoute(call, facts);
    }
    readTypedParams(source, facts, NAME, ({ from, name }) => from === 'fastify' && name === 'FastifyInstance');
  },
};

function readMaking(source: JsSource, call: JsCall, facts: Facts): void {
  const made = source.external(call.callee);
  const [plugin] = call.args;
  if (made?.from === 'fastify' && /^(default|\*|fastify)$/.test(made.name))
    facts.routers.push({ ...placedOf(NAME, call), id: call.id, role: 'app' });
  if (made?.from === 'fastify-plugin' && plugin) facts.bindings[call.id] = { kind: 'inline', of: plugin };
}

function readRegister(source: JsSource, call: JsCall, facts: Facts): void {
  const [child, options] = call.args;
  if (!call.receiver || !child) return;
  const mount = { ...placedOf(NAME, call), parent: call.receiver, child, bind: 0 };
  if (source.external(child)?.from !== '@fastify/autoload') {
    const prefix = prefixOf(options);
    facts.mounts.push({ ...mount, ...(prefix ? { prefix } : {}) });
    return;
  }
  const folder = folderOf(option(options, 'dir'), facts);
  const prefix = prefixOf(option(options, 'options'));
  if (folder !== undefined) facts.mounts.push({ ...mount, folder, ...(prefix ? { prefix } : {}) });
}

/** Options handed on (`{ ...opts }`) rarely bring a prefix: one that is not known is taken for none, and the endpoint is less sure. */
function prefixOf(options: Expr | undefined): Expr | undefined {
  const prefix = option(options, 'prefix');
  const isOwn = options?.kind === 'record' && options.entries.some(([key]) => key === 'prefix');
  return prefix && !isOwn ? { kind: 'choice', options: [prefix, { kind: 'text', text: '' }] } : prefix;
}

/** `path.join(__dirname, 'routes')`: the texts behind the place of the file itself. */
function folderOf(dir: Expr | undefined, facts: Facts): string | undefined {
  const made = dir?.kind === 'name' ? (facts.bindings[dir.name] ?? dir) : dir;
  if (!made) return undefined;
  const parts = made.kind === 'join' ? made.parts : made.kind === 'call' ? made.args : [made];
  const texts = parts.flatMap((part) => (part.kind === 'join' ? part.parts : [part]));
  const words = texts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  return words.replace(/\//g, '') === '' ? undefined : words.replace(/^\/+/, './');
}

/** `route({ method, url, handler })`, or a name of such options. */
function readRoute(call: JsCall, facts: Facts): void {
  const [options] = call.args;
  if (!call.receiver || !options || call.args.length !== 1 || !mayBeOptions(options)) return;
  const socket = option(options, 'websocket');
  facts.routes.push({
    ...placedOf(NAME, call),
    router: call.receiver,
    methods: socket && isTrue(socket) ? { kind: 'text', text: 'WS' } : member(options, 'method'),
    path: pathOf(options),
  });
}

function mayBeOptions(expr: Expr): boolean {
  if (expr.kind === 'record') return expr.entries.some(([key]) => key === 'handler' || key === '...');
  return expr.kind === 'name' || expr.kind === 'member';
}

/** `url`, or its other name `path`. */
function pathOf(options: Expr): Expr {
  if (options.kind === 'record')
    return member(options, options.entries.some(([key]) => key === 'path') ? 'path' : 'url');
  return { kind: 'choice', options: [member(options, 'url'), member(options, 'path')] };
}
