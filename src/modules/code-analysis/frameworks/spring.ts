import type { Expr, ParamFact } from '../linking/facts.js';
import { type Facts, list, name, text } from '../linking/facts-builder.js';
import type { JavaAnnotation, JavaClass, JavaMethod, JavaParam, JavaSource } from '../parsing/java/java-source.js';
import type { Framework } from './framework.js';

export const SPRING = 'spring';
const WEB = 'org.springframework.web';
const MAPPINGS: Readonly<Record<string, string | undefined>> = {
  GetMapping: 'GET',
  PostMapping: 'POST',
  PutMapping: 'PUT',
  DeleteMapping: 'DELETE',
  PatchMapping: 'PATCH',
  RequestMapping: '',
};
const PLACES: Readonly<Record<string, ParamFact['in'] | undefined>> = {
  PathVariable: 'path',
  RequestParam: 'query',
  RequestHeader: 'header',
  CookieValue: 'cookie',
  RequestBody: 'body',
  RequestPart: 'form',
};

/**
 * Controllers serve; interfaces and other classes with mappings serve through the controllers that extend them (an overriding
 * method keeps the mapping). Feign clients are such interfaces: they serve nothing by themselves. Repositories of Spring Data REST
 * are not read.
 */
export const spring: Framework<JavaSource> = {
  name: SPRING,
  language: 'java',
  prefilter: /@\w*(Controller|Mapping)\b|org\.springframework\.(web|stereotype)/,
  extract(source, facts) {
    for (const one of source.classes) {
      readClass(source, one, facts);
      for (const method of one.methods) readMethod(source, one, method, facts);
    }
  },
};

function mappingOf(source: JavaSource, annotations: readonly JavaAnnotation[]): JavaAnnotation | undefined {
  return annotations.find((one) => MAPPINGS[one.name] !== undefined && source.isFrom(one.written, WEB));
}

function isController(source: JavaSource, { kind, isAbstract, annotations }: JavaClass): boolean {
  return (
    kind === 'class' &&
    !isAbstract &&
    annotations.some((one) => /^(Rest)?Controller$/.test(one.name) && source.isFrom(one.written, 'org.springframework'))
  );
}

function readClass(source: JavaSource, one: JavaClass, facts: Facts): void {
  const serves = isController(source, one);
  const mapping = mappingOf(source, one.annotations);
  const hasMethods = one.methods.some(({ annotations }) => mappingOf(source, annotations));
  if (!serves && !mapping && !hasMethods) return;
  const prefix = mapping && pathOf(mapping);
  facts.routers.push({
    framework: SPRING,
    id: one.id,
    role: serves ? 'app' : 'base',
    line: mapping?.line ?? one.line,
    ...(prefix ? { prefix } : {}),
  });
}

const pathOf = ({ args }: JavaAnnotation): Expr | undefined => args.get('value') ?? args.get('path');

function readMethod(source: JavaSource, one: JavaClass, method: JavaMethod, facts: Facts): void {
  const mapping = mappingOf(source, method.annotations);
  if (!mapping) return;
  const path = pathOf(mapping);
  const params = method.params.flatMap((param) => paramsOf(source, param));
  facts.routes.push({
    framework: SPRING,
    router: name(one.id),
    methods: methodsOf(mapping),
    handler: method.name,
    survivesOverride: true,
    line: mapping.line,
    ...(path ? { path } : {}),
    ...(params.length ? { params } : {}),
  });
}

/** `method = RequestMethod.GET`, `{GET, POST}`; without one every method. */
function methodsOf({ name: mapping, args }: JavaAnnotation): Expr {
  const verb = MAPPINGS[mapping];
  const given = args.get('method');
  if (verb) return text(verb);
  if (!given) return text('ALL');
  return list((given.kind === 'list' ? given.items : [given]).map((one) => text(lastName(one))));
}

function lastName(expr: Expr): string {
  if (expr.kind === 'member') return typeof expr.key === 'string' ? expr.key : '';
  return expr.kind === 'name' ? expr.name.replace(/^global:/, '') : '';
}

function paramsOf(source: JavaSource, param: JavaParam): ParamFact[] {
  const annotation = param.annotations.find((one) => PLACES[one.name] && source.isFrom(one.written, WEB));
  const place = annotation && PLACES[annotation.name];
  return annotation && place ? paramOf(annotation, place, param) : [];
}

/** A map of all parameters has no names to tell. */
function paramOf(annotation: JavaAnnotation, place: ParamFact['in'], { name: called, type }: JavaParam): ParamFact[] {
  const given = annotation.args.get('value') ?? annotation.args.get('name');
  if (!given && /^(Multi(Value)?)?Map\b/.test(type)) return [];
  const isFile = place === 'query' && /^MultipartFile/.test(type);
  return [
    {
      name: given?.kind === 'text' ? given.text : called,
      in: isFile ? 'form' : place,
      type: type.replace(/\s+/g, ' '),
      required: !isOptional(annotation, type),
    },
  ];
}

function isOptional({ args }: JavaAnnotation, type: string): boolean {
  const required = args.get('required');
  const isFalse = required?.kind === 'unknown' && required.source === 'false';
  return isFalse || args.has('defaultValue') || type.startsWith('Optional<');
}
