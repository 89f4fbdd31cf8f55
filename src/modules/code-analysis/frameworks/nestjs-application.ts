import type { Expr } from '../linking/facts.js';
import { type Facts, list, member, text } from '../linking/facts-builder.js';
import type { JsCall, JsSource } from '../parsing/javascript/js-source.js';
import { option } from './http-verbs.js';
import { placedOf } from './placed.js';
import { readTypedParams } from './typed-params.js';

const NAME = 'nestjs';
const APPLICATIONS = /^(INestApplication|NestExpressApplication|NestFastifyApplication)$/;

/** What stands around controllers: the application, its global prefix and versions, RouterModule, forwardRef. */
export function readNestApplication(source: JsSource, facts: Facts): void {
  for (const call of source.calls) {
    const external = source.external(call.callee);
    if (external?.from === '@nestjs/core') readCore(external.name, call, facts);
    const [first] = call.args;
    if (external?.name === 'forwardRef' && first) facts.bindings[call.id] = { kind: 'call', callee: first, args: [] };
    if (call.method === 'setGlobalPrefix') readPrefix(call, facts);
    if (call.method === 'enableVersioning') readVersioning(source, call, facts);
  }
  readTypedParams(source, facts, NAME, ({ from, name }) => from.startsWith('@nestjs/') && APPLICATIONS.test(name));
}

const placed = (call: JsCall) => placedOf(NAME, call);

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

/** The tree of RouterModule: children hang below their parent's path; a child may be a module alone. */
function flattened(
  tree: Expr | undefined,
  above: readonly Expr[],
  facts: Facts,
  depth: number,
): { path: Expr; module: Expr }[] {
  const known = tree?.kind === 'name' ? (facts.bindings[tree.name] ?? tree) : tree;
  if (!known || depth > 10) return [];
  if (known.kind === 'list') return known.items.flatMap((item) => flattened(item, above, facts, depth + 1));
  if (known.kind === 'name') return above.length ? [{ path: joined(above), module: known }] : [];
  return known.kind === 'record' ? branch(known, above, facts, depth) : [];
}

function branch(record: Expr, above: readonly Expr[], facts: Facts, depth: number): { path: Expr; module: Expr }[] {
  const own = option(record, 'path');
  const path = own ? [...above, own] : above;
  const module = option(record, 'module');
  const below = flattened(option(record, 'children'), path, facts, depth + 1);
  return module ? [{ path: joined(path), module }, ...below] : below;
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
