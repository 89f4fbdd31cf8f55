/**
 * The product's own parts around one handler, switched on one by one (http-parts-list.mjs): classes and hooks of dist/, in the
 * order in which src/app.ts installs them. Started by http-sides.mjs with the answer to send and the number of the last part.
 */
import { openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/build-if-stale.mjs';
import { PARTS } from './http-parts-list.mjs';

// The packages of the product, not those that the peers have beside this file.
const resolver = createRequire(join(root, 'package.json'));
const packaged = (name) => import(pathToFileURL(resolver.resolve(name)).href);
const built = (path) => import(pathToFileURL(join(root, 'dist', 'src', `${path}.js`)).href);

await packaged('reflect-metadata');
const { Controller, Get, Header, Module } = await packaged('@nestjs/common');
const { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, NestFactory } = await packaged('@nestjs/core');
const { pino } = await packaged('pino');
const { loadConfig } = await built('config/load-config');
const { createAdapter } = await built('http/fastify-adapter');
const { installSecurityHeaders } = await built('http/security-headers');
const { installServerHooks } = await built('http/server-hooks');
const { Limits } = await built('http/limits');
const { RouteTable } = await built('http/route-table');
const { AcceptGuard } = await built('http/negotiation');
const { EdgeInterceptor } = await built('http/edge.interceptor');
const { ProblemFilter } = await built('http/problem.filter');
const { RequestContextInterceptor } = await built('http/request-context.interceptor');
const { Requires } = await built('http/requires.decorator');
const { ResponseCacheInterceptor } = await built('http/response-cache.interceptor');
const { TimingInterceptor } = await built('http/timing.interceptor');
const { ValidationPipe } = await built('http/validation.pipe');
const { IdentityGuard } = await built('modules/identity/identity.guard');
const { IdentityRepository } = await built('modules/identity/identity.repository');
const { IdentityService } = await built('modules/identity/identity.service');
const { hashSecret, parseApiKey } = await built('modules/identity/api-key');
const { Clock } = await built('shared/clock/clock');
const { Drain } = await built('shared/health/drain');
const { createLogger } = await built('shared/logging/logger');
const { RequestContext } = await built('shared/logging/request-context');
const { HTTP_METRICS, HttpMetrics } = await built('shared/metrics/http.metrics');

const { path, body, type, key } = JSON.parse(process.argv[2]);
const on = new Set(PARTS.slice(0, Number(process.argv[3]) + 1).map(({ id }) => id));

class AnswerController {
  answer() {
    return body;
  }
}
const handler = Object.getOwnPropertyDescriptor(AnswerController.prototype, 'answer');
for (const decorate of [Get(path), Header('content-type', type), Requires('viewer')])
  decorate(AnswerController.prototype, 'answer', handler);
Controller()(AnswerController);

const noMetrics = { declare() {}, started() {}, finished() {}, slowRequest() {}, left() {} };
/** The stored key, as the database would give it. */
const { id, secret } = parseApiKey(key);
const stored = { workspaceId: 'bench', id, name: 'bench', role: 'admin', secretSha256: hashSecret(secret) };
const keys = { keyById: (asked) => Promise.resolve(asked === id ? stored : undefined) };

class PartsModule {}
Module({
  controllers: [AnswerController],
  providers: [
    Clock,
    Drain,
    RouteTable,
    RequestContext,
    { provide: Limits, useValue: { enabled: false } },
    ...(on.has('metrics') ? [...HTTP_METRICS, HttpMetrics] : [{ provide: HttpMetrics, useValue: noMetrics }]),
    { provide: IdentityRepository, useValue: keys },
    IdentityService,
    ...(on.has('identity') ? [{ provide: APP_GUARD, useClass: IdentityGuard }] : []),
    ...(on.has('edge')
      ? [
          { provide: APP_FILTER, useClass: ProblemFilter },
          { provide: APP_GUARD, useClass: AcceptGuard },
          RequestContextInterceptor,
          TimingInterceptor,
          { provide: ResponseCacheInterceptor, useValue: { intercept: (_context, next) => next.handle() } },
          { provide: APP_INTERCEPTOR, useClass: EdgeInterceptor },
          { provide: APP_PIPE, useClass: ValidationPipe },
        ]
      : []),
  ],
})(PartsModule);

const config = loadConfig({ TECHSPEC_API_KEY: key, LOG_LEVEL: on.has('log') ? 'info' : 'silent' }, root);
const logger = createLogger(config.log, pino.destination({ dest: openSync('/dev/null', 'w'), sync: true }));
const app = await NestFactory.create(PartsModule, createAdapter(config, logger), { bodyParser: false, logger: false });
if (on.has('headers')) await installSecurityHeaders(app, config);
if (on.has('hooks')) installServerHooks(app, config);
await app.listen(0, '127.0.0.1');
process.send({ port: app.getHttpServer().address().port });
