import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { CUSTOM_ROUTE_ARGS_METADATA, ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import { StartupError } from '../shared/errors/startup-error.js';
import { PRODUCES } from './negotiation.js';
import { PUBLIC } from './public.decorator.js';
import { RESPONSE_CACHE, type ResponseCacheOptions } from './response-cache.decorator.js';

type Handler = (...args: never[]) => unknown;
type Issues = { readonly issues?: readonly unknown[]; readonly value?: unknown };

/** A schema of `@Param` or `@Query`, as the validation pipe will use it. */
export interface InputSchema {
  readonly '~standard': { readonly validate: (value: unknown) => Issues | Promise<Issues> };
}

/** A part of the address that a handler takes. */
export interface RouteInput {
  readonly from: 'params' | 'query';
  /** One parameter; absent: all of them as an object. */
  readonly name?: string;
  readonly schema?: InputSchema;
}

/** What of a request decides about the answer of a route. */
export interface ResponsePlan {
  readonly options: ResponseCacheOptions;
  /** Media types the route can answer with, the preferred first. */
  readonly offered: readonly string[];
  readonly inputs: readonly RouteInput[];
  /** The route needs no key. */
  readonly open: boolean;
  /** Its answers can be invalidated before their time. */
  readonly changes: boolean;
  /** `Vary` of its answers. */
  readonly vary: readonly string[];
}

interface RouteArgument {
  readonly data?: unknown;
  readonly schema?: InputSchema;
}

/**
 * The plan of a handler, read from its decorators; undefined when it is not cached.
 * @throws StartupError when the handler takes what is not part of the key
 */
export function planOf(controller: Type, handler: Handler): ResponsePlan | undefined {
  const options = metadata<ResponseCacheOptions>(RESPONSE_CACHE, handler);
  if (!options) return undefined;
  const route = `${controller.name}.${handler.name}`;
  const offered = metadata<readonly string[]>(PRODUCES, handler, controller) ?? ['application/json'];
  const open = metadata<boolean>(PUBLIC, handler, controller) === true;
  if (open && options.scope !== 'public') {
    throw new StartupError(`${route}: an answer without a key has no owner; cache it with scope 'public'.`);
  }
  const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) ?? {}) as Record<
    string,
    RouteArgument
  >;
  const inputs = Object.entries(args).flatMap(([key, argument]) => {
    const input = inputOf(key, argument, options, offered);
    if (input === 'refused') {
      throw new StartupError(
        `${route}: a cached answer may depend on path and query (with a schema, or named in params), on headers named in ` +
          `vary and, unless it is public, on the identity; argument ${key} is something else.`,
      );
    }
    return input ? [input] : [];
  });
  const changes = (options.tags ?? []).length > 0;
  return { options, offered, inputs, open, changes, vary: varyOf(options, offered, open) };
}

function inputOf(
  key: string,
  { data, schema }: RouteArgument,
  options: ResponseCacheOptions,
  offered: readonly string[],
): RouteInput | 'refused' | undefined {
  const name = typeof data === 'string' ? data : undefined;
  if (key.includes(CUSTOM_ROUTE_ARGS_METADATA)) return ofIdentity(options);
  switch (Number(key.split(':', 1)[0])) {
    case RouteParamtypes.RESPONSE:
      return undefined;
    case RouteParamtypes.PARAM:
      return { from: 'params', name, schema };
    case RouteParamtypes.QUERY:
      return isAllowed(name, schema, options) ? { from: 'query', name, schema } : 'refused';
    case RouteParamtypes.HEADERS:
      return isKeyed(name?.toLowerCase(), options, offered) ? undefined : 'refused';
    default:
      return 'refused';
  }
}

/** Our only decorator of its own kind is @Identity(). */
const ofIdentity = ({ scope }: ResponseCacheOptions) => (scope === 'public' ? 'refused' : undefined);

function isAllowed(name: string | undefined, schema: InputSchema | undefined, options: ResponseCacheOptions): boolean {
  return schema !== undefined || (name !== undefined && (options.params?.includes(name) ?? false));
}

/** Accept is in the key as the media type that was negotiated. */
function isKeyed(header: string | undefined, options: ResponseCacheOptions, offered: readonly string[]): boolean {
  if (header === undefined) return false;
  return (header === 'accept' && offered.length > 1) || (options.vary?.includes(header) ?? false);
}

function varyOf(options: ResponseCacheOptions, offered: readonly string[], open: boolean): readonly string[] {
  return [
    ...(offered.length > 1 ? ['Accept'] : []),
    'Accept-Encoding',
    // Also of what all callers share: who sends no key gets no answer.
    ...(open ? [] : ['Authorization', 'X-API-Key']),
    ...(options.vary ?? []),
  ];
}

function metadata<T>(key: string, ...places: object[]): T | undefined {
  for (const place of places) {
    const value = Reflect.getMetadata(key, place) as T | undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}
