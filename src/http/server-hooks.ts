import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.js';
import { Clock } from '../shared/clock/clock.js';
import { Drain } from '../shared/health/drain.js';
import { runInRequest } from '../shared/logging/request-context.js';
import { LineWriter } from '../shared/logging/logger.js';
import { HttpMetrics } from '../shared/metrics/http.metrics.js';
import './fastify-request.js';
import { accessLine, type Finished, installStartLines, routeOf } from './access-log.js';
import { compressReply } from './compress-hook.js';
import { installCors } from './cors.js';
import { framingError } from './framing.js';
import { correctHeadLength } from './head-length.js';
import { installHttpsRedirect } from './https-redirect.js';
import { parseJsonBody } from './json-body.js';
import { Limits } from './limits.js';
import { toAppError, unsupportedMediaType } from './problem.js';
import { sendProblem } from './problem.filter.js';
import { RememberedAnswers } from './remembered-answers.js';
import { abandon, RequestDeadlines } from './request-deadline.js';
import { RequestLimits } from './request-limits.js';
import { RequestTiming, stampReply } from './request-timing.js';
import { RouteTable } from './route-table.js';
import { SecurityHeaders } from './security-headers.js';
import { installUnrouted } from './unrouted.js';
import { installForms, isStrayForm, isUpload, leaveUploads } from './uploads.js';

interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly drain: Drain;
  readonly metrics: HttpMetrics;
  readonly limits: Limits;
  readonly remembered: RememberedAnswers;
  readonly security: SecurityHeaders;
  readonly routes: RouteTable;
  readonly deadlines: RequestDeadlines;
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
    remembered: app.get(RememberedAnswers),
    security: app.get(SecurityHeaders),
    routes: app.get(RouteTable),
    deadlines: new RequestDeadlines(config.http.requestDeadlineMs, app.get(Clock)),
    accessLog: new LineWriter(server.log, 'info', 'http'),
    slowLog: new LineWriter(server.log, 'warn', 'http'),
  };
  decorate(server, services);
  server.addHook('onRoute', (route) => {
    services.routes.add(route.method, route.url);
    correctHeadLength(route);
    leaveUploads(route);
    for (const method of [route.method].flat()) if (method !== 'HEAD') services.metrics.declare(method, route.url);
  });
  installParsers(server);
  installStartLines(server, services.clock);
  server.addHook('onRequest', (request, reply, done) => begin(services, request, reply, done));
  installHttpsRedirect(server, config, services.clock);
  installUnrouted(server, services.routes, services.clock);
  // The last of its kind: what answers here is done.
  server.addHook('onRequest', (request, reply, done) => serveRemembered(services, request, reply, done));
  installCors(server, config.http.corsOrigins);
  // After the body was read: its events come from the socket and would lose the context.
  server.addHook('preValidation', (request, reply, done) => enterContext(services, request, reply, done));
  server.addHook('onSend', (request, reply, payload, done) => {
    // The answer begins; what it is made of now may take its time.
    request.deadline?.lift();
    compressReply(request, reply, payload, done);
  });
  server.addHook('onSend', (request, reply, payload, done) => {
    stampReply(reply, services.clock.monotonicMs());
    stampLimits(services, request, reply);
    services.security.putOn(reply);
    if (services.drain.draining) void reply.header('connection', 'close');
    done(null, payload);
  });
  server.addHook('onResponse', (request, reply, done) => {
    finish(services, request, reply);
    done();
  });
}

/** What is declared now has its place on every request; added later it would change the shape of each. */
function decorate(server: FastifyInstance, services: Services): void {
  server.decorateRequest('timing', null);
  server.decorateRequest('limits', null);
  server.decorateRequest('deadline', null);
  server.decorateReply('isCoded', false);
  server.decorateReply('cacheOutcome', null);
  server.decorateReply('codedForms', null);
  server.decorateReply('isInClear', false);
  server.decorate('stampRefusal', (request: FastifyRequest, reply: FastifyReply) =>
    stampRefusal(services, request, reply),
  );
}

/** JSON and forms alone: the built-in text/plain parser would let a body skip every check. */
function installParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser<Buffer>(
    /^application\/(?:[\w.+-]+\+)?json(?:\s*;|$)/i,
    { parseAs: 'buffer' },
    (request: FastifyRequest, bytes: Buffer, done: (error: Error | null, body?: unknown) => void) => {
      try {
        done(null, bytes.length === 0 && isUpload(request) ? undefined : parseJsonBody(bytes));
      } catch (error) {
        done(error as Error, undefined);
      }
    },
  );
  installForms(server);
}

function begin(services: Services, request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const { clock, limits } = services;
  const now = clock.monotonicMs();
  request.timing = new RequestTiming(now);
  if (limits.enabled) request.limits = new RequestLimits();
  const error = framingError(request.raw, services.config.identity.apiKey === undefined);
  if (error) return sendProblem(error, request, reply, now);
  if (request.is404) return countUnserved(services, request, reply, done);
  if (isStrayForm(request)) return sendProblem(unsupportedMediaType(), request, reply, now);
  done();
}

function serveRemembered(services: Services, request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const { drain, remembered } = services;
  const goOn = () => {
    // The client went away while a guard asked somebody: there is nobody to answer.
    if (reply.raw.destroyed) return;
    follow(services, request, reply);
    done();
  };
  if (drain.draining || !remembered.take(request, reply, goOn)) goOn();
  // A guard asks somebody first: meanwhile the client may go away.
  else if (!reply.sent) follow(services, request, reply);
}

/** Counts a request among those in flight until it ends, once. */
function follow(services: Services, request: FastifyRequest, reply: FastifyReply): void {
  if (!request.timing || request.timing.inFlight) return;
  services.metrics.started(request.timing);
  reply.raw.once('close', () => close(services, request, reply));
}

/** No guard ever sees an address that is not served, so its caller is counted here. */
function countUnserved(
  { limits, clock }: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  done: () => void,
): void {
  try {
    if (limits.enabled) limits.takeOfAddressHere(request);
  } catch (refusal) {
    return sendProblem(toAppError(refusal), request, reply, clock.monotonicMs());
  }
  done();
}

function stampLimits({ limits }: Services, request: FastifyRequest, reply: FastifyReply): void {
  if (!request.limits) return;
  // Refused before any guard saw it, by its framing or its body.
  const isRefused = reply.statusCode >= 400 && reply.statusCode < 500;
  if (isRefused && !request.limits.wasAsked) limits.noteRefused(request);
  request.limits.stamp(reply);
}

function stampRefusal({ limits, security }: Services, request: FastifyRequest, reply: FastifyReply): void {
  security.putOn(reply);
  // Whether it came over https is not known yet, and over plain http it must not be sent.
  void reply.removeHeader('strict-transport-security');
  if (!limits.enabled) return;
  request.limits = new RequestLimits();
  limits.noteRefused(request);
  request.limits.stamp(reply);
}

function enterContext(services: Services, request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const { timing } = request;
  runInRequest(
    {
      requestId: request.id,
      route: request.routeOptions.url,
      span: (name, durationMs) => timing?.add({ name, durationMs }),
    },
    done,
    services.deadlines.begin(request, reply),
  );
}

function leave({ metrics }: Services, request: FastifyRequest): void {
  metrics.left(request.timing);
  request.limits?.ended();
  abandon(request);
}

/** However it ends: of a client that went away no other hook tells once its body was read. */
function close(services: Services, request: FastifyRequest, reply: FastifyReply): void {
  const isAborted = request.timing?.inFlight === true && !reply.raw.writableFinished;
  leave(services, request);
  if (isAborted) tell(services, request, reply, { ...measure(services, request), aborted: true });
}

function finish(services: Services, request: FastifyRequest, reply: FastifyReply): void {
  leave(services, request);
  const { metrics } = services;
  const finished = measure(services, request);
  const { route, durationMs, slow } = finished;
  metrics.finished({ method: request.method, endpoint: route, status: reply.statusCode, durationMs });
  if (slow) metrics.slowRequest(route);
  tell(services, request, reply, finished);
}

function measure({ clock, config }: Services, request: FastifyRequest): Finished {
  const durationMs = clock.monotonicMs() - (request.timing?.startedMs ?? 0);
  return { route: routeOf(request), durationMs, slow: durationMs > config.http.slowRequestMs };
}

function tell(services: Services, request: FastifyRequest, reply: FastifyReply, finished: Finished): void {
  const log = finished.slow ? services.slowLog : services.accessLog;
  if (log.enabled) log.write(services.clock.nowMs(), accessLine(request, reply, finished), 'request');
}
