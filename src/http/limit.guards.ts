import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import './fastify-request.js';
import { type DeclaredLimit, LIMIT } from './limit.decorator.js';
import { Limits } from './limits.js';
import { PRODUCES } from './negotiation.js';
import { presentsKey } from './presented-key.js';
import { PUBLIC } from './public.decorator.js';
import { RequestLimits } from './request-limits.js';

/** Handlers charge this class themselves: what is in the cache costs a call, and only the rest a search. */
const CHARGED_LATER: DeclaredLimit = 'search';

interface RouteCost {
  readonly limit: DeclaredLimit;
  readonly isStream: boolean;
  readonly isPublic: boolean;
}

/**
 * The throttler's guard with our question: not a count for each route, but one for each client, with what a route declares
 * read once. Its own way looks up five declarations and makes ten promises for each of its policies.
 */
abstract class LimitGuard extends ThrottlerGuard {
  @Inject(Limits) protected readonly limits!: Limits;
  private readonly known = new WeakMap<object, Map<unknown, RouteCost>>();

  /** Declared as a promise by the class it extends; the framework takes a plain answer too, and waits no turn for it. */
  override canActivate(context: ExecutionContext): Promise<boolean> {
    return this.decide(context) as Promise<boolean>;
  }

  protected abstract decide(context: ExecutionContext): true | Promise<true>;

  protected costOf(context: ExecutionContext): RouteCost {
    const controller = context.getClass();
    const handler = context.getHandler();
    const ofController = this.known.get(controller) ?? new Map<unknown, RouteCost>();
    const known = ofController.get(handler);
    if (known !== undefined) return known;
    const places = [handler, controller];
    const limit = this.reflector.getAllAndOverride<DeclaredLimit | undefined>(LIMIT, places) ?? 'default';
    const produces = this.reflector.getAllAndOverride<readonly string[] | undefined>(PRODUCES, places);
    const isStream = produces?.includes('text/event-stream') ?? false;
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places) === true;
    const cost = { limit, isStream, isPublic };
    this.known.set(controller, ofController.set(handler, cost));
    return cost;
  }
}

/**
 * Before authentication: how often an address may call, so that nobody can try keys as fast as the line is. A call that
 * sends nothing like a key is counted by this process alone: it will be refused, and nobody is asked for its sake.
 */
@Injectable()
export class AddressLimitGuard extends LimitGuard {
  protected override decide(context: ExecutionContext): true | Promise<true> {
    const { limit, isPublic } = this.costOf(context);
    if (!this.limits.enabled || limit === 'none') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const counted = (request.limits ??= new RequestLimits());
    if (counted.isAddressCounted) return true;
    counted.isAddressCounted = true;
    if (isPublic || !this.limits.asksRedis || presentsKey(request.headers))
      return passed(this.limits.takeOfAddress(request));
    this.limits.takeOfAddressHere(request);
    return true;
  }
}

/** After authentication: how often a key may call, by what the route costs, and how many calls it has under way. */
@Injectable()
export class KeyLimitGuard extends LimitGuard {
  protected override decide(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { identity } = request;
    const cost = this.costOf(context);
    if (!this.limits.enabled || !identity || cost.limit === 'none') return true;
    const counted = (request.limits ??= new RequestLimits());
    if (counted.isKeyCounted) return true;
    counted.isKeyCounted = true;
    const taken = this.limits.take(request, 'default', identity.keyId);
    if (taken instanceof Promise) return taken.then(() => this.takeMore(request, identity.keyId, cost));
    return this.takeMore(request, identity.keyId, cost);
  }

  private takeMore(request: FastifyRequest, keyId: string, cost: RouteCost): true | Promise<true> {
    const { limit } = cost;
    if (limit === 'none' || limit === 'default' || limit === CHARGED_LATER) return this.enter(request, keyId, cost);
    const taken = this.limits.take(request, limit, keyId);
    if (taken instanceof Promise) return taken.then(() => this.enter(request, keyId, cost));
    return this.enter(request, keyId, cost);
  }

  private enter(request: FastifyRequest, keyId: string, { isStream }: RouteCost): true {
    // A stream waits more than it works, for as long as a session lasts.
    if (!isStream) this.limits.enter(request, keyId);
    return true;
  }
}

const passed = (taken: void | Promise<void>): true | Promise<true> =>
  taken instanceof Promise ? taken.then(() => true as const) : true;
