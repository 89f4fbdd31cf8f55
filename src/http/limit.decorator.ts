import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { LIMIT_CLASSES, type LimitClass } from '../shared/rate-limit/rate-limit.types.js';

export const LIMIT = 'techspec:limit';
/** Where the OpenAPI document tells the class of a call. */
export const LIMIT_EXTENSION = 'x-rate-limit';

/** `none`: never limited, for probes and metrics, which must answer most of all when too much is asked. */
export type DeclaredLimit = LimitClass | 'none';

const ALL = Object.fromEntries(['address', ...LIMIT_CLASSES].map((name) => [name, true]));

/** What a call of the route costs its caller; a route that declares nothing stops the start. */
export const Limit = (limit: DeclaredLimit): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(LIMIT, limit),
    ApiExtension(LIMIT_EXTENSION, limit),
    ...(limit === 'none' ? [SkipThrottle(ALL)] : []),
  );
