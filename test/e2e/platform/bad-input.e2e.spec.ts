import { IoCounter } from '../../support/io-counter.js';
import { exchange } from '../../support/raw.js';
import { type Answer, testApp, type TestApp } from '../../support/app.js';
import { redisMissing, type RedisServer, startRedis } from '../../support/redis.js';
import { suiteIf } from '../../support/optional-suite.js';
import { IdentityService } from '../../../src/modules/identity/identity.service.js';
import { BAD_BODIES, BAD_IDS, BAD_TOKENS, bodyOf, EXAMPLES, UUID, WRONG_BODIES } from './bad-input-cases.js';
import { type DeclaredRoute, routesOf } from '../identity/routes-of.js';

const told = (answer: Answer) => `${answer.statusCode} ${answer.json<{ code: string }>().code}`;

const UPLOADS = 'POST /v1/code-analyses';

suiteIf(redisMissing, 'input that can be known to be wrong', () => {
  let redis: RedisServer;
  let web: TestApp;
  let io: IoCounter;
  let routes: DeclaredRoute[];

  beforeAll(async () => {
    redis = await startRedis();
    // Without a worker: nothing but requests asks for anything. Limits are off: where they are kept in Redis, each call
    // takes one command of theirs before it is looked at, which is what the suites of limits are about.
    web = await testApp({ role: 'api', redis: { url: redis.url } });
    await web.app.listen(0, '127.0.0.1');
    routes = routesOf(web);
    io = await IoCounter.of(web, redis);
  }, 60_000);
  afterAll(async () => {
    await web?.close();
    await redis?.stop();
  });

  /** What was answered, and what was asked of others before. The caller's key is looked up first: it is known for a second. */
  async function refused(ask: () => Promise<string>): Promise<string> {
    web.app.get(IdentityService, { strict: false }).forget('testadmin');
    await web.get('/v1/sessions/x');
    await io.look();
    const answer = await ask();
    const { database, redis: commands } = await io.look();
    if (database === 0 && commands.length === 0) return answer;
    return `${answer}, after ${database} statements and ${commands.join('; ')}`;
  }

  const withIds = (path: string, id: string) =>
    path.replace(/:\w+/g, (name) => (name === ':gapId' || !path.includes(':gapId') ? id : UUID));

  it('the counters see what a request asks for', async () => {
    const answer = await refused(async () => told(await web.get(`/v1/sessions/${UUID}`)));
    expect(answer).toMatch(/^404 session_unknown, after [1-9]\d* statements and .*"GET" ".*v1\/sessions/);
  });

  it('an id that is none: 404 or 422, on each route that takes one', async () => {
    const wrong: string[] = [];
    const taking = routes.filter(({ path }) => path.includes(':'));
    expect(taking.length).toBeGreaterThan(20);
    for (const { method, path } of taking) {
      // A word of letters could be the id of a key.
      for (const id of BAD_IDS.filter((one) => !path.includes('api-keys') || !/^[A-Za-z0-9]{8,32}$/.test(one))) {
        const payload = method === 'POST' || method === 'PATCH' ? bodyOf(path) : undefined;
        const answer = await refused(async () => told(await web.call(method, withIds(path, id), payload)));
        if (!/^(?:404 \w+_(?:unknown|not_found)|422 invalid_input)$/.test(answer))
          wrong.push(`${method} ${path} ${id}: ${answer}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('a token that is none: 401, on each route that needs one', async () => {
    const wrong: string[] = [];
    const closed = routes.filter(({ needs }) => needs !== 'public');
    for (const [at, headers] of BAD_TOKENS.entries()) {
      // Each token on some of the routes, and all of them on one: what reads them is the same guard.
      for (const { method, path } of closed.filter(
        (_route, place) => place % BAD_TOKENS.length === at || place === 0,
      )) {
        const answer = await refused(async () => told(await web.call(method, withIds(path, UUID), { headers })));
        if (!/^401 key_(?:missing|not_valid)$/.test(answer))
          wrong.push(`${method} ${path} ${JSON.stringify(headers)}: ${answer}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it.each(BAD_BODIES)(
    'a body of %s is refused on each route that may be sent one',
    async (what, payload, headers, expected) => {
      const wrong: string[] = [];
      // Code may have 20 MB of JSON: sizes of uploads have specs of their own.
      const isOfSize = what === 'more than 256 KB';
      const taking = routes.filter(({ method, name }) => method !== 'GET' && !(isOfSize && name === UPLOADS));
      for (const { method, path } of taking) {
        const given = { payload, headers: { 'content-type': 'application/json', ...headers } };
        const answer = await refused(async () => told(await web.call(method, withIds(path, UUID), given)));
        if (answer !== expected) wrong.push(`${method} ${path}: ${answer}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it('a body that is JSON but not what a route takes: 422', async () => {
    const wrong: string[] = [];
    const taking = routes.filter(({ method, path }) => /^(?:POST|PUT|PATCH)$/.test(method) && bodyOf(path));
    expect(taking.length).toBeGreaterThanOrEqual(7);
    for (const { method, path } of taking) {
      for (const payload of WRONG_BODIES) {
        const given = { payload, headers: { 'content-type': 'application/json' } };
        const answer = await refused(async () => told(await web.call(method, withIds(path, UUID), given)));
        if (answer !== '422 invalid_input') wrong.push(`${method} ${path} ${payload}: ${answer}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  const json = { 'content-type': 'application/json' };
  const criteria = { method: 'PUT', url: '/v1/criteria', payload: { criteria: [] as unknown[] } };
  const newKey = { method: 'POST', url: '/v1/api-keys', payload: { name: 'n', role: 'viewer' } };
  const events = { method: 'GET', url: `/v1/sessions/${UUID}/events`, payload: undefined };
  const whoami = { method: 'GET', url: '/whoami', payload: undefined };

  it.each([
    ['If-Match', criteria, 'criteria-1', '400 if_match_malformed'],
    ['If-Match', criteria, '"a', '400 if_match_malformed'],
    ['If-Match', criteria, '"a" "b"', '400 if_match_malformed'],
    ['If-Match', criteria, '*, "a"', '400 if_match_malformed'],
    ['Accept', whoami, 'image/png', '406 not_acceptable'],
    ['Accept', whoami, 'json', '406 not_acceptable'],
    ['Accept', whoami, ',,,', '406 not_acceptable'],
    ['Accept', whoami, '*/*;q=0', '406 not_acceptable'],
    ['Accept', whoami, 'application/json;q=much', '406 not_acceptable'],
    ['Content-Encoding', whoami, 'gzip', '415 content_encoding_unsupported'],
    ['Idempotency-Key', newKey, 'two words', '422 idempotency_key_invalid'],
    ['Idempotency-Key', newKey, 'k'.repeat(256), '422 idempotency_key_invalid'],
    ['Idempotency-Key', newKey, '\u00e9', '422 idempotency_key_invalid'],
    ['Last-Event-ID', events, 'x', '400 last_event_id_malformed'],
    ['Last-Event-ID', events, '-1', '400 last_event_id_malformed'],
    ['Last-Event-ID', events, '1.5', '400 last_event_id_malformed'],
    ['Last-Event-ID', events, '12345678901', '400 last_event_id_malformed'],
  ])('%s: %j with %j is %s', async (name, { method, url, payload }, value, expected) => {
    if (method === 'PUT') payload = { criteria: await weights() };
    const headers = { ...(payload ? json : {}), [name.toLowerCase()]: value };
    expect(await refused(async () => told(await web.call(method, url, { headers, payload })))).toBe(expected);
  });

  it('an Idempotency-Key that is none is refused on every route that takes one', async () => {
    const wrong: string[] = [];
    for (const path of ['/v1/sessions', '/v1/research', '/v1/api-keys', '/v1/workspaces']) {
      const headers = { ...json, 'idempotency-key': 'two words' };
      const answer = await refused(async () =>
        told(await web.call('POST', path, { headers, payload: EXAMPLES[path] })),
      );
      if (answer !== '422 idempotency_key_invalid') wrong.push(`${path}: ${answer}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each([
    ['x-request-id', 'a b'],
    ['x-request-id', 'x'.repeat(129)],
    ['traceparent', '00-0-0-00'],
    ['traceparent', 'x'.repeat(1000)],
    ['if-none-match', '"'],
    ['if-none-match', 'W/'],
    ['range', 'bytes=9-0'],
    ['range', 'nonsense'],
    ['prefer', 'wait=-1'],
    ['prefer', 'wait=x'],
    ['origin', 'null'],
    ['origin', 'nonsense'],
    ['cache-control', 'max-age=x'],
    ['accept-encoding', 'gzip;q=x, nonsense'],
    ['if-modified-since', 'yesterday'],
    ['x-forwarded-for', 'nonsense, ,'],
    ['forwarded', 'for=;;;'],
    ['cookie', '=;=;'],
  ])('%s: what is wrong with %j is passed over, as the standards say', async (name, value) => {
    const before = await web.get('/whoami');
    const answer = await web.get('/whoami', { [name]: value });
    expect([answer.statusCode, answer.body]).toEqual([200, before.body]);
    expect(answer.headers['x-request-id']).not.toBe(value);
  });

  const lines = (...all: string[]) => `${all.join('\r\n')}\r\n\r\n`;
  const frame = ['Host: localhost', 'Connection: close'];
  const posted = ['POST /v1/research HTTP/1.1', ...frame, 'Content-Type: application/json'];
  it.each([
    ['two hosts', lines('GET /whoami HTTP/1.1', ...frame, 'Host: b'), '400 duplicate_host'],
    ['no host', lines('GET /whoami HTTP/1.1', 'Connection: close'), '400 missing_host'],
    ['a length that is none', lines(...posted, 'Content-Length: x'), '400 malformed_http'],
    ['a length below zero', lines(...posted, 'Content-Length: -1'), '400 malformed_http'],
    ['two lengths', lines(...posted, 'Content-Length: 1', 'Content-Length: 2'), '400 malformed_http'],
    ['length and chunks', lines(...posted, 'Content-Length: 1', 'Transfer-Encoding: chunked'), '400 malformed_http'],
    ['a length of more than 256 KB', lines(...posted, 'Content-Length: 262145'), '413 body_too_large'],
    ['a broken chunk', `${lines(...posted, 'Transfer-Encoding: chunked')}zz\r\n`, '400 malformed_http'],
    ['NUL in a header', lines('GET /whoami HTTP/1.1', ...frame, 'X-A: \0'), '400 malformed_http'],
    ['a folded header', lines('GET /whoami HTTP/1.1', ' X-A: b', ...frame), '400 malformed_http'],
    [
      '17 KB of headers',
      lines('GET /whoami HTTP/1.1', ...frame, `X-A: ${'a'.repeat(17_000)}`),
      '431 headers_too_large',
    ],
    ['an address of 9 KB', lines(`GET /${'a'.repeat(9000)} HTTP/1.1`, ...frame), '414 uri_too_long'],
    ['a broken percent-encoding', lines('GET /v1/%zz HTTP/1.1', ...frame), '400 malformed_request'],
    ['bytes that are no request', '\x16\x03\x01\x00\x01\r\n\r\n', '400 malformed_http'],
  ])('%s: refused', async (_what, bytes, expected) => {
    const answer = await refused(async () => {
      const text = await exchange(web.app, bytes);
      return `${/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]} ${/"code":"(\w+)"/.exec(text)?.[1]}`;
    });
    expect(answer).toBe(expected);
  });

  it('leaves the process as it was', async () => {
    const { body } = await web.get('/metrics');
    expect(body).not.toMatch(/status_code="5\d\d"[^}]*} [1-9]/);
    expect((await web.get('/health')).json()).toMatchObject({ status: 'ok', degraded: [] });
    expect((await web.get('/v1/sessions')).statusCode).toBe(200);
  });

  async function weights(): Promise<unknown[]> {
    return (await web.get('/v1/criteria')).json<{ criteria: unknown[] }>().criteria;
  }
});
