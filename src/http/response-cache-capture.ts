import type { FastifyReply } from 'fastify';
import { noted, runNoting } from '../shared/logging/request-context.js';

/** What a handler said about its answer beside the body. */
export interface RecordedReply {
  status?: number;
  readonly headers: Record<string, string>;
}

const RECORD = Symbol('techspec:recorded-reply');
const currentRecord = () => noted(RECORD) as RecordedReply | undefined;
const diverted = new WeakSet<FastifyReply>();

/**
 * Runs a handler and keeps what it tells the reply, instead of telling it: the answer belongs to all who ask, and a load
 * that refreshes an entry in the background must not write to a reply that is being sent.
 */
export async function recorded<T>(
  reply: FastifyReply,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly reply: RecordedReply }> {
  divert(reply);
  const record: RecordedReply = { headers: {} };
  return { result: await runNoting(RECORD, record, work), reply: record };
}

/** From now on the reply listens to a handler that is being recorded no more; to all others as before. */
function divert(reply: FastifyReply): void {
  if (diverted.has(reply)) return;
  diverted.add(reply);
  const { header, code, type } = reply as unknown as Record<
    'header' | 'code' | 'type',
    (...args: unknown[]) => unknown
  >;
  const setHeader = (name: string, value: unknown) => {
    const record = currentRecord();
    if (record) record.headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value ?? '');
    else header.call(reply, name, value);
    return reply;
  };
  const setStatus = (status: number) => {
    const record = currentRecord();
    if (record) record.status = status;
    else code.call(reply, status);
    return reply;
  };
  const setType = (contentType: string) => {
    if (currentRecord()) return setHeader('content-type', contentType);
    type.call(reply, contentType);
    return reply;
  };
  Object.assign(reply, { header: setHeader, code: setStatus, status: setStatus, type: setType });
}
