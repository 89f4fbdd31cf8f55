import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CacheOutcome } from '../shared/cache/cache.types.js';
import { mergeVary } from './compress-vary.js';
import { namesEtag } from './etag.js';
import { payloadOf, type StoredResponse } from './response-cache-entry.js';

/** How an answer came about. */
export interface ResponseFacts {
  readonly outcome: CacheOutcome | 'reload';
  /** Seconds since it was made, and seconds of freshness that are left. */
  readonly age: number;
  readonly ttl: number;
  readonly stored: boolean;
  /** Why the cache was passed over or did not do what was asked. */
  readonly detail?: string;
}

/** What a client asks of the cache (RFC 9111, 5.2.1 and 5.4). */
export type CacheWish = 'reload' | 'bypass' | undefined;

/** `no-store` passes the cache by; `no-cache`, `max-age=0` and, alone, `Pragma: no-cache` ask for a new answer. */
export function cacheWish({ headers }: FastifyRequest): CacheWish {
  const control = headers['cache-control'];
  if (control === undefined)
    return headers.pragma !== undefined && /\bno-cache\b/i.test(headers.pragma) ? 'reload' : undefined;
  if (/\bno-store\b/i.test(control)) return 'bypass';
  return /\bno-cache\b|\bmax-age\s*=\s*"?0+\b/i.test(control) ? 'reload' : undefined;
}

/** `Cache-Status` (RFC 9211); says how the answer came about, never its key. */
export function cacheStatus({ outcome, ttl, stored, detail }: ResponseFacts): string {
  const how = {
    hit: `hit; ttl=${Math.floor(ttl)}`,
    stale: `hit; ttl=${Math.floor(ttl)}`,
    miss: 'fwd=miss',
    coalesced: 'fwd=miss; collapsed',
    reload: 'fwd=request',
    bypass: 'fwd=bypass',
  }[outcome];
  const isNew = outcome === 'miss' || outcome === 'reload';
  return `techspec; ${how}${isNew && stored ? '; stored' : ''}${detail === undefined ? '' : `; detail=${detail}`}`;
}

/** What a route says of its answers. */
export interface RouteReach {
  /** It needs no key, so that shared caches may keep its answers, too. */
  readonly open: boolean;
  /** Its answers can end before their time: a client that kept one would not hear of it, so it must ask each time. */
  readonly changes: boolean;
}

/** Puts the answer's headers on the reply and gives the body to send: undefined for 304, which needs none. */
export function sendStored(
  request: FastifyRequest,
  reply: FastifyReply,
  entry: StoredResponse,
  facts: ResponseFacts,
  reach: RouteReach,
): Buffer | string | undefined {
  const { headers } = entry;
  const age = ageOf(facts, entry);
  const vary = reply.getHeader('vary');
  reply.cacheOutcome = facts.outcome;
  void reply.headers(headers).header('cache-status', cacheStatus(facts));
  if (vary !== undefined) void reply.header('vary', mergeVary(vary, (headers['vary'] ?? '').split(', ')));
  if (facts.outcome === 'hit' || facts.outcome === 'stale') void reply.header('age', String(age));
  if (!reply.hasHeader('cache-control')) void reply.header('cache-control', cacheControl(facts, age, reach));
  if (entry.status === 200 && namesEtag(request.headers['if-none-match'], headers['etag'] ?? '')) {
    void reply.status(304).removeHeader('content-type').removeHeader('content-encoding');
    return undefined;
  }
  if (entry.status !== reply.statusCode) void reply.status(entry.status);
  // What passed the cache by was not coded on the way.
  reply.isCoded = facts.outcome !== 'bypass';
  return payloadOf(entry);
}

/** Seconds since the answer was made: those of the entry, and those of what it was made of. */
export const ageOf = ({ age }: Pick<ResponseFacts, 'age'>, { before }: StoredResponse): number =>
  Math.floor(age) + Math.floor(before);

/** The client subtracts Age from max-age, so what it may use is what is left here (RFC 9111, 4.2). */
export function cacheControl(
  { outcome, ttl, stored }: ResponseFacts,
  age: number,
  { open, changes }: RouteReach,
): string {
  const whose = open ? 'public' : 'private';
  const isKept = stored || outcome === 'hit' || outcome === 'coalesced';
  if (changes || outcome === 'bypass' || !isKept) return `${whose}, no-cache`;
  const shown = outcome === 'hit' || outcome === 'stale' ? age : 0;
  return `${whose}, max-age=${Math.max(0, shown + Math.floor(ttl))}`;
}
