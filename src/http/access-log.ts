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
  readonly slow?: true;
}

export const UNMATCHED = '__unmatched__';

export function routeOf(request: FastifyRequest): string {
  return request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
}

/** @param answer what the server's hooks have found out already */
export function accessLine(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: { readonly route: string; readonly durationMs: number; readonly slow: boolean },
): AccessLine {
  const { timing, identity } = request;
  return {
    context: 'http',
    requestId: request.id,
    method: request.method,
    route: answer.route,
    query: queryNames(request.query),
    status: reply.statusCode,
    durationMs: round(answer.durationMs),
    handlerMs: timing?.handlerMs === undefined ? undefined : round(timing.handlerMs),
    bytes: bytesOf(reply),
    keyId: identity?.keyId,
    slow: answer.slow || undefined,
  };
}

function queryNames(query: unknown): readonly string[] | undefined {
  const names = Object.keys((query ?? {}) as object);
  return names.length > 0 ? names.slice(0, 20) : undefined;
}

function bytesOf(reply: FastifyReply): number | undefined {
  const length = Number(reply.getHeader('content-length'));
  return Number.isFinite(length) ? length : undefined;
}

const round = (ms: number) => Math.round(ms * 100) / 100;
