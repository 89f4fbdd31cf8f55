import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Observable } from 'rxjs';
import type { Clock } from '../shared/clock/clock.js';
import { type Deadline, Deadlines } from '../shared/deadline/deadline.js';
import { AppError } from '../shared/errors/app-error.js';
import './fastify-request.js';
import { sendProblem } from './problem.filter.js';

/**
 * Gives each request a deadline, from when it was received (which has a limit of its own) until its answer begins: an event stream
 * has begun and lasts as long as it likes. When it is over the caller gets 504, and what waits in the course of the
 * request is ended: connections, statements, calls to upstreams. Must come before the hook that enters the request's context.
 */
export function installDeadlines(server: FastifyInstance, limitMs: number, clock: Clock): void {
  const deadlines = new Deadlines(limitMs, clock);
  server.decorateRequest('deadline', null);
  server.addHook('preValidation', (request, reply, done) => {
    request.deadline = deadlines.begin();
    request.deadline.onOver((reason) => giveUp(request, reply, reason, clock));
    done();
  });
  server.addHook('onSend', (request, _reply, payload, done) => {
    request.deadline?.lift();
    done(null, payload);
  });
}

function giveUp(request: FastifyRequest, reply: FastifyReply, reason: AppError, clock: Clock): void {
  if (!reply.raw.headersSent && !reply.raw.destroyed) sendProblem(reason, request, reply, clock.monotonicMs());
}

/**
 * The client has gone. What it only wanted to read is read for nobody; what writes goes on, so that a client which lost
 * its answer finds it when it asks again.
 */
export function abandon({ method, deadline }: FastifyRequest): void {
  if (method !== 'GET' && method !== 'HEAD') return;
  deadline?.end(new AppError('unavailable', 'client_gone', 'The client went away before it was answered.'));
}

/** The answer, or an error when the deadline is over: what comes of it later is dropped, since the caller has been told. */
export function untilOver<T>(deadline: Deadline | null, answer: Observable<T>): Observable<T> {
  if (deadline === null) return answer;
  return new Observable((subscriber) => {
    subscriber.add(deadline.onOver((reason) => subscriber.error(reason)));
    return subscriber.closed ? undefined : answer.subscribe(subscriber);
  });
}
