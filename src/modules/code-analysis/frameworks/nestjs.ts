import type { Expr, ParamFact } from '../linking/facts.js';
import { type Facts, name, text } from '../linking/facts-builder.js';
import type { JsClass, JsDecorator, JsMethod, JsSource } from '../parsing/javascript/js-source.js';
import type { Framework } from './framework.js';
import { option } from './http-verbs.js';
import { neutral, readNestApplication } from './nestjs-application.js';

const NAME = 'nestjs';
const COMMON = '@nestjs/common';
const METHODS: Readonly<Record<string, string | undefined>> = {
  Get: 'GET',
  Post: 'POST',
  Put: 'PUT',
  Patch: 'PATCH',
  Delete: 'DELETE',
  Options: 'OPTIONS',
  Head: 'HEAD',
  All: 'ALL',
  Sse: 'GET',
};
const PLACES: Readonly<Record<string, ParamFact['in'] | undefined>> = {
  Param: 'path',
  Query: 'query',
  Headers: 'header',
  Body: 'body',
  UploadedFile: 'form',
  UploadedFiles: 'form',
};

/**
 * Controllers are routers that modules mount; an application mounts its first module. A module's own controllers hang on a router
 * of their own (`Module.@own`), since RouterModule prefixes them and not those of the modules it imports.
 */
export const nestjs: Framework<JsSource> = {
  name: NAME,
  language: 'javascript',
  prefilter: /@nestjs\/|@(Controller|Module|Get|Post|Put|Patch|Delete|All)\b|setGlobalPrefix|enableVersioning/,
  extract(source, facts) {
    for (const one of source.classes) {
      readController(source, one, facts);
      readModule(source, one, facts);
      readGateway(source, one, facts);
      for (const method of one.methods) readMethod(source, one, method, facts);
    }
    readNestApplication(source, facts);
  },
};

/** The decorator of this package and name. */
function decorated(source: JsSource, decorators: readonly JsDecorator[], from: string, wanted: string) {
  return decorators.find(({ callee }) => {
    const external = source.external(callee);
    return external?.from === from && external.name === wanted;
  });
}

function readController(source: JsSource, one: JsClass, facts: Facts): void {
  const decorator = decorated(source, one.decorators, COMMON, 'Controller');
  if (!decorator) return;
  const [arg] = decorator.args;
  const prefix = arg?.kind === 'record' ? option(arg, 'path') : arg;
  const version = versionOf(source, one.decorators) ?? (arg?.kind === 'record' ? option(arg, 'version') : undefined);
  facts.routers.push({
    framework: NAME,
    id: one.id,
    role: 'part',
    line: decorator.line,
    ...(one.scope === undefined ? {} : { scope: one.scope }),
    ...(prefix ? { prefix } : {}),
    ...(version ? { version: neutral(source, version) } : {}),
  });
}

function readModule(source: JsSource, one: JsClass, facts: Facts): void {
  const decorator = decorated(source, one.decorators, COMMON, 'Module');
  if (!decorator) return;
  const { line } = decorator;
  const own = `${one.id}.@own`;
  facts.routers.push({ framework: NAME, id: one.id, role: 'part', line });
  facts.routers.push({ framework: NAME, id: own, role: 'part', line, parent: name(one.id) });
  const [options] = decorator.args;
  const imports = option(options, 'imports');
  const controllers = option(options, 'controllers');
  if (imports) facts.mounts.push({ framework: NAME, parent: name(one.id), child: imports, line });
  if (controllers)
    facts.mounts.push({ framework: NAME, parent: name(own), child: controllers, routersOnly: true, line });
}

/** One endpoint for each gateway: its path or namespace. */
function readGateway(source: JsSource, one: JsClass, facts: Facts): void {
  const decorator = decorated(source, one.decorators, '@nestjs/websockets', 'WebSocketGateway');
  if (!decorator) return;
  const options = decorator.args.find(({ kind }) => kind === 'record');
  const path = option(options, 'path') ?? option(options, 'namespace') ?? text('/');
  const id = `${one.id}.@gateway`;
  facts.routers.push({ framework: NAME, id, role: 'app', line: decorator.line });
  facts.routes.push({ framework: NAME, router: name(id), methods: text('WS'), path, line: decorator.line });
}

function readMethod(source: JsSource, one: JsClass, method: JsMethod, facts: Facts): void {
  for (const { callee, args, line } of method.decorators) {
    const external = source.external(callee);
    const verb = external?.from === COMMON ? METHODS[external.name] : undefined;
    if (!verb) continue;
    const version = versionOf(source, method.decorators);
    const params = method.params.flatMap((param) => paramsOf(source, param));
    facts.routes.push({
      framework: NAME,
      router: name(one.id),
      methods: text(verb),
      handler: method.name,
      line,
      ...(one.scope === undefined ? {} : { scope: one.scope }),
      ...(args[0] ? { path: args[0] } : {}),
      ...(params.length ? { params } : {}),
      ...(version ? { version: neutral(source, version) } : {}),
    });
  }
}

const versionOf = (source: JsSource, decorators: readonly JsDecorator[]): Expr | undefined =>
  decorated(source, decorators, COMMON, 'Version')?.args[0];

/** `@Query('page') page: number`; a whole object (`@Query() filter`) has no names to tell, a whole body is `body`. */
function paramsOf(source: JsSource, param: JsMethod['params'][number]): ParamFact[] {
  return param.decorators.flatMap(({ callee, args }) => {
    const external = source.external(callee);
    const place = external?.from === COMMON ? PLACES[external.name] : undefined;
    const [key] = args;
    const named = key?.kind === 'text' ? key.text : place === 'body' || place === 'form' ? param.name : undefined;
    if (!place || named === undefined) return [];
    return [{ name: named, in: place, ...(param.type ? { type: param.type } : {}), required: !param.optional }];
  });
}
