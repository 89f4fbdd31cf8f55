import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import '../../http/fastify-request.js';
import { presentedKey } from '../../http/presented-key.js';
import { PUBLIC } from '../../http/public.decorator.js';
import { holds, type KeyRole, type RequestIdentity } from '../../http/request-identity.js';
import { REQUIRES } from '../../http/requires.decorator.js';
import { AppError } from '../../shared/errors/app-error.js';
import { IdentityService } from './identity.service.js';

/** Authentication, then permission. Deny by default: a route that says nothing is refused (and stops the start). */
@Injectable()
export class IdentityGuard implements CanActivate {
  /** By controller, then by handler: one handler may be inherited by several controllers. */
  private readonly needed = new WeakMap<object, Map<unknown, KeyRole | 'public'>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly identity: IdentityService,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const needed = this.neededFor(context);
    if (needed === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    // Asked a second time about one request it only says again who that is: the secret is compared once.
    const identity = request.identity ?? this.identity.identify(keyOf(request));
    // Without a promise for a key that is known: the framework takes a plain answer, too.
    if (identity instanceof Promise) return identity.then((found) => admit(request, found, needed));
    return admit(request, identity, needed);
  }

  /** What a route declares never changes: it is read once for each handler. */
  private neededFor(context: ExecutionContext): KeyRole | 'public' {
    const handler = context.getHandler();
    const controller = context.getClass();
    const ofController = this.needed.get(controller) ?? new Map<unknown, KeyRole | 'public'>();
    const known = ofController.get(handler);
    if (known !== undefined) return known;
    const places = [handler, controller];
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places);
    const needed = isPublic ? 'public' : this.reflector.getAllAndOverride<KeyRole | undefined>(REQUIRES, places);
    if (!needed) throw new Error('a route without @Requires or @Public');
    this.needed.set(controller, ofController.set(handler, needed));
    return needed;
  }
}

function admit(request: FastifyRequest, identity: RequestIdentity | undefined, needed: KeyRole): true {
  if (!identity) throw new AppError('unauthenticated', 'key_not_valid', 'The API key is unknown, revoked or wrong.');
  if (!holds(identity.role, needed))
    throw new AppError('forbidden', 'role_too_low', `This call needs a key with the role ${needed} or higher.`);
  request.identity = identity;
  return true;
}

function keyOf({ headers }: FastifyRequest): string {
  const key = presentedKey(headers);
  if (key !== undefined) return key;
  throw new AppError(
    'unauthenticated',
    'key_missing',
    'Send your API key as Authorization: Bearer tsk_… or as X-API-Key. The first start of the service prints one.',
  );
}
