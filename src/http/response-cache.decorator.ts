import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { CacheRegionName } from '../shared/cache/cache.types.js';

export const RESPONSE_CACHE = 'techspec:response-cache';

/** Who may be given an answer that was made for somebody else. */
export type ResponseScope =
  /** The same key in the same role. */
  | 'key'
  /** All keys of the workspace that have the same role. */
  | 'workspace'
  /** Everybody who may call the route: only for what rests on public facts. */
  | 'public';

/** How answers of a route are kept. It describes; ResponseCacheInterceptor decides. */
export interface ResponseCacheOptions {
  /** Seconds, or the region whose setting `CACHE_TTL_<REGION>` says it. */
  readonly ttl: number | CacheRegionName;
  readonly scope: ResponseScope;
  /** Request headers the answer depends on, beside Accept, Accept-Encoding and the key; lower case. */
  readonly vary?: readonly string[];
  /**
   * Names by which answers are invalidated; `{workspace}` and `{name of a path parameter}` are filled in, in lower case:
   * `session:{id}`.
   */
  readonly tags?: readonly string[];
  /** Query parameters of a route that has no schema for them; all others reach neither the key nor the handler. */
  readonly params?: readonly string[];
  /**
   * Other processes change what the answer shows, and are heard through the second tier alone. `true`: without it nothing
   * is kept. `split`: the same, but where no Redis is configured and one process is api and worker (ROLE=all), it is kept.
   */
  readonly shared?: boolean | 'split';
}

/** For `@Header(...)`: clients keep the answer, and ask each time whether it still is the newest. */
export const ASK_AGAIN = ['cache-control', 'private, no-cache'] as const;

/**
 * Keeps answers of a GET route (HEAD is answered from them, too). The handler must be a function of its validated
 * parameters, the negotiated media type and, by scope, the identity: anything else it took from the request would reach
 * other callers, so a route that asks for more stops the start.
 */
export const ResponseCache = (options: ResponseCacheOptions): MethodDecorator =>
  applyDecorators(
    SetMetadata(RESPONSE_CACHE, options),
    ApiResponse({ status: 304, description: 'Unchanged since the ETag of If-None-Match' }),
  );
