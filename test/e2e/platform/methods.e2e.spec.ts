import { RouteTable } from '../../../src/http/route-table.js';
import type { Answer } from '../../support/app.js';
import { exchangeLine } from '../../support/raw.js';
import { belongingsOf, SAMPLES } from '../identity/route-samples.js';
import { type DeclaredRoute, routesOf } from '../identity/routes-of.js';
import { sessionsKit, type SessionsKit } from '../sessions/sessions-kit.js';
import { DEFAULT_WORKSPACE } from './response-cache-kit.js';

/** What any two answers differ in, and how a body is cut into pieces. */
const OWN = /^(?:date|age|x-request-id|x-response-time|x-exec-time|server-timing|cache-status|transfer-encoding)$/;
/** What they say is worked out anew each time: counters, ages, states. */
const CHANGES = new Set([
  'GET /metrics',
  'GET /health',
  'GET /v1/dashboard/performance',
  'GET /v1/dashboard/cache',
  'GET /v1/dashboard/queries',
  'GET /v1/dashboard/queries/:name/plan',
]);
/** Answered once a second at most by the same words, and never ended: test/e2e/sessions/head.e2e.spec.ts. */
const isStream = ({ path }: DeclaredRoute) => /\/(?:events|document\/stream)$/.test(path);

const TOO_LONG = `GET /v1/sessions/${'a'.repeat(513)}/pause HTTP/1.1`;

/** Over all routes that the program declares, by the samples of the matrix. */
describe('methods', () => {
  let kit: SessionsKit;
  let routes: DeclaredRoute[];
  let belongings: Awaited<ReturnType<typeof belongingsOf>>;

  beforeAll(async () => {
    kit = await sessionsKit();
    await kit.app.listen(0, '127.0.0.1');
    routes = routesOf(kit);
    belongings = await belongingsOf(kit, DEFAULT_WORKSPACE);
  }, 60_000);
  afterAll(() => kit?.close());

  const methodsAt = (path: string) => {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
    return [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].sort();
  };
  const paths = () => [...new Set(routes.map(({ path }) => path))];
  const addressOf = (path: string) => path.replace(/:\w+/g, 'anything');
  const headersOf = ({ headers }: Answer, isCounted: boolean) =>
    Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => !OWN.test(name) && !(isCounted && /^(?:content-length|etag|content-encoding)$/.test(name)))
        // Seconds of two moments: age and what is left are cut to whole ones, each.
        .map(([name, value]) => [name, String(value).replace(/max-age=\d+/, 'max-age')] as const)
        .sort(([one], [other]) => one.localeCompare(other)),
    );

  it('OPTIONS of every address answers 204 with Allow, without a key', async () => {
    const found: unknown[] = [];
    for (const path of paths()) {
      const answer = await kit.call('OPTIONS', addressOf(path), { headers: { authorization: '' } });
      found.push([
        path,
        answer.statusCode,
        answer.body,
        answer.headers['allow'],
        answer.headers['x-content-type-options'],
      ]);
    }
    expect(found).toEqual(paths().map((path) => [path, 204, '', methodsAt(path).join(', '), 'nosniff']));
    expect(found.length).toBeGreaterThan(30);
  });

  it('OPTIONS of no address is 404, of the whole server 204', async () => {
    expect((await kit.call('OPTIONS', '/v1/nowhere')).json()).toMatchObject({ status: 404, code: 'route_not_found' });
    expect(await raw('OPTIONS * HTTP/1.1')).toMatch(
      /^HTTP\/1\.1 204 [^]*allow: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT\r\n/i,
    );
  });

  it.each(['', 'gzip', 'br'])(
    'HEAD of every GET route equals it without a body (Accept-Encoding: %s)',
    async (coding) => {
      const differing: unknown[] = [];
      let compared = 0;
      for (const route of routes.filter((one) => one.method === 'GET' && !isStream(one))) {
        const { url, headers } = await SAMPLES[route.name]!(kit, belongings);
        const options = { headers: { ...headers, 'accept-encoding': coding } };
        const isCounted = CHANGES.has(route.name);
        const ask = (method: string) => kit.call(method, url, options);
        await ask('GET');
        let [get, head, after] = [await ask('GET'), await ask('HEAD'), await ask('GET')];
        // A job or a session may go on in between: then what was compared is not one answer.
        for (let tries = 0; tries < 5 && get.body !== after.body && !isCounted; tries++)
          [get, head, after] = [after, await ask('HEAD'), await ask('GET')];
        const [one, other] = [headersOf(after, isCounted), headersOf(head, isCounted)];
        if (head.body !== '') differing.push([route.name, 'has a body']);
        if (head.statusCode !== after.statusCode) differing.push([route.name, after.statusCode, head.statusCode]);
        if (JSON.stringify(one) !== JSON.stringify(other)) differing.push([route.name, one, other]);
        compared += Object.keys(one).length;
      }
      expect(differing).toEqual([]);
      expect(compared).toBeGreaterThan(300);
    },
  );

  it('HEAD is 304 where GET is, with the same headers, and equals it where it is refused', async () => {
    const cached = await kit.get('/v1/criteria');
    const match = { 'if-none-match': String(cached.headers['etag']) };
    for (const [url, headers, status] of [
      ['/v1/criteria', match, 304],
      ['/v1/criteria', { authorization: '' }, 401],
      ['/v1/sessions?perPage=0', {}, 422],
    ] as const) {
      const [get, head] = [await kit.get(url, headers), await kit.call('HEAD', url, { headers })];
      expect([url, get.statusCode, head.statusCode, head.body]).toEqual([url, status, status, '']);
      expect(headersOf(head, false)).toEqual(headersOf(get, false));
    }
  });

  it('HEAD of no address is 404 without a body', async () => {
    expect(await raw('HEAD /v1/nowhere HTTP/1.1')).toMatch(
      /^HTTP\/1\.1 404 [^]*content-length: \d{3}\r\n[^]*\r\n\r\n$/,
    );
  });

  it('every other method of every address is 405 with Allow', async () => {
    const found: unknown[] = [];
    for (const path of paths()) {
      const allowed = methodsAt(path);
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'QUERY']) {
        if (allowed.includes(method)) continue;
        const answer = await kit.call(method, addressOf(path));
        if (answer.statusCode !== 405 || answer.headers['allow'] !== allowed.join(', '))
          found.push([method, path, answer.statusCode, answer.headers['allow']]);
      }
    }
    expect(found).toEqual([]);
  });

  it.each([
    ['TRACE /%77hoami HTTP/1.1', 405, 'GET, HEAD, OPTIONS'],
    ['DELETE /who%61mi?x=1 HTTP/1.1', 405, 'GET, HEAD, OPTIONS'],
    ['DELETE http://localhost/whoami HTTP/1.1', 405, 'GET, HEAD, OPTIONS'],
    ['DELETE /whoami/ HTTP/1.1', 404, undefined],
    ['DELETE /WHOAMI HTTP/1.1', 404, undefined],
    ['GET /v1/sessions/a%2Fb/pause HTTP/1.1', 405, 'OPTIONS, POST'],
    ['GET /v1/sessions//pause HTTP/1.1', 405, 'OPTIONS, POST'],
    [TOO_LONG, 414, undefined],
    ['CONNECT localhost:22 HTTP/1.1', 405, 'GET, HEAD, OPTIONS'],
    ['get /whoami HTTP/1.1', 400, undefined],
    ['NONSENSE /whoami HTTP/1.1', 400, undefined],
  ])('%# is answered as the address says', async (line, status, allow) => {
    const answer = await raw(line);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('application/problem+json');
    expect(/\r\nallow: ([^\r]*)/i.exec(answer)?.[1]).toBe(allow);
  });

  it('finds the methods of the longest address in less than a millisecond', () => {
    const began = performance.now();
    const table = kit.app.get(RouteTable, { strict: false });
    for (let times = 0; times < 100; times += 1) table.methodsOf(`/v1/sessions/${'a/'.repeat(4000)}`);
    expect((performance.now() - began) / 100).toBeLessThan(1);
  });

  const raw = (line: string) => exchangeLine(kit.app, line, { Authorization: `Bearer ${kit.key}` });
});
