import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mergeVary } from './compress-vary.js';

const ORIGIN = ['Origin'];
/** What a page may read beside the headers that every page may (Fetch, 3.3.3). */
const EXPOSED = [
  'Age',
  'Allow',
  'Cache-Status',
  'Deprecation',
  'ETag',
  'Idempotent-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Server-Timing',
  'Sunset',
  'WWW-Authenticate',
  'X-Exec-Time',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'X-Request-ID',
  'X-Response-Time',
].join(', ');
/** What a page may send. */
const ACCEPTED = [
  'Accept',
  'Authorization',
  'Cache-Control',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Prefer',
  'traceparent',
  'X-API-Key',
  'X-Request-ID',
].join(', ');
/** Browsers ask again after two hours at the latest, whatever they are told. */
const PREFLIGHT_SECONDS = '7200';

/**
 * Lets pages of the listed origins call and read answers (CORS). The headers are put on an answer when it is sent, problems and
 * answers of the cache included, and never reach what is kept. No credentials: keys travel in headers, which a page has to know.
 * `Cross-Origin-Resource-Policy: same-origin` stays, since it is about embedding (`<img>`, `<script>`), not about calls.
 * @param origins exactly as browsers send them; none: no hook, no cost
 */
export function installCors(server: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed: ReadonlySet<unknown> = new Set(origins);
  server.addHook('onSend', (request, reply, payload, done) => {
    // Also where no Origin came: a cache must not give that answer to a page.
    void reply.header('vary', mergeVary(reply.getHeader('vary'), ORIGIN));
    if (allowed.has(request.headers.origin)) admit(request, reply);
    done(null, payload);
  });
}

function admit({ method, headers }: FastifyRequest, reply: FastifyReply): void {
  void reply.header('access-control-allow-origin', headers.origin).header('access-control-expose-headers', EXPOSED);
  if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return;
  void reply.headers({
    'access-control-allow-methods': reply.getHeader('allow') ?? '',
    'access-control-allow-headers': ACCEPTED,
    'access-control-max-age': PREFLIGHT_SECONDS,
  });
}
