import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestIdentity } from './request-identity.js';

/** Hands the caller's `RequestIdentity` to a handler; only for routes with `@Requires`. */
export const Identity = createParamDecorator((_: unknown, context: ExecutionContext): RequestIdentity => {
  const { identity } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!identity) throw new Error('@Identity() on a public route: give the route @Requires(…)');
  return identity;
});
