import type { onSendHookHandler, RouteOptions } from 'fastify';

/**
 * For `onRoute`: the server gives every HEAD without a payload the length 0, which would say of a 304 that the body which the
 * client keeps has become empty (RFC 9110, 8.6).
 */
export function correctHeadLength(route: RouteOptions): void {
  if (route.method === 'HEAD') route.onSend = [...[route.onSend ?? []].flat(), dropFalseLength];
}

const dropFalseLength: onSendHookHandler = (_request, reply, payload, done) => {
  if (reply.statusCode === 304) void reply.removeHeader('content-length');
  done(null, payload);
};
