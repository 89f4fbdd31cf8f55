import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { assertIdempotencyKey } from '../shared/idempotency/idempotency.service.js';

/** The caller's `Idempotency-Key`, if it sent one: a malformed one is refused before anything is done or asked. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext): string | undefined => {
  const key = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
  if (typeof key === 'string') assertIdempotencyKey(key);
  return typeof key === 'string' ? key : undefined;
});
