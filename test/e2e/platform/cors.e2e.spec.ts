import { testApp, type TestApp } from '../../support/app.js';
import { statusOf } from './response-cache-kit.js';

const APP = 'https://app.example.org';
const OTHER = 'http://localhost:5173';
/** Readable by every page (Fetch, 3.3.3), about security, or of the connection. */
const ALWAYS =
  /^(?:cache-control|content-(?:language|length|type)|expires|last-modified|pragma|vary|date|connection|transfer-encoding|content-encoding|keep-alive|access-control-.*|cross-origin-.*|content-security-policy|x-(?:content-type-options|dns-prefetch-control|download-options|frame-options|permitted-cross-domain-policies)|origin-agent-cluster|referrer-policy|strict-transport-security)$/;
const varyOf = (headers: Record<string, unknown>) => String(headers['vary'] ?? '').split(', ');
const corsOf = (headers: Record<string, unknown>) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('calls of pages of other origins', () => {
  let web: TestApp;
  beforeAll(async () => {
    web = await testApp({ http: { corsOrigins: [APP, OTHER] }, rateLimit: { enabled: true } });
  }, 60_000);
  afterAll(() => web?.close());

  const preflight = (url: string, origin: string, method = 'GET') =>
    web.call('OPTIONS', url, {
      headers: {
        authorization: '',
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,idempotency-key',
      },
    });

  it('a preflight of a listed origin learns what it may send, without a key', async () => {
    const { statusCode, headers, body } = await preflight('/v1/sessions', APP, 'POST');
    expect([statusCode, body]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, HEAD, OPTIONS, POST',
      'access-control-max-age': '7200',
    });
    const accepted = String(headers['access-control-allow-headers']).toLowerCase().split(', ');
    expect(accepted).toEqual(
      expect.arrayContaining([
        ...['authorization', 'x-api-key', 'idempotency-key', 'if-match', 'if-none-match', 'content-type', 'prefer'],
        ...['x-request-id', 'last-event-id', 'traceparent', 'cache-control'],
      ]),
    );
    expect(varyOf(headers)).toContain('Origin');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  it.each(['https://evil.example', 'null', `${APP}.evil.example`, `${APP}:8443`, 'HTTPS://APP.EXAMPLE.ORG', '*'])(
    'an origin that is not listed learns nothing: %s',
    async (origin) => {
      for (const answer of [await preflight('/v1/sessions', origin, 'POST'), await web.get('/whoami', { origin })]) {
        expect(corsOf(answer.headers)).toEqual([]);
        expect(varyOf(answer.headers)).toContain('Origin');
      }
    },
  );

  it('a preflight of no address is 404, which the page may read', async () => {
    const answer = await preflight('/v1/nowhere', APP);
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([404, APP]);
  });

  it.each([
    ['GET', '/v1/criteria', 200],
    ['GET', '/v1/nowhere', 404],
    ['GET', '/v1/sessions?perPage=0', 422],
    ['DELETE', '/whoami', 405],
    ['GET', '/health/live', 200],
  ])('a page reads all of %s %s, the headers of our own too', async (method, url, status) => {
    const answer = await web.call(method, url, { headers: { origin: APP } });
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([status, APP]);
    const exposed = String(answer.headers['access-control-expose-headers']).toLowerCase().split(', ');
    const hidden = Object.keys(answer.headers).filter((name) => !ALWAYS.test(name) && !exposed.includes(name));
    expect(hidden).toEqual([]);
  });

  it('a refused key is readable as a refusal', async () => {
    const answer = await web.get('/whoami', { origin: APP, authorization: '' });
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([401, APP]);
  });

  it.each(['', 'gzip'])('an answer of the cache carries the origin of who asks, and no other (%s)', async (coding) => {
    const ask = (origin: string | undefined) =>
      web.get('/v1/research/categories', { 'accept-encoding': coding, ...(origin === undefined ? {} : { origin }) });
    await ask(APP);
    for (const [origin, allowed] of [
      [OTHER, OTHER],
      [undefined, undefined],
      ['https://evil.example', undefined],
      [APP, APP],
    ]) {
      const answer = await ask(origin);
      expect(statusOf(answer)).toMatch(/^hit/);
      expect([origin, answer.headers['access-control-allow-origin']]).toEqual([origin, allowed]);
      expect(varyOf(answer.headers)).toEqual(expect.arrayContaining(['Origin', 'Accept-Encoding', 'Authorization']));
    }
  });

  it('a 304 says the same', async () => {
    const etag = String((await web.get('/v1/research/categories')).headers['etag']);
    const answer = await web.get('/v1/research/categories', { origin: OTHER, 'if-none-match': etag });
    expect([answer.statusCode, answer.headers['access-control-allow-origin']]).toEqual([304, OTHER]);
    expect(varyOf(answer.headers)).toContain('Origin');
  });

  it('embedding stays forbidden to all: a call is no embedding', async () => {
    const { headers } = await web.get('/whoami', { origin: APP });
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  });
});

describe('without CORS_ORIGINS', () => {
  it('no answer says anything about origins', async () => {
    const web = await testApp();
    const headers = { origin: APP, 'access-control-request-method': 'GET' };
    for (const answer of [await web.get('/whoami', headers), await web.call('OPTIONS', '/whoami', { headers })]) {
      expect(corsOf(answer.headers)).toEqual([]);
      expect(varyOf(answer.headers)).not.toContain('Origin');
    }
    await web.close();
  });
});
