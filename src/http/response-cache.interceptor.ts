import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, mergeMap, type Observable, of } from 'rxjs';
import { CacheService } from '../shared/cache/cache.service.js';
import type { CacheAnswer, CacheLoadOptions } from '../shared/cache/cache.types.js';
import { type ContentCoding, negotiateCoding } from './compressor.js';
import { recorded } from './response-cache-capture.js';
import { codedEntry, entryOf, type StoredResponse } from './response-cache-entry.js';
import { cacheWish, type ResponseFacts, sendStored } from './response-cache-headers.js';
import { codedKey, type ResponsePlace } from './response-cache-key.js';
import type { ResponsePlan } from './response-cache-plan.js';
import { type CachedRoute, ResponseCacheRoutes } from './response-cache-routes.js';

/** One request for a cached route. */
interface Asked {
  readonly route: CachedRoute;
  readonly place: ResponsePlace;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Runs pipes and handler. @returns the answer, made for all who share its place */
  readonly make: () => Promise<StoredResponse>;
}

/** What is handed to the server; undefined: nothing (304). */
type Body = ReturnType<typeof sendStored>;

type Answering = CacheAnswer<StoredResponse> | Promise<CacheAnswer<StoredResponse>>;

/**
 * Answers routes with `@ResponseCache` from the cache. It comes after the guards, so that no hit skips authentication,
 * permission or Accept; the validation pipe comes later, so the parameters are checked here with the route's own schemas
 * and, where they are wrong, the request goes on to be refused.
 */
@Injectable()
export class ResponseCacheInterceptor implements NestInterceptor {
  constructor(
    private readonly cache: CacheService,
    private readonly routes: ResponseCacheRoutes,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = this.routes.of(context);
    if (!route) return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    // HEAD has no route of its own: the server runs that of GET.
    if (request.method !== 'GET' && request.method !== 'HEAD') return next.handle();
    const reply = http.getResponse<FastifyReply>();
    const make = () => makeEntry(next, reply, route.plan);
    if (request.method === 'GET') this.routes.note(request, route);
    const place = route.places.of(request);
    if (!(place instanceof Promise)) return observed(this.respond({ route, place, request, reply, make }));
    // An address that was not seen before: it may be one that the route refuses.
    return from(place).pipe(
      mergeMap((found) =>
        found ? observed(this.respond({ route, place: found, request, reply, make })) : next.handle(),
      ),
    );
  }

  /** A promise only when this process does not hold the answer: each costs something, and most need none. */
  private respond(asked: Asked): Body | Promise<Body> {
    const wish = cacheWish(asked.request);
    const passed = wish === 'bypass' ? 'no-store' : this.routes.deafness(asked.route);
    if (passed !== undefined) return passBy(asked, passed);
    if (wish === 'reload') return this.reload(asked);
    const answer = this.lookUp(asked, false);
    return answer instanceof Promise ? answer.then((given) => this.given(asked, given)) : this.given(asked, answer);
  }

  private async reload(asked: Asked): Promise<Body> {
    const granted = await this.mayReload(asked.place);
    return this.given(asked, await this.lookUp(asked, granted), { granted });
  }

  private given(
    asked: Asked,
    answer: CacheAnswer<StoredResponse>,
    reload?: { readonly granted: boolean },
  ): Body | Promise<Body> {
    // Redis went away while it was asked: what this process remembers may be behind what others wrote.
    if (answer.secondTierAway && answer.outcome !== 'miss' && isShared(asked)) return passBy(asked, 'redis-down');
    return send(asked, answer.value, factsOf(answer, reload));
  }

  /** A new answer is made at most once a second for a place, however often it is asked for. */
  private async mayReload({ key }: ResponsePlace): Promise<boolean> {
    return (await this.cache.increment({ ...key, name: `${key.name}:reload` }, 1, { ttl: 1 })) <= 1;
  }

  private lookUp(asked: Asked, reload: boolean): Answering {
    const coding = negotiateCoding(asked.request.headers['accept-encoding']);
    return coding === undefined ? this.whole(asked, reload) : this.coded(asked, coding, reload);
  }

  private whole({ place, make }: Asked, reload: boolean): Answering {
    return this.cache.lookUp(place.key, make, reload ? { ...optionsOf(place), mode: 'reload' } : optionsOf(place));
  }

  /** The form in a content coding is made of the whole one, once, and lives no longer. */
  private coded(asked: Asked, coding: ContentCoding, reload: boolean): Answering {
    let whole: CacheAnswer<StoredResponse> | undefined;
    const answer = this.cache.lookUp(
      codedKey(asked.place, coding),
      async () => {
        whole = await this.whole(asked, reload);
        return codedEntry(whole.value, coding, whole.age);
      },
      {
        ...optionsOf(asked.place),
        ...(reload ? { mode: 'reload' } : {}),
        ttl: () => (whole?.stored ? Math.max(0, whole.ttl) : 0),
      },
    );
    // Coding is no forwarding: whether the handler was asked is what the look-up of the whole form says.
    return answer instanceof Promise ? answer.then((given) => asWhole(given, whole)) : answer;
  }
}

/** What a coded form was made of says how the answer came about. */
function asWhole(coded: CacheAnswer<StoredResponse>, whole: CacheAnswer<unknown> | undefined) {
  if (coded.outcome !== 'miss' || !whole) return coded;
  const { outcome, ttl } = whole;
  return { ...coded, outcome, ttl, stored: coded.stored && whole.stored };
}

const observed = (body: Body | Promise<Body>) => (body instanceof Promise ? from(body) : of(body));

const isShared = ({ route }: Asked) => Boolean(route.plan.options.shared);

const placeOptions = new WeakMap<ResponsePlace, CacheLoadOptions<StoredResponse>>();

/** The same for all requests of a place. */
function optionsOf(place: ResponsePlace): CacheLoadOptions<StoredResponse> {
  const made = placeOptions.get(place);
  if (made) return made;
  const { tags, endpoint } = place;
  const options = { tags, endpoint, ttl: (entry: StoredResponse) => (isKept(entry) ? place.ttl : 0) };
  placeOptions.set(place, options);
  return options;
}

/** Answers that are none, and those meant for one client, are given and forgotten. */
function isKept({ status, headers }: StoredResponse): boolean {
  return status === 200 && headers['set-cookie'] === undefined && !/\bno-store\b/i.test(headers['cache-control'] ?? '');
}

async function makeEntry(next: CallHandler, reply: FastifyReply, plan: ResponsePlan): Promise<StoredResponse> {
  const made = await recorded(reply, () => lastValueFrom(next.handle()) as Promise<unknown>);
  const { headers } = made.reply;
  // What @Header() says is on the reply before any interceptor runs, and decides about storing and coding as well.
  const declared = reply.getHeader('cache-control');
  if (headers['cache-control'] === undefined && typeof declared === 'string') headers['cache-control'] = declared;
  return entryOf(made.result, made.reply, plan.vary);
}

async function passBy(asked: Asked, detail: string): Promise<Body> {
  return send(asked, await asked.make(), { outcome: 'bypass', age: 0, ttl: 0, stored: false, detail });
}

const send = ({ request, reply, route }: Asked, entry: StoredResponse, facts: ResponseFacts): Body =>
  sendStored(request, reply, entry, facts, route.plan);

/** @param reload set when the client asked for a new answer */
function factsOf(answer: CacheAnswer<unknown>, reload: { readonly granted: boolean } | undefined): ResponseFacts {
  const { age, ttl, stored } = answer;
  const isNew = answer.outcome === 'miss';
  const outcome = isNew && reload?.granted ? 'reload' : answer.outcome;
  if (reload && !reload.granted && !isNew) return { outcome, age, ttl, stored, detail: 'reload-limited' };
  return { outcome, age, ttl, stored, ...(answer.secondTierAway && outcome !== 'hit' ? { detail: 'redis-down' } : {}) };
}
