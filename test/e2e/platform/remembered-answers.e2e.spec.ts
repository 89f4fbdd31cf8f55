import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { type Answer, testApp, type TestApp } from '../../support/app.js';
import { suiteIf } from '../../support/optional-suite.js';
import { redisMissing, type RedisServer, startRedis } from '../../support/redis.js';
import { addKey, type Caller, DEFAULT_WORKSPACE } from './response-cache-kit.js';

const MINUTE = 60_000;
const LIMIT = 20;
const few = { limit: LIMIT, windowMs: MINUTE };
const LIMITS = {
  enabled: true,
  dryRun: false,
  address: { limit: 10_000, windowMs: MINUTE },
  classes: { default: few, search: few, run: few, scrape: few, network: few, upload: few },
  concurrent: 1,
};

const PATHS = ['/whoami', '/v1/research/categories', '/v1/research/categories/queue-jobs/candidates?ecosystem=python'];
/** Headers of one request or one moment. */
const OWN = /^(x-request-id|x-response-time|x-exec-time|server-timing|date|age|cache-status|connection|keep-alive)$/;
/** A request with a length goes the framework's way. */
const FRAMEWORK = { 'content-length': '0' };

/** Whether the framework ran: its handler's time is told. */
const wasFast = ({ headers }: Answer) => !String(headers['server-timing']).includes('handler;dur');
const shown = ({ statusCode, headers, rawPayload }: Answer) => ({
  statusCode,
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !OWN.test(name))
      // Seconds of two moments: age and what is left are cut to whole ones, each.
      .map(([name, value]) => [name, String(value).replace(/max-age=\d+/, 'max-age')]),
  ),
  body: rawPayload.toString('latin1').replace(String(headers['x-request-id']), 'its id'),
});

describe('an answer that the process remembers', () => {
  let web: TestApp;
  beforeAll(async () => {
    web = await testApp();
  }, 60_000);
  afterAll(() => web?.close());

  it('is what the framework would answer, header by header and byte by byte, whatever the caller accepts', async () => {
    const etags = await Promise.all(PATHS.map(async (path) => String((await web.get(path)).headers['etag'])));
    const header = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
    const request = fc.record({
      path: fc.constantFrom(...PATHS),
      'accept-encoding': header('br', 'gzip', 'identity', 'gzip;q=0.1, br', '*', 'zstd;q=0'),
      'if-none-match': header('*', 'W/"other"', ...etags),
      accept: header('application/json', '*/*', 'image/png', 'application/problem+json'),
      'x-request-id': header('mine', 'not one of ours: é'),
    });
    let fast = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ path, ...given }) => {
        const headers = JSON.parse(JSON.stringify(given)) as Record<string, string>;
        await web.get(path, headers);
        const remembered = await web.get(path, headers);
        const made = await web.get(path, { ...headers, ...FRAMEWORK });
        expect(shown(remembered)).toEqual(shown(made));
        expect([200, 304, 406]).toContain(remembered.statusCode);
        if (remembered.statusCode < 400) {
          expect([wasFast(remembered), wasFast(made)]).toEqual([true, false]);
          fast += 1;
        }
      }),
      { numRuns: 150 },
    );
    expect(fast).toBeGreaterThan(50);
  });

  it('is asked for anew by who says so, and told of in the same words', async () => {
    await web.get('/whoami');
    const hit = await web.get('/whoami');
    expect([wasFast(hit), hit.headers['cache-status']]).toEqual([true, expect.stringMatching(/^techspec; hit; ttl=/)]);
    expect(hit.headers).toMatchObject({
      age: expect.stringMatching(/^\d+$/) as string,
      'x-request-id': expect.any(String) as string,
      'x-response-time': expect.stringMatching(/^\d+\.\d\dms$/) as string,
      'x-exec-time': expect.stringMatching(/^\d+\.\d\dms$/) as string,
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    });
    for (const control of ['no-cache', 'no-store', 'max-age=0'])
      expect(wasFast(await web.get('/whoami', { 'cache-control': control }))).toBe(false);
    expect(wasFast(await web.call('HEAD', '/whoami'))).toBe(false);
  });

  it('is counted and logged like any other', async () => {
    const counted = async () => {
      const { payload } = await web.get('/metrics');
      return Number(
        /tech_spec_api_requests_total\{method="GET",endpoint="\/whoami",status_code="200"\} (\d+)/.exec(payload)?.[1],
      );
    };
    await web.get('/whoami');
    const before = await counted();
    for (let call = 0; call < 5; call++) expect(wasFast(await web.get('/whoami'))).toBe(true);
    expect((await counted()) - before).toBe(5);
    expect((await web.get('/metrics')).payload).toMatch(/^tech_spec_http_requests_in_flight 1$/m);
  });
});

/** What holds wherever calls are counted. */
function countsOnce(named: string, start: () => Promise<TestApp>): void {
  describe(`limits ${named}, on an answer that the process remembers`, () => {
    let web: TestApp;
    let keys = 0;
    let caller: Caller;
    const left = ({ headers }: Answer) => Number(headers['x-ratelimit-remaining']);
    beforeAll(async () => {
      web = await start();
    }, 60_000);
    afterAll(() => web?.close());
    beforeEach(async () => {
      caller = await addKey(web, DEFAULT_WORKSPACE, `remembered${++keys}`, 'viewer');
    });

    it('are taken once a call, made or remembered, known or not', async () => {
      const first = await web.get('/whoami', caller.headers);
      const etag = String(first.headers['etag']);
      const calls = [
        await web.get('/whoami', caller.headers),
        await web.get('/whoami', { ...caller.headers, 'if-none-match': etag }),
        await web.get('/whoami', { ...caller.headers, ...FRAMEWORK }),
        await web.get('/whoami', { ...caller.headers, 'accept-encoding': 'br' }),
        await web.get('/v1/research/categories', caller.headers),
        await web.get('/v1/research/categories', caller.headers),
      ];
      expect([left(first), ...calls.map(left)]).toEqual([19, 18, 17, 16, 15, 14, 13]);
      expect(calls.map(({ statusCode }) => statusCode)).toEqual([200, 304, 200, 200, 200, 200]);
      expect(wasFast(calls[0] as Answer)).toBe(true);
    });

    it('refuse it when nothing is left, and give its place back each time', async () => {
      for (let call = 0; call < LIMIT; call++) {
        const answer = await web.get('/whoami', caller.headers);
        expect([answer.statusCode, left(answer)]).toEqual([200, LIMIT - call - 1]);
      }
      const refused = await web.get('/whoami', caller.headers);
      expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([429, 'rate_limited']);
      expect(refused.headers).toMatchObject({
        'content-type': 'application/problem+json; charset=utf-8',
        'retry-after': expect.stringMatching(/^\d+$/) as string,
        'x-content-type-options': 'nosniff',
        'x-ratelimit-remaining': '0',
      });
    });
  });
}

countsOnce('in memory', () => testApp({ rateLimit: LIMITS }));

suiteIf(redisMissing, 'with Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());
  countsOnce('in Redis', () => testApp({ rateLimit: LIMITS, redis: { url: server.url } }));

  it('leaves nothing behind of a client that goes away while Redis is asked', async () => {
    const web = await testApp({ rateLimit: { ...LIMITS, concurrent: 3 }, redis: { url: server.url } });
    try {
      await web.app.listen(0, '127.0.0.1');
      const { port } = (web.app.getHttpServer() as Server).address() as AddressInfo;
      const caller = await addKey(web, DEFAULT_WORKSPACE, 'goesaway1', 'viewer');
      for (let call = 0; call < 2; call++) await web.get('/whoami', caller.headers);
      server.freeze();
      for (let client = 0; client < 6; client++) {
        // The route is known, and its answer at every other address is not.
        const target = client % 2 === 0 ? '/whoami' : `/whoami?client=${client}`;
        const lines = [
          `GET ${target} HTTP/1.1`,
          'host: localhost',
          `authorization: ${caller.headers['authorization']}`,
        ];
        const socket = connect(port, '127.0.0.1', () =>
          socket.write(`${lines.join('\r\n')}\r\n\r\n`, () => setTimeout(() => socket.destroy(), 20)),
        );
        await once(socket, 'close');
      }
      server.thaw();
      const inFlight = async () =>
        /^tech_spec_http_requests_in_flight (\d+)$/m.exec((await web.get('/metrics')).body)?.[1];
      for (let tries = 0; tries < 200 && (await inFlight()) !== '1'; tries++) await sleep(20);
      expect(await inFlight()).toBe('1');
      for (let call = 0; call < 3; call++) expect((await web.get('/whoami', caller.headers)).statusCode).toBe(200);
    } finally {
      server.thaw();
      await web.close();
    }
  }, 30_000);
});

describe('a call that is refused before any guard sees it', () => {
  let web: TestApp;
  beforeAll(async () => {
    web = await testApp({ rateLimit: { ...LIMITS, address: { limit: 8, windowMs: MINUTE } } });
  }, 60_000);
  afterAll(() => web?.close());

  it('is told what is left for its address, and counts', async () => {
    const calls = [
      await web.call('POST', '/v1/sessions', { headers: { 'content-type': 'application/json' }, payload: '{' }),
      await web.call('POST', '/v1/sessions', { headers: { 'content-type': 'text/plain' }, payload: 'a' }),
      await web.get(`/${'a'.repeat(9000)}`),
      await web.get('/whoami', { authorization: 'Bearer nothing-like-a-key' }),
      await web.get('/whoami', { authorization: '' }),
      await web.get('/nowhere'),
    ];
    expect(calls.map(({ statusCode }) => statusCode)).toEqual([400, 415, 414, 401, 401, 404]);
    expect(calls.map(({ headers }) => headers['ratelimit'])).toEqual(
      [7, 6, 5, 4, 3, 2].map((left) => expect.stringMatching(`^"address";r=${left};t=\\d+$`) as string),
    );
    await web.get('/whoami');
    await web.get('/whoami');
    const refused = await web.get('/whoami', { authorization: 'Bearer nothing-like-a-key' });
    expect([refused.statusCode, refused.headers['ratelimit']]).toEqual([429, expect.stringMatching(/^"address";r=0/)]);
  });
});
