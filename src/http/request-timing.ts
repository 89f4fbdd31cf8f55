import type { FastifyReply } from 'fastify';

/** One finished piece of work inside a request. */
export interface Span {
  readonly name: string;
  readonly durationMs: number;
}

/** More spans than this are summed under `other`: the header must stay small. */
const MOST_SPANS = 12;

/** The clock of one request: begun by the first hook, read by the last ones. */
export class RequestTiming {
  /** Made by the first span: most requests have none. */
  private spans?: Map<string, number>;
  /** Milliseconds spent in the route's handler; undefined while or when it did not run. */
  handlerMs?: number;
  /** Whether the request is counted among those in flight. */
  inFlight = false;

  /** Bytes of the body, where the reply itself does not tell. */
  bytes?: number;
  /** Template of the route, where it was looked up already. */
  route?: string;

  constructor(readonly startedMs: number) {}

  /** Spans of one name are summed: a request that looks up ten facts shows one entry. */
  add(span: Span): void {
    const spans = (this.spans ??= new Map<string, number>());
    const name = spans.has(span.name) || spans.size < MOST_SPANS ? span.name : 'other';
    spans.set(name, (spans.get(name) ?? 0) + span.durationMs);
  }

  /** Writes the headers that tell of the request: its id, and the times until now. */
  writeTo(requestId: string, nowMs: number, write: (name: string, value: string) => void): void {
    const total = (nowMs - this.startedMs).toFixed(2);
    const handler = this.handlerMs?.toFixed(2);
    write('x-request-id', requestId);
    write('x-response-time', `${total}ms`);
    write('x-exec-time', `${handler ?? total}ms`);
    write('server-timing', this.serverTiming(total, handler));
  }

  /** Milliseconds by name of a span; undefined without one. */
  spanTimes(): Readonly<Record<string, number>> | undefined {
    return this.spans && Object.fromEntries(this.spans);
  }

  /**
   * `Server-Timing` (W3C): the whole, the handler and the named spans, durations in milliseconds.
   * @param total milliseconds with two decimals, as the other headers show them
   * @param handler likewise; undefined when the handler did not run
   */
  serverTiming(total: string, handler: string | undefined): string {
    let text = `total;dur=${total}`;
    if (handler !== undefined) text += `, handler;dur=${handler}`;
    for (const [name, ms] of this.spans ?? []) text += `, ${token(name)};dur=${ms.toFixed(2)}`;
    return text;
  }
}

/** A metric name of Server-Timing is an HTTP token. */
const token = (name: string) => name.replace(/[^\w!#$%&'*+.^`|~-]/g, '_');

/** Sets X-Request-ID, X-Response-Time, X-Exec-Time (milliseconds) and Server-Timing on any answer, refused ones too. */
export function stampReply(reply: FastifyReply, nowMs: number): void {
  const { id, timing } = reply.request;
  if (timing) timing.writeTo(id, nowMs, (name, value) => void reply.header(name, value));
  else void reply.header('x-request-id', id);
}
