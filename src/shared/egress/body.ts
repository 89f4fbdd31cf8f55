import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { EgressError } from './egress-error.js';
import type { BodyReader } from './egress.types.js';

/** Undoes Content-Encoding. @throws EgressError `protocol` for one that was never asked for. */
export function decoded(upstream: string, body: Readable, encoding: string | undefined): Readable {
  const decoder = decoderOf(upstream, encoding);
  // The callback is needed: without it a cut stream would surface as an unhandled error.
  return decoder === undefined ? body : pipeline(body, decoder, () => undefined);
}

function decoderOf(upstream: string, encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    case 'deflate':
      return createInflate();
    default:
      throw new EgressError(upstream, 'protocol');
  }
}

/** Counts the bytes that went through a reader, and ends it at the cap. */
export class CappedBody {
  bytes = 0;

  constructor(
    private readonly upstream: string,
    private readonly source: Readable,
    private readonly maxBytes: number,
  ) {}

  async *chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of this.source as AsyncIterable<Buffer>) {
      this.bytes += chunk.length;
      if (this.bytes > this.maxBytes) throw new EgressError(this.upstream, 'too_large');
      yield chunk;
    }
  }
}

/** The whole body in memory. */
export const readBuffer: BodyReader<Buffer> = async (body) => {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** The body as JSON of any shape; a body that is none fails with `SyntaxError`, which a call reports as `protocol`. */
export const readJson: BodyReader<unknown> = async (body) =>
  JSON.parse((await readBuffer(body)).toString('utf8')) as unknown;
