import type { Expr } from '../linking/facts.js';
import { type Facts, list, member, text } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import { option } from './http-verbs.js';

const NAME = 'nestjs';
const APPLICATIONS = /^(INestApplication|NestExpressApplication|NestFastifyApplication)$/;

/** What stands around controllers: the application, its global prefix and versions, RouterModule, forwardRef. */
export function readNestApplication(source: JsSource, facts: Facts): void {
  for (const call of source.calls) {
    const external = source.external(call.callee);
    if (external?.from === '@nestjs/core') readCore(external.name, call, facts);
    if (external?.name === 'forwardRef' && call.args[0])
      facts.bindings[call.id] = { kind: 'call', callee: call.args[0], args: [] };
    if (call.method === 'setGlobalPrefix') readPrefix(call, facts);
    if (call.method === 'enableVersioning') readVersioning(source, call, facts);
  }
  for (const { id, typeName, scope, line } of source.typedParams) {
    const type = source.external(typeName);
    if (type && APPLICATIONS.test(type.name) && type.from.startsWith('@nestjs/'))
      facts.routers.push({ framework: NAME, id, role: 'parameter', scope, line });
  }
}

const placed = ({ line, scope }: JsCall) => ({ framework: NAME, line, ...(scope === undefined ? {} : { scope }) });

function readCore(called: string, call: JsCall, facts: Facts): void {
  const [first] = call.args;
  if (called === 'NestFactory.create' && first) {
    facts.routers.push({ ...placed(call), id: call.id, role: 'app', adopts: true });
    facts.mounts.push({ ...placed(call), parent: { kind: 'name', name: call.id }, child: first });
  }
  if (called === 'RouterModule.register' || called === 'RouterModule.forRoutes')
    for (const { path, module } of flattened(first, [], facts, 0))
      facts.prefixes.push({ ...placed(call), router: member(module, '@own'), prefix: path });
}

/** The tree of RouterModule: children hang below their parent's path. */
function flattened(
  tree: Expr | undefined,
  above: readonly Expr[],
  facts: Facts,
  depth: number,
): { path: Expr; module: Expr }[] {
  const known = tree?.kind === 'name' ? (facts.bindings[tree.name] ?? tree) : tree;
  if (!known || depth > 10) return [];
  if (known.kind === 'list') return known.items.flatMap((item) => flattened(item, above, facts, depth + 1));
  if (known.kind !== 'record')
    return known.kind === 'name' && above.length ? [{ path: joined(above), module: known }] : [];
  const own = option(known, 'path');
  const path = own ? [...above, own] : above;
  const module = option(known, 'module');
  const here = module ? [{ path: joined(path), module }] : [];
  return [...here, ...flattened(option(known, 'children'), path, facts, depth + 1)];
}

const joined = (parts: readonly Expr[]): Expr => ({ kind: 'join', parts: parts.flatMap((part) => [text('/'), part]) });

function readPrefix(call: JsCall, facts: Facts): void {
  const [prefix, options] = call.args;
  if (!call.receiver || !prefix) return;
  const except = option(options, 'exclude');
  facts.prefixes.push({ ...placed(call), router: call.receiver, prefix, ...(except ? { except } : {}) });
}

/** Versions are part of the path for `VersioningType.URI`, which is also the default. */
function readVersioning(source: JsSource, call: JsCall, facts: Facts): void {
  const [options] = call.args;
  const type = option(options, 'type');
  const isUri = !type || source.external(type)?.name === 'VersioningType.URI';
  if (!call.receiver || !isUri) return;
  const prefix = option(options, 'prefix');
  const none = prefix?.kind === 'unknown' && prefix.source === 'false';
  const fallback = option(options, 'defaultVersion');
  facts.versionings.push({
    ...placed(call),
    router: call.receiver,
    prefix: none ? text('') : (prefix ?? text('v')),
    ...(fallback ? { fallback: neutral(source, fallback) } : {}),
  });
}

/** VERSION_NEUTRAL is no version. */
export function neutral(source: JsSource, version: Expr): Expr {
  if (version.kind === 'list') return list(version.items.map((item) => neutral(source, item)));
  return source.external(version)?.name === 'VERSION_NEUTRAL' ? text('') : version;
}
