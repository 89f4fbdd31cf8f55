import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { RequestContext } from '../shared/logging/request-context.js';

/** Tells the request's context who asks, once the guards know: every later log line and slow query can name it. */
@Injectable()
export class RequestContextInterceptor implements NestInterceptor {
  constructor(private readonly context: RequestContext) {}

  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { facts } = this.context;
    const { identity } = execution.switchToHttp().getRequest<FastifyRequest>();
    if (facts && identity) facts.keyId = identity.keyId;
    return next.handle();
  }
}
