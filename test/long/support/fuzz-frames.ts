import fc from 'fast-check';

const crlf = (...lines: readonly string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const HOST = 'Host: localhost';
const CLOSE = 'Connection: close';

/** What no client sends by itself, each with what a careless server would do. */
export const FRAMES: readonly string[] = [
  'HELLO\r\n\r\n',
  '\r\n\r\n\r\n',
  '\0'.repeat(100),
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  crlf('GET /health/live HTTP/1.1', CLOSE),
  crlf('GET /health/live HTTP/1.0', CLOSE),
  crlf('GET /health/live HTTP/9.9', HOST, CLOSE),
  crlf('GET /health/live http/1.1', HOST, CLOSE),
  crlf('GET /health/live', HOST),
  crlf('GET  /health/live HTTP/1.1', HOST, CLOSE),
  crlf('GET /health live HTTP/1.1', HOST, CLOSE),
  crlf('GET http://elsewhere/health/live HTTP/1.1', HOST, CLOSE),
  crlf('GET * HTTP/1.1', HOST, CLOSE),
  crlf('OPTIONS * HTTP/1.1', HOST, CLOSE),
  crlf('CONNECT localhost:5432 HTTP/1.1', HOST, CLOSE),
  crlf('TRACE /health HTTP/1.1', HOST, CLOSE),
  crlf('get /health/live HTTP/1.1', HOST, CLOSE),
  crlf('G\u00cbT /health HTTP/1.1', HOST, CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, 'Host: evil', CLOSE),
  crlf('GET /health/live HTTP/1.1', 'Host:', CLOSE),
  crlf('GET /health/live HTTP/1.1', 'Host: [::1', CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, ' folded: yes', CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, 'X-A : b', CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, 'X-A: \0', CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, 'X-A: a\rb', CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, ': nameless', CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, 'no colon', CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, `X-Big: ${'a'.repeat(20_000)}`, CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, ...Array.from({ length: 3000 }, (_, at) => `A${at}:1`), CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, 'Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Key: x'),
  crlf('GET /health/live HTTP/1.1', HOST, 'Upgrade: h2c', 'Connection: Upgrade, HTTP2-Settings', 'HTTP2-Settings: AA'),
  crlf('GET /health/live HTTP/1.1', HOST, 'Expect: 100-continue', CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, 'Expect: the-moon', CLOSE),
  crlf('GET /health/live HTTP/1.1', HOST, 'TE: trailers', 'Trailer: X', CLOSE),
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 5', 'Content-Length: 6', CLOSE)}{"a":1}`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 2, 2', CLOSE)}{}`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: -1', CLOSE)}{}`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 99999999999999999999', CLOSE)}{}`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 0x2', CLOSE)}{}`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 2', 'Transfer-Encoding: chunked', CLOSE)}0\r\n\r\n`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Transfer-Encoding: gzip, chunked', CLOSE)}0\r\n\r\n`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Transfer-Encoding: xchunked', CLOSE)}0\r\n\r\n`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Transfer-Encoding: chunked', CLOSE)}zz\r\n{}\r\n0\r\n\r\n`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Transfer-Encoding: chunked', CLOSE)}ffffffffffffffffff\r\n{}\r\n0\r\n\r\n`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Transfer-Encoding: chunked', CLOSE)}2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
  `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 100', CLOSE)}{}`,
  crlf('GET /health/live HTTP/1.1', HOST).repeat(20) + crlf('GET /health/live HTTP/1.1', HOST, CLOSE),
];

/** A sound request with some of its bytes changed, doubled or cut off. */
export const brokenFrames: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom(
      crlf('GET /v1/sessions?perPage=5 HTTP/1.1', HOST, 'Accept: application/json', CLOSE),
      `${crlf('POST /v1/cache/invalidate HTTP/1.1', HOST, 'Content-Type: application/json', 'Content-Length: 16', CLOSE)}{"tags":["none"]}`,
      `${crlf('POST /v1/research HTTP/1.1', HOST, 'Content-Type: application/json', 'Transfer-Encoding: chunked', CLOSE)}2\r\n{}\r\n0\r\n\r\n`,
    ),
    fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 }), fc.constantFrom('set', 'insert', 'cut')), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([text, changes]) => changes.reduce(changedBytes, Buffer.from(text, 'latin1')));

function changedBytes(bytes: Buffer, [place, byte, how]: readonly [number, number, string]): Buffer {
  const at = place % (bytes.length + 1);
  if (how === 'cut') return bytes.subarray(0, Math.max(1, at));
  return Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(how === 'set' ? at + 1 : at)]);
}
