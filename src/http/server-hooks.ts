import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { Clock } from '../shared/clock/clock.js';
import { Drain } from '../shared/health/drain.js';
import { runInRequest } from '../shared/logging/request-context.js';
import { LineWriter } from '../shared/logging/logger.js';
import { HttpMetrics } from '../shared/metrics/http.metrics.js';
import './fastify-request.js';
import { accessLine, routeOf } from './access-log.js';
import { compressReply } from './compress-hook.js';
import { framingError } from './framing.js';
import { parseJsonBody } from './json-body.js';
import { Limits } from './limits.js';
import { toAppError } from './problem.js';
import { sendProblem } from './problem.filter.js';
import { RequestLimits } from './request-limits.js';
import { RequestTiming, stampReply } from './request-timing.js';
import { RouteTable } from './route-table.js';

interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly drain: Drain;
  readonly metrics: HttpMetrics;
  readonly limits: Limits;
  readonly routes: RouteTable;
  readonly accessLog: LineWriter;
  readonly slowLog: LineWriter;
}

/**
 * What every answer carries and every request meets before the framework: hooks, because interceptors never see a
 * request that was refused. Must run before the routes are made (`app.init`).
 */
export function installServerHooks(app: NestFastifyApplication, config: Config): void {
  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const services: Services = {
    config,
    clock: app.get(Clock),
    drain: app.get(Drain),
    metrics: app.get(HttpMetrics),
    limits: app.get(Limits),
    routes: app.get(RouteTable),
    accessLog: new LineWriter(server.log, 'info', 'http'),
    slowLog: new LineWriter(server.log, 'warn', 'http'),
  };
  server.decorateRequest('timing', null);
  server.decorateRequest('limits', null);
  server.decorateReply('isCoded', false);
  server.decorateReply('codedForms', null);
  server.addHook('onRoute', (route) => {
    services.routes.add(route.method, route.url);
    for (const method of [route.method].flat()) if (method !== 'HEAD') services.metrics.declare(method, route.url);
  });
  installParsers(server);
  server.addHook('onRequest', (request, reply, done) => begin(services, request, reply, done));
  // After the body was read: its events come from the socket and would lose the context.
  server.addHook('preValidation', (request, _reply, done) => enterContext(request, done));
  server.addHook('onSend', compressReply);
  server.addHook('onSend', (request, reply, payload, done) => {
    stampReply(reply, services.clock.monotonicMs());
    request.limits?.stamp(reply);
    if (services.drain.draining) void reply.header('connection', 'close');
    done(null, payload);
  });
  server.addHook('onResponse', (request, reply, done) => {
    finish(services, request, reply);
    done();
  });
}

/** JSON alone: the built-in text/plain parser would let a body skip every check. Multipart comes with uploads. */
function installParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(
    /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i,
    { parseAs: 'buffer' },
    (_request: FastifyRequest, bytes: Buffer, done: (error: Error | null, body?: unknown) => void) => {
      try {
        done(null, parseJsonBody(bytes));
      } catch (error) {
        done(error as Error, undefined);
      }
    },
  );
}

function begin(services: Services, request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const now = services.clock.monotonicMs();
  request.timing = new RequestTiming(now);
  services.metrics.started(request.timing);
  // However it ends: of a client that went away no other hook tells once its body was read.
  reply.raw.once('close', () => leave(services, request));
  const error = framingError(request.raw, services.config.identity.apiKey === undefined);
  if (error) return sendProblem(error, request, reply, now);
  if (services.limits.enabled) request.limits = new RequestLimits();
  if (!request.is404 || !services.limits.enabled) return done();
  // No guard ever sees an address that is not served.
  services.limits.takeOfAddress(request).then(done, (refusal: unknown) => {
    sendProblem(toAppError(refusal), request, reply, services.clock.monotonicMs());
  });
}

function enterContext(request: FastifyRequest, done: () => void): void {
  const { timing } = request;
  runInRequest(
    {
      requestId: request.id,
      route: request.routeOptions.url,
      span: (name, durationMs) => timing?.add({ name, durationMs }),
    },
    done,
  );
}

function leave({ metrics }: Services, request: FastifyRequest): void {
  metrics.left(request.timing);
  request.limits?.ended();
}

function finish(services: Services, request: FastifyRequest, reply: FastifyReply): void {
  leave(services, request);
  const { clock, config, metrics } = services;
  const durationMs = clock.monotonicMs() - (request.timing?.startedMs ?? 0);
  const route = routeOf(request);
  metrics.finished({ method: request.method, endpoint: route, status: reply.statusCode, durationMs });
  const slow = durationMs > config.http.slowRequestMs;
  if (slow) metrics.slowRequest(route);
  const log = slow ? services.slowLog : services.accessLog;
  if (log.enabled) log.write(clock.nowMs(), accessLine(request, reply, { route, durationMs, slow }), 'request');
}
