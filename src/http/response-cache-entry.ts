import { isUtf8 } from 'node:buffer';
import { mergeVary } from './compress-vary.js';
import { COMPRESSED_FROM_BYTES, compress, type ContentCoding, forbidsTransform, isCompressible } from './compressor.js';
import { weakened, weakEtagOf } from './etag.js';
import type { RecordedReply } from './response-cache-capture.js';

/** An answer as it is kept: plain JSON, since it may come from another process. */
export interface StoredResponse {
  readonly status: number;
  /** What every answer made from it says, in lower case: type, ETag, Vary and what the handler set. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as UTF-8 text, or as base64 where it is none. */
  readonly text?: string;
  readonly base64?: string;
  /** Seconds that the answer was old already when this entry was made of another one. */
  readonly before: number;
}

/** Bodies as they are sent, so that a hit of the first tier, which gives the same object again, decodes nothing. */
const bodies = new WeakMap<StoredResponse, Buffer>();
const payloads = new WeakMap<StoredResponse, Buffer | string>();

/** Up to here the head of an answer and its text leave in one piece; beyond it copying costs more than a second piece. */
const LONGEST_TEXT = 16 * 1024;

/** The body to send; the same bytes each time, so nobody may write to them. */
export function bodyOf(entry: StoredResponse): Buffer {
  const known = bodies.get(entry);
  if (known) return known;
  const body = entry.base64 === undefined ? Buffer.from(entry.text ?? '', 'utf8') : Buffer.from(entry.base64, 'base64');
  bodies.set(entry, body);
  return body;
}

/** What to hand to the server: a short text of ASCII as it is, which saves a write in pieces; else the bytes. */
export function payloadOf(entry: StoredResponse): Buffer | string {
  const known = payloads.get(entry);
  if (known !== undefined) return known;
  const body = bodyOf(entry);
  const { text } = entry;
  const isShort = text !== undefined && text.length === body.length && text.length <= LONGEST_TEXT;
  const payload = isShort && hasCharset(entry) ? text : body;
  payloads.set(entry, payload);
  return payload;
}

/** The server completes the type of a text that lacks it, and not that of bytes: the answer must not depend on its size. */
const hasCharset = ({ headers }: StoredResponse) => /;\s*charset=/i.test(headers['content-type'] ?? '');

/**
 * Makes an entry of what a handler gave back.
 * @param vary request headers that decide about the answer
 * @throws Error for a stream, which can't be given twice
 */
export function entryOf(result: unknown, reply: RecordedReply, vary: readonly string[]): StoredResponse {
  const body = bytesOf(result);
  const { headers } = reply;
  return keep(body, {
    status: reply.status ?? 200,
    headers: {
      'content-type': typeOf(result),
      etag: weakEtagOf(body),
      ...headers,
      vary: mergeVary(headers['vary'], vary),
    },
    before: 0,
  });
}

/**
 * The entry in a content coding; the entry itself when coding it is forbidden or not worth it.
 * @param age seconds since the entry was made
 */
export async function codedEntry(entry: StoredResponse, coding: ContentCoding, age: number): Promise<StoredResponse> {
  const { headers, status } = entry;
  const body = bodyOf(entry);
  const before = entry.before + age;
  const isWorth = body.length >= COMPRESSED_FROM_BYTES && isCompressible(headers['content-type']);
  if (!isWorth || forbidsTransform(headers['cache-control'])) return keep(body, { status, headers, before });
  const coded = await compress(body, coding);
  if (coded.length >= body.length) return keep(body, { status, headers, before });
  const etag = weakened(headers['etag'] ?? '');
  return keep(coded, { status, headers: { ...headers, etag, 'content-encoding': coding }, before });
}

function keep(body: Buffer, entry: Omit<StoredResponse, 'text' | 'base64'>): StoredResponse {
  const kept = isUtf8(body) ? { ...entry, text: body.toString('utf8') } : { ...entry, base64: body.toString('base64') };
  bodies.set(kept, body);
  return kept;
}

function bytesOf(result: unknown): Buffer {
  if (Buffer.isBuffer(result)) return result;
  if (typeof result === 'string') return Buffer.from(result, 'utf8');
  if (result === undefined || result === null) return Buffer.alloc(0);
  if (typeof result === 'object' && ('pipe' in result || 'getReader' in result || 'getStream' in result)) {
    throw new Error('a stream can be given to one caller only: this route can’t have @ResponseCache');
  }
  return Buffer.from(JSON.stringify(result), 'utf8');
}

function typeOf(result: unknown): string {
  if (Buffer.isBuffer(result)) return 'application/octet-stream';
  return typeof result === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
}
