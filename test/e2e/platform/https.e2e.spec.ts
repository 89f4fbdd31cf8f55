import { testApp, type TestApp } from '../../support/app.js';
import { exchangeLine } from '../../support/raw.js';

const PUBLIC = 'https://techspec.example.org';
const PLAIN = { 'x-forwarded-proto': 'http', 'x-forwarded-for': '203.0.113.7' };

/** The injected calls come from 127.0.0.1 unless they say another address. */
describe('calls over plain http to a service whose public address is https', () => {
  let web: TestApp;
  const from = (remoteAddress: string, method: 'GET' | 'POST', url: string, headers: Record<string, string>) =>
    web.app.inject({
      method,
      url,
      remoteAddress,
      headers: { host: 'evil.example', authorization: `Bearer ${web.key}`, ...headers },
    });

  beforeAll(async () => {
    web = await testApp({ http: { publicUrl: `${PUBLIC}/`, trustProxy: ['127.0.0.1/32'] } });
    await web.app.listen(0, '127.0.0.1');
  }, 60_000);
  afterAll(() => web?.close());

  it.each(['GET', 'HEAD'])(
    '%s moves to the public address, path and query kept, whatever Host says',
    async (method) => {
      const answer = await web.call(method, '/v1/sessions?q=a%20b', {
        headers: { ...PLAIN, host: 'evil.example', 'x-forwarded-host': 'evil.example' },
      });
      expect([answer.statusCode, answer.headers['location'], answer.body]).toEqual([
        308,
        `${PUBLIC}/v1/sessions?q=a%20b`,
        '',
      ]);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.headers['x-request-id']).toBeDefined();
      // RFC 6797, 7.2
      expect(answer.headers['strict-transport-security']).toBeUndefined();
    },
  );

  it.each(['//evil.example/x', '/\\evil.example', '/.evil.example', '/@evil.example', '/v1/nowhere'])(
    'no path leads to another host: %s',
    async (path) => {
      const { statusCode, headers } = await web.get(path, PLAIN);
      expect([statusCode, new URL(String(headers['location'])).origin]).toEqual([308, PUBLIC]);
    },
  );

  it('an address that is no path is not put behind the host', async () => {
    const answer = await exchangeLine(web.app, 'GET http://evil.example/whoami HTTP/1.1', PLAIN);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).not.toMatch(/location/i);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is refused and told why', async (method) => {
    const answer = await web.call(method, '/v1/sessions', { headers: PLAIN });
    expect(answer.json()).toMatchObject({
      status: 403,
      code: 'https_required',
      detail: expect.stringContaining(PUBLIC) as string,
    });
    expect(answer.headers['location']).toBeUndefined();
  });

  it('nothing of the call is done', async () => {
    const made = () => web.get('/v1/api-keys').then((answer) => answer.json<{ items: unknown[] }>().items.length);
    const before = await made();
    await web.post('/v1/api-keys', { name: 'in clear', role: 'viewer' }, PLAIN);
    expect(await made()).toBe(before);
  });

  it.each(['/health', '/health/live', '/%68ealth/ready'])('probes are answered: %s', async (path) => {
    expect((await web.get(path, PLAIN)).statusCode).toBe(200);
  });

  it.each([
    ['came over https', { 'x-forwarded-proto': 'https' }],
    ['came over https in capitals', { 'x-forwarded-proto': 'HTTPS' }],
    ['came without a proxy', {}],
  ])('what %s is served', async (_how, headers: Record<string, string>) => {
    const answer = await web.get('/whoami', headers);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });

  it.each(['http', 'https'])('whom nobody trusts is not believed: %s', async (proto) => {
    expect((await from('198.51.100.9', 'GET', '/whoami', { 'x-forwarded-proto': proto })).statusCode).toBe(200);
    expect((await from('127.0.0.1', 'GET', '/whoami', PLAIN)).statusCode).toBe(308);
  });
});

describe('a service whose public address is plain http, or that trusts no proxy', () => {
  it.each([
    { publicUrl: 'http://techspec.internal', trustProxy: ['127.0.0.1'] },
    { publicUrl: PUBLIC, trustProxy: [] },
  ])('moves nobody: $publicUrl', async (http) => {
    const web = await testApp({ http });
    expect((await web.get('/whoami', PLAIN)).statusCode).toBe(200);
    await web.close();
  });
});
