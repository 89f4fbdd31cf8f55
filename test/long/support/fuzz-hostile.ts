import fc from 'fast-check';

const LONG = 3000;

/** Texts that break what was written for ordinary ones. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\0b',
    '\ud800',
    '\udc00x',
    '\ufeff',
    '\u202e',
    '\u2028',
    '💥',
    'İ',
    '__proto__',
    'constructor',
    'toString',
    'null',
    'undefined',
    'NaN',
    'true',
    '-1',
    '0',
    '1e309',
    '9007199254740993',
    '99999999999999999999',
    '1.5',
    '0x10',
    '../../etc/passwd',
    '..\\..\\',
    "' OR 1=1 --",
    '"; DROP TABLE sessions; --',
    '$1',
    '%s%n',
    '{{7*7}}',
    '${jndi:ldap://x}',
    '<script>alert(1)</script>',
    '\r\nX-Injected: yes',
    '(a+)+$',
    '*',
    '%',
    '_',
    '2026-01-01',
    '2026-13-45T99:99:99Z',
    '-271821-04-20T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'f'.repeat(64),
    'tsk_a.b',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc
    .tuple(fc.constantFrom('a', 'é', '0', '-', ' ', '('), fc.integer({ min: 100, max: LONG }))
    .map(([sign, times]) => sign.repeat(times)),
  fc.base64String({ maxLength: 200 }),
);

/** Parts of a path in encodings of their own. */
export const encodings: fc.Arbitrary<string> = fc.constantFrom(
  '%00',
  '%2e%2e',
  '%2E',
  '..',
  '.',
  '',
  '%2f',
  '%252f',
  '%zz',
  '%',
  '%c0%af',
  '%ff',
  '%ed%a0%80',
  '%E2%82',
  ';x=1',
  'a;b',
  '*',
  ':id',
  '{id}',
  '~',
  "'",
  '"',
  '%0d%0aX:%20y',
  'sessions%2F',
  '\u00e9',
  '[',
  '\\',
  '|',
  '^',
);

/** Addresses that a careless matcher takes for others. */
export const targetTricks: fc.Arbitrary<(path: string) => string> = fc.constantFrom(
  (path: string) => `/${path}`,
  (path: string) => `${path}/`,
  (path: string) => path.replace('/v1/', '/v1//'),
  (path: string) => path.replace('/v1/', '/v1/./'),
  (path: string) => path.replace('/v1/', '/%76%31/'),
  (path: string) => path.toUpperCase(),
  (path: string) => `${path}?`,
  (path: string) => `${path}#x`,
  (path: string) => `${path}?a=1?b=2&&&=`,
  (path: string) => `${path}?${'a=1&'.repeat(400)}`,
  (path: string) => `${path}?${'x'.repeat(9000)}`,
  (path: string) => `${path}?page[]=1&page[a]=2&limit=1&limit=2`,
  (path: string) => `${path}?__proto__[x]=1&constructor.prototype=2`,
  (path: string) => `${path}?%zz=%zz&a=%ff`,
  (path: string) => `http://elsewhere${path}`,
);

/** What a header may hold on the wire without being cut into two. */
const headerText = fc.oneof(
  fc.stringMatching(/^[\x21-\x7e\x80-\xff][\x20-\x7e\x80-\xff]{0,60}$/),
  fc.constantFrom('', '*', ',', ';', '=', '"', '0', '-1', '1e9', 'a'.repeat(3000), '\u00ff\u00fe', 'null', '%00'),
);

const headerNames = [
  'authorization',
  'x-api-key',
  'content-type',
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'cookie',
  'content-encoding',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-range',
  'range',
  'idempotency-key',
  'last-event-id',
  'prefer',
  'origin',
  'referer',
  'x-request-id',
  'traceparent',
  'tracestate',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'forwarded',
  'x-http-method-override',
  'host',
  'te',
  'via',
  '__proto__',
  'constructor',
] as const;

/** Values that are almost what the header is for. */
const nearly: Readonly<Record<string, readonly string[]>> = {
  authorization: [
    'Bearer',
    'Bearer ',
    'Bearer tsk_',
    'Bearer tsk_a.b',
    'Basic dGVzdDp0ZXN0',
    `Bearer tsk_testadmin.${'x'.repeat(43)}`,
    `Bearer ${'a'.repeat(5000)}`,
    'bearer  tsk_x.y z',
    'Bearer tsk_unknown01.' + 'x'.repeat(43),
  ],
  'x-api-key': ['tsk_', 'tsk_unknown01.' + 'y'.repeat(43), ', '],
  'content-type': [
    'text/plain',
    'application/json; charset=utf-16',
    'application/json;',
    'APPLICATION/JSON',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/problem+json',
    '/',
    'application/',
    'a/b/c',
  ],
  accept: [
    'image/png',
    'text/*',
    '*/*;q=0',
    'application/json;q=x',
    ',,,',
    'a',
    'application/json;q=0.0001',
    'text/html;level=1,*/*;q=0.1',
  ],
  'accept-encoding': ['*;q=0', 'identity;q=0', 'gzip;q=2', 'br, gzip'],
  'content-encoding': ['gzip', 'br', 'deflate', 'gzip, gzip', 'identity'],
  'if-match': ['"', 'criteria-1', 'W/"criteria-1"', '"a", "b", *'],
  'if-none-match': ['"', 'W/', '"a","b"', '*, *'],
  range: ['bytes=0-10', 'bytes=-1', 'bytes=9-0', 'items=1'],
  'idempotency-key': ['a b', 'a'.repeat(256), '\u00e9'],
  'last-event-id': ['-1', '99999999999', 'x', '1.5'],
  prefer: ['wait=9999', 'wait=-1', 'wait=x', 'respond-async, wait=0'],
  origin: ['null', 'https://evil.example', '*'],
  host: ['', 'evil.example', 'localhost:99999', 'a b', 'localhost,evil'],
  traceparent: [
    '00-0-0-00',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-00000000000000000000000000000000-0000000000000000-00',
  ],
  'cache-control': ['max-age=-1', 'no-cache=x', 'only-if-cached, no-store'],
};

/** The client itself fails on a Host that is half an IPv6 literal: those go as bytes (FRAMES). */
const isSendable = ([name, value]: readonly [string, string]) => name !== 'host' || !value.startsWith('[');

export const hostileHeaders: fc.Arbitrary<readonly [string, string]> = fc
  .constantFrom(...headerNames)
  .chain((name) =>
    fc
      .oneof(headerText, fc.constantFrom(...(Object.hasOwn(nearly, name) ? nearly[name]! : ['x'])))
      .map((value) => [name, value] as const),
  )
  .filter(isSendable);
