import type { FastifyReply, FastifyRequest } from 'fastify';

/** One line a request: no body, no header, no query value; the path as its template, since a real one may hold an id. */
export interface AccessLine {
  readonly context: 'http';
  readonly requestId: string;
  readonly method: string;
  /** Route template or `__unmatched__`. */
  readonly route: string;
  /** Names of the query parameters, not their values. */
  readonly query?: readonly string[];
  readonly status: number;
  readonly durationMs: number;
  readonly handlerMs?: number;
  /** Bytes of the answer's body, when its length is known. */
  readonly bytes?: number;
  readonly keyId?: string;
}

export const UNMATCHED = '__unmatched__';

export function routeOf(request: FastifyRequest): string {
  return request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
}

export function accessLine(request: FastifyRequest, reply: FastifyReply, durationMs: number): AccessLine {
  const length = Number(reply.getHeader('content-length'));
  const query = Object.keys((request.query ?? {}) as object);
  return {
    context: 'http',
    requestId: request.id,
    method: request.method,
    route: routeOf(request),
    ...(query.length ? { query: query.slice(0, 20) } : {}),
    status: reply.statusCode,
    durationMs: round(durationMs),
    ...(request.timing?.handlerMs === undefined ? {} : { handlerMs: round(request.timing.handlerMs) }),
    ...(Number.isFinite(length) ? { bytes: length } : {}),
    ...(request.identity ? { keyId: request.identity.keyId } : {}),
  };
}

const round = (ms: number) => Math.round(ms * 100) / 100;
