import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import '../../http/fastify-request.js';
import { PUBLIC } from '../../http/public.decorator.js';
import { holds, type KeyRole } from '../../http/request-identity.js';
import { REQUIRES } from '../../http/requires.decorator.js';
import { AppError } from '../../shared/errors/app-error.js';
import { IdentityService } from './identity.service.js';

/** Authentication, then permission. Deny by default: a route that says nothing is refused (and stops the start). */
@Injectable()
export class IdentityGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly identity: IdentityService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places)) return true;
    const needed = this.reflector.getAllAndOverride<KeyRole | undefined>(REQUIRES, places);
    if (!needed) throw new Error('a route without @Requires or @Public');
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const identity = await this.identity.identify(keyOf(request));
    if (!identity) throw new AppError('unauthenticated', 'key_not_valid', 'The API key is unknown, revoked or wrong.');
    if (!holds(identity.role, needed))
      throw new AppError('forbidden', 'role_too_low', `This call needs a key with the role ${needed} or higher.`);
    request.identity = identity;
    return true;
  }
}

function keyOf({ headers }: FastifyRequest): string {
  const bearer = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const named = headers['x-api-key'];
  const key = bearer ?? (typeof named === 'string' ? named : undefined);
  if (key !== undefined) return key;
  throw new AppError(
    'unauthenticated',
    'key_missing',
    'Send your API key as Authorization: Bearer tsk_… or as X-API-Key. The first start of the service prints one.',
  );
}
