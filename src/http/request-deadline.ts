import type { FastifyReply, FastifyRequest } from 'fastify';
import { Observable } from 'rxjs';
import type { Clock } from '../shared/clock/clock.js';
import { type Deadline, Deadlines } from '../shared/deadline/deadline.js';
import { AppError } from '../shared/errors/app-error.js';
import './fastify-request.js';
import { sendProblem } from './problem.filter.js';

/**
 * Gives each request a deadline, from when it was received (which has a limit of its own) until its answer begins: an event stream
 * has begun and lasts as long as it likes. When it is over the caller gets 504, and what waits in the course of the
 * request is ended: connections, statements, calls to upstreams.
 */
export class RequestDeadlines {
  private readonly deadlines: Deadlines;

  constructor(
    limitMs: number,
    private readonly clock: Clock,
  ) {
    this.deadlines = new Deadlines(limitMs, clock);
  }

  begin(request: FastifyRequest, reply: FastifyReply): Deadline {
    const deadline = this.deadlines.begin((reason) => this.giveUp(request, reply, reason));
    request.deadline = deadline;
    return deadline;
  }

  private giveUp(request: FastifyRequest, reply: FastifyReply, reason: AppError): void {
    if (!reply.raw.headersSent && !reply.raw.destroyed) sendProblem(reason, request, reply, this.clock.monotonicMs());
  }
}

/**
 * The client has gone. What it only wanted to read is read for nobody; what writes goes on, so that a client which lost
 * its answer finds it when it asks again.
 */
export function abandon({ method, deadline }: FastifyRequest): void {
  if (method !== 'GET' && method !== 'HEAD') return;
  deadline?.end(clientGone);
}

const clientGone = () => new AppError('unavailable', 'client_gone', 'The client went away before it was answered.');

/**
 * The answer, or an error when the deadline is over: what comes of it later is dropped, since the caller has been told.
 * @param begin not called when it is over already: work that nobody listens to would fail with nobody to tell, and end the process
 */
export function untilOver<T>(deadline: Deadline | null, begin: () => Observable<T>): Observable<T> {
  if (deadline === null) return begin();
  return new Observable((subscriber) => {
    subscriber.add(deadline.onOver((reason) => subscriber.error(reason)));
    return subscriber.closed ? undefined : begin().subscribe(subscriber);
  });
}
