import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import type { Clock } from '../shared/clock/clock.js';
import { AppError } from '../shared/errors/app-error.js';
import { sendProblem } from './problem.filter.js';

/**
 * Sends callers who came over plain http to the public https address: GET and HEAD by 308, all else is refused, since what it
 * carried (a body, a key) went in clear and that should be noticed. Plain is what a trusted proxy says is plain
 * (`X-Forwarded-Proto`); who reaches the port without one (probes, scrapes, the command line) is served as ever.
 * Without an https PUBLIC_URL or without TRUST_PROXY there is no hook.
 */
export function installHttpsRedirect(server: FastifyInstance, { http }: Config, clock: Clock): void {
  if (!http.publicUrl?.startsWith('https:') || http.trustProxy.length === 0) return;
  const base = http.publicUrl.replace(/(?<!\/)\/+$/, '');
  const isTrusted = proxyAddr.compile([...http.trustProxy]);
  server.addHook('onRequest', (request, reply, done) => {
    if (!cameInClear(request, isTrusted) || isProbe(request)) return done();
    reply.isInClear = true;
    if (mayMove(request)) redirect(reply, base + request.url);
    else sendProblem(httpsRequired(base), request, reply, clock.monotonicMs());
  });
}

type Trust = (address: string, hop: number) => boolean;

/** The framework tells `http` both of a proxy's word and of a connection without one: only the former counts here. */
function cameInClear({ headers, protocol, raw }: FastifyRequest, isTrusted: Trust): boolean {
  if (headers['x-forwarded-proto'] === undefined || protocol.toLowerCase() !== 'http') return false;
  return isTrusted(raw.socket.remoteAddress ?? '', 0);
}

/** By the route and not by the address, which may be written in many ways. */
function isProbe({ routeOptions }: FastifyRequest): boolean {
  return /^\/health(?:\/|$)/.test(routeOptions.url ?? '');
}

/** An address that does not begin with `/` would change the host it is put behind. */
function mayMove({ method, url }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && url.startsWith('/');
}

/** Never from the Host header, which is the caller's. Not kept: the operator may change the address. */
function redirect(reply: FastifyReply, location: string): void {
  void reply.status(308).header('location', location).header('cache-control', 'no-store').send();
}

const httpsRequired = (base: string) =>
  new AppError(
    'forbidden',
    'https_required',
    `This call came over plain http: send it to ${base}, and replace a key that was sent with it.`,
  );
