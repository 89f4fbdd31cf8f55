import { type CanActivate, ForbiddenException, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CacheService } from '../shared/cache/cache.service.js';
import { negotiateCoding } from './compressor.js';
import { EDGE_GUARDS } from './edge-guards.js';
import './fastify-request.js';
import { ProblemFilter } from './problem.filter.js';
import { HeldAnswerSender } from './held-answer-sender.js';
import type { StoredResponse } from './response-cache-entry.js';
import { cacheWish } from './response-cache-headers.js';
import { codedKey } from './response-cache-key.js';
import { type CachedRoute, ResponseCacheRoutes } from './response-cache-routes.js';
import { RouteContext } from './route-context.js';

/**
 * Answers a request whose answer this process holds, before the framework: its router, interceptors and pipes cost several
 * times what the rest of such an answer does. The same guards decide first, in the same order; whatever is not a plain hit
 * goes the framework's way, where `ResponseCacheInterceptor` makes, refreshes and keeps answers.
 */
@Injectable()
export class RememberedAnswers {
  constructor(
    @Inject(EDGE_GUARDS) private readonly guards: readonly CanActivate[],
    private readonly routes: ResponseCacheRoutes,
    private readonly cache: CacheService,
    private readonly sender: HeldAnswerSender,
    private readonly problems: ProblemFilter,
  ) {}

  /**
   * Answers, refuses, or calls `goOn`: then the framework is to answer, and the guards' yes is on the request already.
   * @returns false when it did nothing and will do nothing
   */
  take(request: FastifyRequest, reply: FastifyReply, goOn: () => void): boolean {
    if (request.method !== 'GET' || wantsMore(request)) return false;
    const route = this.routes.serving(request);
    if (route === undefined) return false;
    const context = new RouteContext(request, reply, route.controller, route.handler);
    try {
      const passed = passAll(this.guards, context);
      if (passed !== true) {
        passed.then(() => this.proceed(route, context, goOn)).catch((thrown) => this.problems.catch(thrown, context));
        return true;
      }
    } catch (thrown) {
      this.problems.catch(thrown, context);
      return true;
    }
    this.proceed(route, context, goOn);
    return true;
  }

  private proceed(route: CachedRoute, context: RouteContext, goOn: () => void): void {
    if (!this.answer(route, context.getRequest(), context.getResponse())) goOn();
  }

  private answer(route: CachedRoute, request: FastifyRequest, reply: FastifyReply): boolean {
    const place = route.places.known(request);
    if (place === undefined || this.routes.deafness(route) !== undefined) return false;
    const coding = negotiateCoding(request.headers['accept-encoding']);
    const key = coding === undefined ? place.key : codedKey(place, coding);
    const held = this.cache.held<StoredResponse>(key, place.endpoint);
    if (held === undefined) return false;
    if (request.timing) request.timing.route = place.endpoint;
    this.sender.send(request, reply, held, route.plan);
    return true;
  }
}

/** What only the framework's way knows how to answer. */
function wantsMore(request: FastifyRequest): boolean {
  const { headers } = request;
  return (
    headers.origin !== undefined ||
    headers['content-length'] !== undefined ||
    headers['transfer-encoding'] !== undefined ||
    cacheWish(request) !== undefined
  );
}

/** A promise only when a guard has to ask somebody. @throws what a guard throws, or 403 for any answer but yes */
function passAll(guards: readonly CanActivate[], context: RouteContext, from = 0): true | Promise<true> {
  for (let at = from; at < guards.length; at += 1) {
    const said = guards[at]?.canActivate(context);
    if (said instanceof Promise)
      return said.then((later) => {
        assertYes(later);
        return passAll(guards, context, at + 1);
      });
    assertYes(said);
  }
  return true;
}

/** As the framework refuses; an observable, which it would wait for, is no yes either. */
function assertYes(said: unknown): void {
  if (said !== true) throw new ForbiddenException();
}
