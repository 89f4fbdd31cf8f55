import { pipeline, type Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedForms } from './coded-forms.js';
import { mergeVary } from './compress-vary.js';
import {
  COMPRESSED_FROM_BYTES,
  compressStream,
  type ContentCoding,
  forbidsTransform,
  isCompressible,
  negotiateCoding,
} from './compressor.js';
import { weakened } from './etag.js';

type Done = (error: Error | null, payload?: unknown) => void;

const ACCEPT_ENCODING = ['Accept-Encoding'];

/**
 * `onSend`: codes what is worth it and not coded yet. Answers of the response cache come coded and pass. Keys travel in
 * headers alone and no page is answered by a cookie, so a foreign page can't make a browser fetch secrets beside words of
 * its own and read them from the length (BREACH).
 */
export function compressReply(request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done): void {
  if (reply.isCoded || !mayBeCoded(reply, payload)) return done(null, payload);
  void reply.header('vary', mergeVary(reply.getHeader('vary'), ACCEPT_ENCODING));
  const coding = negotiateCoding(request.headers['accept-encoding']);
  if (coding === undefined) return done(null, payload);
  if (isStream(payload)) {
    markCoded(reply, coding);
    // The server ends the stream unread; all else of HEAD is coded as for GET, whose length it must tell (RFC 9110, 9.3.2).
    if (request.method === 'HEAD') return done(null, payload);
    const coded = compressStream(coding);
    // The error reaches the server through the coder, which is what it reads; a client that leaves ends the source too.
    pipeline(payload, coded, () => undefined);
    return done(null, coded);
  }
  const body = payload as Buffer | string;
  (reply.codedForms ?? new CodedForms()).of(body, coding).then(
    (coded) => {
      if (coded.length >= Buffer.byteLength(body)) return done(null, payload);
      markCoded(reply, coding);
      done(null, coded);
    },
    // What can't be coded is still an answer.
    () => done(null, payload),
  );
}

function mayBeCoded(reply: FastifyReply, payload: unknown): boolean {
  const { statusCode } = reply;
  if (statusCode < 200 || statusCode === 204 || statusCode === 206 || statusCode === 304) return false;
  if (!isLongEnough(reply, payload) || !isCompressible(reply.getHeader('content-type'))) return false;
  return !reply.hasHeader('content-encoding') && !forbidsTransform(reply.getHeader('cache-control'));
}

function isLongEnough(reply: FastifyReply, payload: unknown): boolean {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) {
    return payload.length >= COMPRESSED_FROM_BYTES || Buffer.byteLength(payload) >= COMPRESSED_FROM_BYTES;
  }
  if (!isStream(payload)) return false;
  const length = reply.getHeader('content-length');
  return length === undefined || Number(length) >= COMPRESSED_FROM_BYTES;
}

function isStream(payload: unknown): payload is Readable {
  return typeof payload === 'object' && payload !== null && 'pipe' in payload && typeof payload.pipe === 'function';
}

function markCoded(reply: FastifyReply, coding: ContentCoding): void {
  const etag = reply.getHeader('etag');
  if (typeof etag === 'string') void reply.header('etag', weakened(etag));
  void reply.header('content-encoding', coding).removeHeader('content-length');
}
