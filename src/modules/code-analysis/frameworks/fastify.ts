import type { Expr } from '../linking/facts.js';
import { type Facts, member } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';
import { isTrue, option } from './http-verbs.js';

const NAME = 'fastify';

/**
 * Applications, `register`, `route({ … })`, fastify-plugin and autoload. A plugin gets a router of its own below the prefix; one that
 * is wrapped in fastify-plugin shares its parent's, so its prefix is ignored (fastify/lib/plugin-override.js).
 */
export const fastify: Framework<JsSource> = {
  name: NAME,
  language: 'javascript',
  prefilter: /\bfastify\b|\.\s*(register|route)\s*\(/i,
  extract(source, facts) {
    for (const call of source.calls) {
      const made = source.external(call.callee);
      if (made?.from === 'fastify' && /^(default|\*|fastify)$/.test(made.name)) readApp(call, facts);
      if (made?.from === 'fastify-plugin' && call.args[0])
        facts.bindings[call.id] = { kind: 'inline', of: call.args[0] };
      if (call.method === 'register') readRegister(source, call, facts);
      if (call.method === 'route') readRoute(call, facts);
    }
    for (const { id, typeName, scope, line } of source.typedParams) {
      const type = source.external(typeName);
      if (type?.from === 'fastify' && type.name === 'FastifyInstance')
        facts.routers.push({ framework: NAME, id, role: 'parameter', scope, line });
    }
  },
};

function readApp({ id, line, scope }: JsCall, facts: Facts): void {
  facts.routers.push({ framework: NAME, id, role: 'app', line, ...(scope === undefined ? {} : { scope }) });
}

function readRegister(source: JsSource, { receiver, args, line, scope }: JsCall, facts: Facts): void {
  const [child, options] = args;
  if (!receiver || !child) return;
  const placed = { framework: NAME, line, ...(scope === undefined ? {} : { scope }) };
  const autoload = source.external(child)?.from === '@fastify/autoload';
  if (!autoload) {
    const prefix = option(options, 'prefix');
    facts.mounts.push({ parent: receiver, child, bind: 0, ...placed, ...(prefix ? { prefix } : {}) });
    return;
  }
  const folder = folderOf(option(options, 'dir'), facts);
  const prefix = option(option(options, 'options'), 'prefix');
  if (folder !== undefined)
    facts.mounts.push({ parent: receiver, child, folder, bind: 0, ...placed, ...(prefix ? { prefix } : {}) });
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
function readRoute({ receiver, args, line, scope }: JsCall, facts: Facts): void {
  const [options] = args;
  if (!receiver || !options || args.length !== 1 || options.kind === 'text' || options.kind === 'join') return;
  const keys = options.kind === 'record' ? options.entries.map(([key]) => key) : undefined;
  if (keys && !keys.includes('handler') && !keys.includes('...')) return;
  const socket = option(options, 'websocket');
  facts.routes.push({
    router: receiver,
    methods: socket && isTrue(socket) ? { kind: 'text', text: 'WS' } : member(options, 'method'),
    path: pathOf(options, keys),
    framework: NAME,
    line,
    ...(scope === undefined ? {} : { scope }),
  });
}

function pathOf(options: Expr, keys: readonly string[] | undefined): Expr {
  if (keys) return member(options, keys.includes('path') ? 'path' : 'url');
  return { kind: 'choice', options: [member(options, 'url'), member(options, 'path')] };
}
