import * as zlib from 'node:zlib';
import { mergeVary } from './compress-vary.js';
import { compress, CONTENT_CODINGS, type ContentCoding, isCompressible, negotiateCoding } from './compressor.js';

const zstd = (zlib as { zstdDecompressSync?: (body: Buffer) => Buffer }).zstdDecompressSync;
const decode: Readonly<Record<ContentCoding, (body: Buffer) => Buffer>> = {
  br: zlib.brotliDecompressSync,
  gzip: zlib.gunzipSync,
  zstd: (body) => zstd?.(body) ?? body,
};

describe('the compressor', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['gzip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['gzip, br;q=0.5', 'gzip'],
    ['gzip;q=0.2, br;q=0.1', 'gzip'],
    ['br;q=0, gzip;q=0.1', 'gzip'],
    ['br;q=0', undefined],
    ['*', 'br'],
    ['*;q=0', undefined],
    ['gzip;q=0.4, *;q=0.7, br;q=0', CONTENT_CODINGS.includes('zstd') ? 'zstd' : 'gzip'],
    ['identity;q=1, gzip;q=0.5', undefined],
    ['identity;q=0.5, gzip;q=1', 'gzip'],
    ['identity, gzip', 'gzip'],
    ['deflate, compress', undefined],
    ['gzip;q=nonsense', undefined],
    ['br;Q=0.1;x=1, gzip;q=0.05', 'br'],
    [',,;;q=,', undefined],
  ])('takes of "%s": %s', (header, coding) => {
    expect(negotiateCoding(header)).toBe(coding);
    expect(negotiateCoding(header)).toBe(coding);
  });

  it.each([...CONTENT_CODINGS])('gives by %s what is decoded to the same bytes, and smaller', async (coding) => {
    const body = Buffer.from(JSON.stringify(Array.from({ length: 200 }, (_, id) => ({ id, name: `Ünit ${id}` }))));
    const coded = await compress(body, coding);
    expect(coded.length).toBeLessThan(body.length / 3);
    expect(decode[coding](coded).equals(body)).toBe(true);
  });

  it('knows zstd where Node has it', () => {
    expect(CONTENT_CODINGS.includes('zstd')).toBe('zstdCompress' in zlib);
  });

  it.each([
    ['application/json; charset=utf-8', true],
    ['application/problem+json', true],
    ['text/markdown; charset=utf-8', true],
    ['image/svg+xml', true],
    ['text/event-stream; charset=utf-8', false],
    ['application/octet-stream', false],
    ['application/zip', false],
    ['image/png', false],
    [undefined, false],
  ])('codes %s: %s', (type, expected) => {
    expect(isCompressible(type)).toBe(expected);
  });
});

describe('Vary', () => {
  it.each([
    [undefined, ['Accept'], 'Accept'],
    ['accept', ['Accept', 'Accept-Encoding'], 'accept, Accept-Encoding'],
    ['Accept ,Origin', ['Accept'], 'Accept, Origin'],
    ['*', ['Accept'], '*'],
    [['Accept', 'Origin'], ['origin'], 'Accept, Origin'],
  ])('of %j with %j is %s', (value, names, expected) => {
    expect(mergeVary(value, names)).toBe(expected);
  });
});
