import { SetMetadata } from '@nestjs/common';
import type { KeyRole } from './request-identity.js';

export const REQUIRES = 'techspec:requires';

/** The least role a caller needs; a route with neither this nor `@Public()` stops the start. */
export const Requires = (role: KeyRole): MethodDecorator & ClassDecorator => SetMetadata(REQUIRES, role);
