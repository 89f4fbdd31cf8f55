import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AppError } from '../shared/errors/app-error.js';
import { Clock } from '../shared/clock/clock.js';
import { PROBLEM_TYPE, problemOf, STATUS, toAppError } from './problem.js';
import { stampReply } from './request-timing.js';

/** Turns everything thrown into problem+json; what nobody expected is logged with its cause, and only there. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('ProblemFilter');

  constructor(private readonly clock: Clock) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = toAppError(thrown);
    if (request.deadline?.reason !== undefined) {
      // The caller has been told, or is gone: this is what the stopped work came to.
      this.logger.debug({ requestId: request.id, code: request.deadline.reason.code }, 'request given up');
      return;
    }
    this.log(error, request);
    if (reply.sent || reply.raw.headersSent) {
      // An event stream that broke half-way: the status is out, all that is left is to end it.
      reply.raw.destroy();
      return;
    }
    sendProblem(error, request, reply, this.clock.monotonicMs());
  }

  private log(error: AppError, request: FastifyRequest): void {
    const line = { requestId: request.id, code: error.code, err: error.cause ?? error };
    if (error.kind === 'internal') this.logger.error(line, 'request failed');
    else if (STATUS[error.kind] >= 500) this.logger.warn(line, 'request refused');
    else this.logger.debug({ requestId: request.id, code: error.code }, 'request refused');
  }
}

/** Also used by the hooks that refuse a request before the framework sees it. */
export function sendProblem(error: AppError, request: FastifyRequest, reply: FastifyReply, nowMs: number): void {
  const status = STATUS[error.kind];
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="techspec"');
  if (error.retryAfter !== undefined) void reply.header('retry-after', String(Math.ceil(error.retryAfter)));
  stampReply(reply, nowMs);
  void reply
    .status(status)
    .type(PROBLEM_TYPE)
    .header('cache-control', 'no-store')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemOf(error, pathOf(request.url), request.id));
}

/** Without the query string: it may hold what the caller would not want repeated in a log of problems. */
const pathOf = (url: string) => url.split('?', 1)[0] ?? url;
