import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import type { KeyRole } from './request-identity.js';

export const REQUIRES = 'techspec:requires';

/** Names of the two ways to send a key, in the OpenAPI document. */
export const KEY_SCHEMES = { bearer: 'bearer', header: 'apiKeyHeader' } as const;

/** The least role a caller needs; a route with neither this nor `@Public()` stops the start. */
export const Requires = (role: KeyRole): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(REQUIRES, role), ApiSecurity(KEY_SCHEMES.bearer), ApiSecurity(KEY_SCHEMES.header));
