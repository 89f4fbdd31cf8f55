import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import './fastify-request.js';
import { type DeclaredLimit, LIMIT } from './limit.decorator.js';
import { Limits } from './limits.js';
import { PRODUCES } from './negotiation.js';

/** Handlers charge this class themselves: what is in the cache costs a call, and only the rest a search. */
const CHARGED_LATER: DeclaredLimit = 'search';

interface RouteCost {
  readonly limit: DeclaredLimit;
  readonly isStream: boolean;
}

/**
 * The throttler's guard with our question: not a count for each route, but one for each client, with what a route declares
 * read once. Its own way looks up five declarations and makes ten promises for each of its policies.
 */
abstract class LimitGuard extends ThrottlerGuard {
  @Inject(Limits) protected readonly limits!: Limits;
  private readonly known = new WeakMap<object, Map<unknown, RouteCost>>();

  protected costOf(context: ExecutionContext): RouteCost {
    const controller = context.getClass();
    const handler = context.getHandler();
    const ofController = this.known.get(controller) ?? new Map<unknown, RouteCost>();
    const known = ofController.get(handler);
    if (known !== undefined) return known;
    const places = [handler, controller];
    const limit = this.reflector.getAllAndOverride<DeclaredLimit | undefined>(LIMIT, places) ?? 'default';
    const produces = this.reflector.getAllAndOverride<readonly string[] | undefined>(PRODUCES, places);
    const cost = { limit, isStream: produces?.includes('text/event-stream') ?? false };
    this.known.set(controller, ofController.set(handler, cost));
    return cost;
  }
}

/** Before authentication: how often an address may call, so that nobody can try keys as fast as the line is. */
@Injectable()
export class AddressLimitGuard extends LimitGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (!this.limits.enabled || this.costOf(context).limit === 'none') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    await this.limits.takeOfAddress(request);
    return true;
  }
}

/** After authentication: how often a key may call, by what the route costs, and how many calls it has under way. */
@Injectable()
export class KeyLimitGuard extends LimitGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { identity } = request;
    const { limit, isStream } = this.costOf(context);
    if (!this.limits.enabled || !identity || limit === 'none') return true;
    await this.limits.take(request, 'default', identity.keyId);
    if (limit !== 'default' && limit !== CHARGED_LATER) await this.limits.take(request, limit, identity.keyId);
    // A stream waits more than it works, for as long as a session lasts.
    if (!isStream) this.limits.enter(request, identity.keyId);
    return true;
  }
}
