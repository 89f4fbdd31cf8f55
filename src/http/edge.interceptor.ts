import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { RequestContextInterceptor } from './request-context.interceptor.js';
import { untilOver } from './request-deadline.js';
import { ResponseCacheInterceptor } from './response-cache.interceptor.js';
import { TimingInterceptor } from './timing.interceptor.js';

/**
 * The edge's interceptors in their order: context, timing, response cache. The framework sees one: for each that it runs it
 * makes a scope, an observable and two promises, which is more than what these three do.
 */
@Injectable()
export class EdgeInterceptor implements NestInterceptor {
  constructor(
    private readonly context: RequestContextInterceptor,
    private readonly timing: TimingInterceptor,
    private readonly cache: ResponseCacheInterceptor,
  ) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { deadline } = execution.switchToHttp().getRequest<FastifyRequest>();
    const cached: CallHandler = { handle: () => untilOver(deadline, () => this.cache.intercept(execution, next)) };
    const timed: CallHandler = { handle: () => this.timing.intercept(execution, cached) };
    return this.context.intercept(execution, timed);
  }
}
