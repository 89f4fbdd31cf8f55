export const UUID = '0190a0de-0000-7000-8000-000000000000';
const KEY_SECRET = 'x'.repeat(43);

/** Ids that cannot be one, as they stand in an address. */
export const BAD_IDS = [
  'x',
  '0',
  '-1',
  'null',
  UUID.slice(1),
  `${UUID}0`,
  UUID.replaceAll('-', ''),
  UUID.replace('0', 'g'),
  `%00${UUID}`,
  `${UUID}%20`,
  '%27%20OR%201=1--',
  '__proto__',
  'constructor',
  '..%2f..%2fetc%2fpasswd',
  '%F0%9F%92%A5',
  'G-1%00',
  'G-x',
  'a'.repeat(300),
];

/** What stands where a key belongs, and is none. */
export const BAD_TOKENS: readonly Record<string, string>[] = [
  { authorization: '' },
  { authorization: 'Bearer' },
  { authorization: 'Bearer ' },
  { authorization: 'Bearer x' },
  { authorization: 'Bearer tsk_' },
  { authorization: 'Bearer tsk_.' },
  { authorization: `Bearer tsk_short.${KEY_SECRET}` },
  { authorization: `Bearer tsk_testadmin.${KEY_SECRET.slice(0, 31)}` },
  { authorization: `Bearer tsk_testadmin.${'x'.repeat(257)}` },
  { authorization: `Bearer tsk_test-admin.${KEY_SECRET}` },
  { authorization: `Bearer tsk_testadmin.${KEY_SECRET}!` },
  { authorization: `Bearer tsk_testadmin${KEY_SECRET}` },
  { authorization: `Bearer TSK_testadmin.${KEY_SECRET}` },
  { authorization: `Bearer\ttsk_testadmin.${KEY_SECRET}` },
  { authorization: `Bearer "tsk_testadmin.${KEY_SECRET}"` },
  { authorization: `Bearer tsk_testadmin.${KEY_SECRET} more` },
  { authorization: 'Basic dGVzdGFkbWluOng=' },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
  { authorization: 'Bearer \u00ff\u00fe' },
  { authorization: `Bearer ${'a'.repeat(8000)}` },
  { authorization: '', 'x-api-key': '' },
  { authorization: '', 'x-api-key': 'Bearer x' },
  { authorization: '', 'x-api-key': `tsk_a.${KEY_SECRET}` },
  { authorization: '', cookie: `key=tsk_testadmin.${KEY_SECRET}` },
];

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

/** Bodies that no route reads, with what each is answered. */
export const BAD_BODIES: readonly (readonly [string, string | Buffer, Record<string, string>, string])[] = [
  ['no JSON', '{"name":', {}, '400 malformed_json'],
  ['more than JSON', '{}x', {}, '400 malformed_json'],
  ['a comma too many', '{"a":1,}', {}, '400 malformed_json'],
  ['nothing', '', {}, '400 empty_body'],
  ['33 levels', nested(33), {}, '400 body_too_deep'],
  ['100,000 levels', '['.repeat(100_000), {}, '400 body_too_deep'],
  ['__proto__', '{"__proto__":{"role":"admin"}}', {}, '400 forbidden_name'],
  ['__proto__ deep inside', '{"a":[{"b":{"__proto__":1}}]}', {}, '400 forbidden_name'],
  ['NUL', '{"name":"a\\u0000b"}', {}, '400 unstorable_text'],
  ['NUL in a name', '{"a\\u0000b":1}', {}, '400 unstorable_text'],
  ['half a surrogate pair', '{"name":"\\ud83d"}', {}, '400 unstorable_text'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), {}, '400 not_utf8'],
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), {}, '400 not_utf8'],
  ['more than 256 KB', `{"name":"${'a'.repeat(262_144)}"}`, {}, '413 body_too_large'],
  ['text', '{}', { 'content-type': 'text/plain' }, '415 unsupported_media_type'],
  ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, '415 unsupported_media_type'],
  ['a type of no form', '{}', { 'content-type': 'json' }, '415 unsupported_media_type'],
  ['a content coding', '{}', { 'content-encoding': 'gzip' }, '415 content_encoding_unsupported'],
  ['two content codings', '{}', { 'content-encoding': 'identity, br' }, '415 content_encoding_unsupported'],
];

/** Bodies that are JSON and nothing that a route with a body takes. */
export const WRONG_BODIES = ['null', '[]', '"text"', '1', 'true', '{"unknown":1}'];

/** A body in order for each route that takes one. */
export const EXAMPLES: Readonly<Record<string, object>> = {
  '/v1/sessions': { name: 'n', brief: { projectType: 'web API', requirements: ['Orders are kept for ten years.'] } },
  '/v1/research': { category: 'cache', context: { projectType: 'web API' } },
  '/v1/api-keys': { name: 'n', role: 'viewer' },
  '/v1/workspaces': { name: 'n' },
  '/v1/criteria': { criteria: [] },
  '/v1/cache/invalidate': { tags: ['a'] },
  '/v1/sessions/:id/plan': { forbid: ['a'] },
  '/v1/sessions/:id/decisions': { gapId: 'G-1', custom: 'a' },
};

export function bodyOf(path: string): { payload: object; headers: Record<string, string> } | undefined {
  const payload = EXAMPLES[path];
  return payload && { payload, headers: { 'content-type': 'application/json' } };
}
