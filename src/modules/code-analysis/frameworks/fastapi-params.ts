import type { Expr, ParamFact } from '../linking/facts.js';
import type { PyFunction, PyParam, PySource } from '../parsing/python/python-source.js';

const PLACES: Readonly<Record<string, ParamFact['in'] | undefined>> = {
  Path: 'path',
  Query: 'query',
  Header: 'header',
  Cookie: 'cookie',
  Body: 'body',
  Form: 'form',
  File: 'form',
};
/** Types that FastAPI fills in itself. */
const GIVEN = /^(Request|Response|WebSocket|HTTPConnection|BackgroundTasks|SecurityScopes|StreamingResponse)$/;
/** Types of a single value, which come from the path or the query. */
const SINGLE =
  /^(int|float|str|bool|bytes|UUID\d?|date|datetime|time|timedelta|Decimal|Any|None|Literal|EmailStr|HttpUrl|AnyUrl|PositiveInt|NonNegativeInt|constr|conint)$/;
const WRAPPERS = /^(Optional|Union|Annotated)$/;

/** Parameters by FastAPI's own rules: a marker decides; else the path, then a single value is a query, and a model the body. */
export function fastapiParams(source: PySource, handler: PyFunction): ParamFact[] {
  return handler.params.flatMap((param) => paramOf(source, param));
}

function paramOf(source: PySource, param: PyParam): ParamFact[] {
  const marker = markerOf(source, param);
  const names = param.annotation ? typeNames(source, param.annotation) : [];
  if (marker === 'dependency' || names.some((one) => GIVEN.test(one))) return [];
  const place = marker?.place ?? placeOf(source, names);
  const common = { ...(param.type ? { type: plainType(param.type) } : {}), required: isRequired(param, marker) };
  // Whether it stands in the path is only known when prefixes are; a fact of both places leaves the choice to the linker.
  const inPath: ParamFact = { name: param.name, in: 'path', ...common };
  if (place === 'path') return [inPath];
  const elsewhere: ParamFact = { name: nameIn(place, param.name, marker), in: place, ...common };
  return marker ? [elsewhere] : [inPath, elsewhere];
}

const nameIn = (place: ParamFact['in'], name: string, marker: Marker | undefined): string =>
  marker?.alias ?? (place === 'header' ? name.replace(/_/g, '-') : name);

interface Marker {
  readonly place: ParamFact['in'];
  readonly alias?: string;
  /** A default inside the marker: `Query(10)`. */
  readonly fallback?: Expr;
}

/** `x: Annotated[int, Query()]` or `x: int = Query(…)`. */
function markerOf(source: PySource, { annotation, fallback }: PyParam): Marker | 'dependency' | undefined {
  const inType = annotation?.kind === 'call' ? annotation.args : [];
  for (const one of inType) {
    const marker = markerIn(source, one, false);
    if (marker) return marker;
  }
  return fallback && markerIn(source, fallback, true);
}

function markerIn(source: PySource, expr: Expr, isDefault: boolean): Marker | 'dependency' | undefined {
  const call = source.bound(expr);
  const called = call.kind === 'call' ? fastapiName(source, call.callee) : undefined;
  if (call.kind !== 'call' || called === undefined) return undefined;
  if (called === 'Depends' || called === 'Security') return 'dependency';
  const place = PLACES[called];
  return place && markerFrom(call, place, isDefault);
}

function fastapiName(source: PySource, callee: Expr): string | undefined {
  const called = source.external(callee);
  return called?.from.split('.')[0] === 'fastapi' ? called.name.split('.').pop() : undefined;
}

function markerFrom(call: Expr & { kind: 'call' }, place: ParamFact['in'], isDefault: boolean): Marker {
  const named = new Map(call.named ?? []);
  const alias = named.get('alias');
  const fallback = named.get('default') ?? (isDefault ? call.args[0] : undefined) ?? named.get('default_factory');
  return { place, ...(alias?.kind === 'text' ? { alias: alias.text } : {}), ...(fallback ? { fallback } : {}) };
}

function isRequired({ fallback }: PyParam, marker: Marker | undefined): boolean {
  const inMarker = marker?.fallback;
  if (inMarker) return inMarker.kind === 'unknown' && inMarker.source === '...';
  return !fallback || (marker !== undefined && fallback.kind === 'name' && fallback.name.startsWith('call@'));
}

/** Names of the types in an annotation, outermost wrappers left out. */
function typeNames(source: PySource, type: Expr): string[] {
  if (type.kind === 'choice') return type.options.flatMap((one) => typeNames(source, one));
  if (type.kind === 'unknown') return [type.source.replace(/^["']|["']$/g, '')];
  if (type.kind === 'name') return [type.name.replace(/^global:/, '').replace(/@\d+$/, '')];
  if (type.kind === 'member' && typeof type.key === 'string') return [type.key];
  if (type.kind !== 'call') return [];
  const outer = typeNames(source, type.callee);
  const isWrapper = outer.some((one) => WRAPPERS.test(one));
  return isWrapper
    ? type.args.slice(0, outer.includes('Union') ? undefined : 1).flatMap((one) => typeNames(source, one))
    : outer;
}

function placeOf(source: PySource, names: readonly string[]): ParamFact['in'] {
  const isModel = names.some((one) => !SINGLE.test(one) && !isEnum(source, one));
  return isModel ? 'body' : 'query';
}

const isEnum = (source: PySource, name: string): boolean =>
  source.classes.some(
    (one) => one.name === name && one.bases.some((base) => typeNames(source, base).some((of) => /Enum$/.test(of))),
  );

/** `Annotated[int, Query(gt=0)]` is an `int`. */
function plainType(type: string): string {
  const inner = /^Annotated\[\s*([\w.]+(?:\[[^\]]*\])?(?:\s*\|\s*[\w.]+)*)\s*,/.exec(type)?.[1];
  return (inner ?? type).replace(/\s+/g, ' ');
}
