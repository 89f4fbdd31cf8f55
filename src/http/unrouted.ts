import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../shared/clock/clock.js';
import { AppError } from '../shared/errors/app-error.js';
import { noSuchAddress } from './problem.js';
import { sendProblem } from './problem.filter.js';
import type { RouteTable } from './route-table.js';

/**
 * Answers requests that no route takes, before their bodies are read. `OPTIONS` of an address that is served is 204 with `Allow`,
 * without a key (RFC 9110, 9.3.7: it says how an address may be called and nothing of what is there); another method is 405
 * with `Allow`, and an address that is not served 404.
 */
export function installUnrouted(server: FastifyInstance, routes: RouteTable, clock: Clock): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const allowed = routes.methodsOf(request.url);
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    if (allowed.length > 0 && request.method === 'OPTIONS') return answerOptions(reply);
    const refusal = allowed.length > 0 ? wrongMethod(request, allowed) : noSuchAddress();
    sendProblem(refusal, request, reply, clock.monotonicMs());
  });
}

function answerOptions(reply: FastifyReply): void {
  void reply.status(204).send();
}

const wrongMethod = ({ method }: FastifyRequest, allowed: readonly string[]) =>
  new AppError('method-not-allowed', 'method_not_allowed', `${method} is not served here; use ${allowed.join(', ')}.`);
