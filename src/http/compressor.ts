import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** Content codings that can be made; zstd where Node has it (22.15 on). */
export type ContentCoding = 'br' | 'zstd' | 'gzip';

/** Shorter bodies stay as they are: coding them saves no packet (row P10). */
export const COMPRESSED_FROM_BYTES = 1000;

const GZIP = { level: 6 };
/** Brotli beyond 4 costs several times the CPU for a few per cent. */
const BROTLI_QUALITY = 4;

type ZstdBuffer = (body: Buffer, done: (error: Error | null, coded: Buffer) => void) => void;

/** Types of Node 20 do not know zstd. */
const { zstdCompress, createZstdCompress } = zlib as {
  readonly zstdCompress?: ZstdBuffer;
  readonly createZstdCompress?: () => Transform;
};

/** The codings of this process, the preferred first. */
export const CONTENT_CODINGS: readonly ContentCoding[] = zstdCompress ? ['br', 'zstd', 'gzip'] : ['br', 'gzip'];

const TEXTUAL =
  /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?(?:json|xml|javascript|openmetrics-text)|image\/svg)/i;

/** Whether bodies of this media type get smaller; a stream of events must not wait in a coder. */
export function isCompressible(contentType: unknown): boolean {
  return typeof contentType === 'string' && TEXTUAL.test(contentType);
}

/** Whether `Cache-Control` forbids another coding (RFC 9111, 5.2.2.6). */
export function forbidsTransform(cacheControl: unknown): boolean {
  return typeof cacheControl === 'string' && /\bno-transform\b/i.test(cacheControl);
}

const MOST_REMEMBERED = 200;
const remembered = new Map<string, ContentCoding | undefined>();

/**
 * The coding a caller likes best (RFC 9110, 12.5.3): by q-value, then by our order; undefined: as it is. Without the header
 * nothing is coded.
 */
export function negotiateCoding(acceptEncoding: string | undefined): ContentCoding | undefined {
  if (!acceptEncoding) return undefined;
  if (remembered.has(acceptEncoding)) return remembered.get(acceptEncoding);
  const coding = choose(acceptEncoding);
  // Browsers and tools send few different values; whoever makes up many must not fill the memory.
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(acceptEncoding, coding);
  return coding;
}

function choose(acceptEncoding: string): ContentCoding | undefined {
  const qualities = new Map(acceptEncoding.split(',').map(qualityOf));
  const any = qualities.get('*') ?? 0;
  let best: ContentCoding | undefined;
  let quality = qualities.get('identity') ?? 0;
  for (const coding of CONTENT_CODINGS) {
    const liked = qualities.get(coding) ?? any;
    if (liked > quality || (liked === quality && liked > 0 && best === undefined)) {
      best = coding;
      quality = liked;
    }
  }
  return best;
}

function qualityOf(item: string): [string, number] {
  const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
  const given = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  const quality = given === undefined ? 1 : Number(given);
  return [name === 'x-gzip' ? 'gzip' : name, Number.isFinite(quality) ? Math.min(1, quality) : 0];
}

/** Codes a body on a thread of the pool; the event loop goes on. */
export function compress(body: Buffer, coding: ContentCoding): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, coded: Buffer) => (error ? reject(error) : resolve(coded));
    if (coding === 'br') zlib.brotliCompress(body, brotliOptions(body.length), done);
    else if (coding === 'zstd' && zstdCompress) zstdCompress(body, done);
    else zlib.gzip(body, GZIP, done);
  });
}

/** A coder for a body whose length is not known; it obeys back-pressure. */
export function compressStream(coding: ContentCoding): Transform {
  if (coding === 'br') return zlib.createBrotliCompress(brotliOptions());
  if (coding === 'zstd' && createZstdCompress) return createZstdCompress();
  return zlib.createGzip(GZIP);
}

function brotliOptions(bytes?: number): zlib.BrotliOptions {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  return {
    params: {
      [BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT,
      ...(bytes === undefined ? {} : { [BROTLI_PARAM_SIZE_HINT]: bytes }),
    },
  };
}
