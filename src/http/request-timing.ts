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
  private readonly spans = new Map<string, number>();
  /** Milliseconds spent in the route's handler; undefined while or when it did not run. */
  handlerMs?: number;

  constructor(readonly startedMs: number) {}

  /** Spans of one name are summed: a request that looks up ten facts shows one entry. */
  add(span: Span): void {
    const name = this.spans.has(span.name) || this.spans.size < MOST_SPANS ? span.name : 'other';
    this.spans.set(name, (this.spans.get(name) ?? 0) + span.durationMs);
  }

  /**
   * `Server-Timing` (W3C): the whole, the handler and the named spans, durations in milliseconds.
   * @param nowMs monotonic milliseconds
   */
  serverTiming(nowMs: number): string {
    const entries = [['total', nowMs - this.startedMs], ...this.spans] as [string, number][];
    if (this.handlerMs !== undefined) entries.splice(1, 0, ['handler', this.handlerMs]);
    return entries.map(([name, ms]) => `${token(name)};dur=${ms.toFixed(2)}`).join(', ');
  }
}

/** A metric name of Server-Timing is an HTTP token. */
const token = (name: string) => name.replace(/[^\w!#$%&'*+.^`|~-]/g, '_');

/** Sets X-Request-ID, X-Response-Time, X-Exec-Time (milliseconds) and Server-Timing on any answer, refused ones too. */
export function stampReply(reply: FastifyReply, nowMs: number): void {
  const { request } = reply;
  void reply.header('x-request-id', request.id);
  const timing = request.timing;
  if (!timing) return;
  const total = `${(nowMs - timing.startedMs).toFixed(2)}ms`;
  const handler = timing.handlerMs === undefined ? total : `${timing.handlerMs.toFixed(2)}ms`;
  void reply.header('x-response-time', total);
  void reply.header('x-exec-time', handler);
  void reply.header('server-timing', timing.serverTiming(nowMs));
}
