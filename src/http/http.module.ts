import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import type { CanActivate } from '@nestjs/common';
import { CacheModule } from '../shared/cache/cache.module.js';
import { ClockModule } from '../shared/clock/clock.module.js';
import { RateLimitModule } from '../shared/rate-limit/rate-limit.module.js';
import { MetricsModule } from '../shared/metrics/metrics.module.js';
import { RedisModule } from '../shared/redis/redis.module.js';
import { RequestContext } from '../shared/logging/request-context.js';
import { EDGE_GUARDS } from './edge-guards.js';
import { EdgeInterceptor } from './edge.interceptor.js';
import { HeldAnswerSender } from './held-answer-sender.js';
import { AddressLimitGuard, KeyLimitGuard } from './limit.guards.js';
import { Limits } from './limits.js';
import { AcceptGuard } from './negotiation.js';
import { PermissionAudit } from './permission-audit.js';
import { ProblemFilter } from './problem.filter.js';
import { RememberedAnswers } from './remembered-answers.js';
import { RequestContextInterceptor } from './request-context.interceptor.js';
import { ResponseCacheAudit } from './response-cache-audit.js';
import { ResponseCacheInterceptor } from './response-cache.interceptor.js';
import { ResponseCacheRoutes } from './response-cache-routes.js';
import { RouteTable } from './route-table.js';
import { SecurityHeaders } from './security-headers.js';
import { TimingInterceptor } from './timing.interceptor.js';
import { ValidationPipe } from './validation.pipe.js';

/**
 * What every request passes, in this order: hooks of the server (server-hooks.ts: framing, request id, in-flight,
 * body), guards (the address's limit, authentication and permission, the key's limits, Accept), interceptors (context, timing, response cache), the
 * validation pipe, the handler; then the problem filter and the hooks of the answer.
 */
@Module({})
export class HttpModule {
  /** @param authenticate the guard of modules/identity: the edge knows no feature, so it is handed in */
  static register(imports: DynamicModule['imports'], authenticate: Type<CanActivate>): DynamicModule {
    const guards = [AddressLimitGuard, authenticate, KeyLimitGuard, AcceptGuard];
    return {
      module: HttpModule,
      imports: [
        ClockModule,
        CacheModule,
        RedisModule,
        MetricsModule,
        DiscoveryModule,
        RateLimitModule,
        ...(imports ?? []),
      ],
      providers: [
        RouteTable,
        RequestContext,
        PermissionAudit,
        ResponseCacheAudit,
        SecurityHeaders,
        ProblemFilter,
        { provide: APP_FILTER, useExisting: ProblemFilter },
        Limits,
        ...guards,
        ...guards.map((guard) => ({ provide: APP_GUARD, useExisting: guard })),
        { provide: EDGE_GUARDS, inject: guards, useFactory: (...all: CanActivate[]) => all },
        ResponseCacheRoutes,
        RememberedAnswers,
        HeldAnswerSender,
        RequestContextInterceptor,
        TimingInterceptor,
        ResponseCacheInterceptor,
        { provide: APP_INTERCEPTOR, useClass: EdgeInterceptor },
        { provide: APP_PIPE, useClass: ValidationPipe },
      ],
      exports: [RouteTable],
    };
  }
}
