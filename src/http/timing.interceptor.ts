import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { finalize, type Observable } from 'rxjs';
import { Clock } from '../shared/clock/clock.js';

/** Times the handler itself (X-Exec-Time, `handler` of Server-Timing); the whole request is the hooks' business. */
@Injectable()
export class TimingInterceptor implements NestInterceptor {
  constructor(private readonly clock: Clock) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { timing } = context.switchToHttp().getRequest<FastifyRequest>();
    const from = this.clock.monotonicMs();
    return next.handle().pipe(
      finalize(() => {
        if (timing) timing.handlerMs = this.clock.monotonicMs() - from;
      }),
    );
  }
}
