import { type ExecutionContext, Injectable, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { RedisService } from '../shared/redis/redis.service.js';
import { ResponsePlaces } from './response-cache-key.js';
import { planOf, type ResponsePlan } from './response-cache-plan.js';

type Handler = (...args: never[]) => unknown;

/** A route whose answers are cached. */
export interface CachedRoute {
  readonly controller: Type;
  readonly handler: Handler;
  readonly plan: ResponsePlan;
  readonly places: ResponsePlaces;
}

/** The cached routes, as they are met: what their decorators say is read once. */
@Injectable()
export class ResponseCacheRoutes {
  /** By controller, then by handler: one handler may be inherited by several controllers. */
  private readonly routes = new WeakMap<object, Map<unknown, CachedRoute | false>>();
  /** By the server's own object of the route. */
  private readonly served = new WeakMap<object, CachedRoute>();

  constructor(
    private readonly config: Config,
    private readonly redis: RedisService,
  ) {}

  /** The route that the framework runs; false when its answers are not cached. */
  of(context: ExecutionContext): CachedRoute | false {
    const controller = context.getClass();
    const handler = context.getHandler() as Handler;
    const known = this.routes.get(controller)?.get(handler);
    if (known !== undefined) return known;
    const plan = planOf(controller, handler);
    const route = plan ? { controller, handler, plan, places: this.placesOf(plan) } : false;
    const ofController = this.routes.get(controller) ?? new Map<unknown, CachedRoute | false>();
    this.routes.set(controller, ofController.set(handler, route));
    return route;
  }

  /** Remembers which route serves requests of this kind. */
  note(request: FastifyRequest, route: CachedRoute): void {
    this.served.set(request.routeOptions.config, route);
  }

  /** The route that will serve the request, if one of its kind was noted. */
  serving(request: FastifyRequest): CachedRoute | undefined {
    return this.served.get(request.routeOptions.config);
  }

  /** Why this process can't hear what others change, if that matters for the route. */
  deafness({ plan: { options } }: CachedRoute): string | undefined {
    if (!options.shared) return undefined;
    const { state } = this.redis;
    if (state === 'up') return undefined;
    if (state === 'away') return 'redis-down';
    return options.shared === 'split' && this.config.role === 'all' ? undefined : 'no-redis';
  }

  private placesOf(plan: ResponsePlan): ResponsePlaces {
    const { ttl } = plan.options;
    const { cache, version } = this.config;
    return new ResponsePlaces(plan, typeof ttl === 'number' ? ttl : (cache.ttl[ttl] ?? cache.defaultTtl), version);
  }
}
