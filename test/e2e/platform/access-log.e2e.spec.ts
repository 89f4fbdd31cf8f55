import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_KEY } from '../../support/config.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { ScriptedRegistry } from '../../support/registry.js';
import { type Release, releaseOf, ServiceProcess } from '../../support/service.js';
import { BRIEF } from '../sessions/sessions-kit.js';

/** Wherever a caller can put a text, this one is put. */
const CANARY = 'cAnary7f3a9c';

type Line = Readonly<Record<string, unknown>>;

/** The built program at the level that tells most, every request slow enough to tell its spans, and many a query its plan. */
describe('the log at debug level', () => {
  let service: ServiceProcess;
  let registry: ScriptedRegistry;
  let database: TestDatabase;
  let release: Release;

  beforeAll(async () => {
    [registry, database] = await Promise.all([ScriptedRegistry.start(), testDatabase()]);
    release = releaseOf();
    service = await ServiceProcess.start({
      release,
      database,
      registry: registry.url,
      env: {
        LOG_LEVEL: 'debug',
        SLOW_REQUEST_MS: '1',
        QUERY_SLOW_MS: '1',
        QUERY_REPEATS: '1',
        REQUEST_DEADLINE_MS: '5000',
      },
    });
  }, 120_000);
  afterAll(async () => {
    await service?.stop();
    await registry?.close();
    await database?.close();
    release?.remove();
  });

  const lines = (): Line[] =>
    service.said.split('\n').flatMap((text) => (text.startsWith('{') ? [JSON.parse(text) as Line] : []));
  const linesOf = (requestId: string, msg: string) =>
    lines().filter((line) => line['requestId'] === requestId && line['msg'] === msg);
  /** The access line of a request; it comes after its answer. */
  const lineOf = async (requestId: string): Promise<Line> => {
    for (const end = Date.now() + 5000; Date.now() < end; await sleep(10)) {
      const [line] = linesOf(requestId, 'request');
      if (line) return line;
    }
    throw new Error(`no line of ${requestId}`);
  };
  let calls = 0;
  const traced = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const id = `call-${++calls}`;
    const answer = await service.request(method, path, body, { ...headers, 'x-request-id': id });
    await answer.text();
    return { answer, line: await lineOf(id), id };
  };
  const raw = (text: string | Buffer): Promise<string> =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(service.address);
      const socket = connect(Number(port), hostname, () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk.toString()));
      socket.on('close', () => resolve(answer));
      socket.on('error', () => undefined);
      socket.setTimeout(2000, () => socket.destroy());
    });

  it('tells when a request begins, and at its end how it went', async () => {
    const { line, id } = await traced('GET', '/v1/sessions?perPage=5&q=words');
    expect(linesOf(id, 'request begun')).toEqual([
      expect.objectContaining({ level: 'debug', context: 'http', method: 'GET', route: '/v1/sessions' }),
    ]);
    expect(line).toMatchObject({
      context: 'http',
      method: 'GET',
      route: '/v1/sessions',
      query: ['perPage', 'q'],
      status: 200,
      keyId: 'testadmin',
      bytes: expect.any(Number) as number,
      durationMs: expect.any(Number) as number,
      handlerMs: expect.any(Number) as number,
    });
    expect(linesOf(id, 'request')).toHaveLength(1);
  });

  it('tells how the cache answered, as Cache-Status does', async () => {
    const ask = (headers?: Record<string, string>) => traced('GET', '/v1/research/categories', undefined, headers);
    const seen = [
      await ask(),
      await ask(),
      await ask({ 'cache-control': 'no-store' }),
      await ask({ 'cache-control': 'no-cache' }),
    ];
    expect(seen.map(({ line }) => line['cache'])).toEqual(['miss', 'hit', 'bypass', 'reload']);
    expect(seen[1]!.answer.headers.get('cache-status')).toMatch(/^techspec; hit/);
    expect((await traced('GET', '/health/live')).line).not.toHaveProperty('cache');
  });

  it('tells of a slow request, as a warning, where its time went', async () => {
    const { line, answer } = await traced('POST', '/v1/sessions', BRIEF);
    expect(answer.status).toBe(201);
    expect(line).toMatchObject({
      level: 'warn',
      slow: true,
      spans: { database: expect.any(Number) as number, pool: expect.any(Number) as number },
    });
    const metrics = await (await service.request('GET', '/metrics')).text();
    expect(metrics).toMatch(/tech_spec_slow_requests_total\{[^}]*endpoint="\/v1\/sessions"[^}]*\} [1-9]/);
  });

  it('tells of a slow query whose it is, and how the server went about it', async () => {
    const slow = () => lines().filter(({ msg }) => msg === 'slow query');
    const ofRequests = () => slow().filter(({ requestId }) => requestId !== undefined);
    const plans = () => lines().filter(({ msg }) => msg === 'plan of a slow query');
    for (const end = Date.now() + 20_000; Date.now() < end;)
      if (ofRequests().length === 0 || plans().length === 0) await traced('POST', '/v1/sessions', BRIEF);
      else break;
    const [line] = ofRequests();
    expect(line).toMatchObject({ level: 'warn', context: 'database', ms: expect.any(Number) as number });
    expect(line?.['route']).toMatch(/^\//);
    expect(lines().some(({ msg, requestId }) => msg === 'request' && requestId === line?.['requestId'])).toBe(true);
    const shapes = new Set(slow().map(({ shape }) => shape));
    expect(plans().length).toBeGreaterThan(0);
    expect(plans().filter(({ shape }) => !shapes.has(shape))).toEqual([]);
    expect(new Set(plans().map(({ shape }) => shape)).size).toBe(plans().length);
  });

  it('tells of a client that went away, once', async () => {
    const { id } = await service.call<{ id: string }>('POST', '/v1/sessions', { ...BRIEF, options: { plan: 'ask' } });
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'x-request-id': 'went-away' };
    const stream = request(`${service.address}/v1/sessions/${id}/events`, { headers }).end();
    stream.on('error', () => undefined);
    const [answer] = (await once(stream, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined);
    stream.destroy();
    expect(await lineOf('went-away')).toMatchObject({ route: '/v1/sessions/:id/events', status: 200, aborted: true });
    await sleep(100);
    expect(linesOf('went-away', 'request')).toHaveLength(1);
  });

  describe('holds nothing that a caller wrote', () => {
    const HEADERS = [
      ...['accept', 'accept-encoding', 'accept-language', 'authorization', 'cache-control', 'content-type', 'cookie'],
      ...['forwarded', 'from', 'idempotency-key', 'if-match', 'if-none-match', 'last-event-id', 'origin', 'pragma'],
      ...['prefer', 'range', 'referer', 'traceparent', 'tracestate', 'user-agent', 'via', 'x-api-key'],
      ...['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-canary', `x-${CANARY}`],
    ];
    /** A request id of another form is replaced; one of the right form is there to be found in the log. */
    const VALUES = [
      CANARY,
      `${CANARY} ${CANARY}`,
      `"${CANARY}"`,
      `Bearer ${CANARY}`,
      `tsk_${CANARY}.${CANARY.repeat(4)}`,
    ];
    const body = {
      [CANARY]: CANARY,
      name: CANARY,
      category: CANARY,
      brief: { projectType: CANARY, requirements: [CANARY] },
      tags: [CANARY],
    };
    const sent: string[] = [];
    const send = async (method: string, path: string, given: unknown, headers: Record<string, string> = {}) => {
      const answer = await service.request(method, path, given, { connection: 'close', ...headers });
      void answer.body?.cancel();
      sent.push(`${method} ${path} ${answer.status}`);
      return answer.status;
    };
    afterAll(async () => {
      await sleep(500);
    });
    const expectSilence = () => {
      const telling = service.said.split('\n').filter((line) => line.toLowerCase().includes(CANARY.toLowerCase()));
      expect(telling).toEqual([]);
      expect(service.said).not.toContain(ADMIN_KEY.split('.')[1]);
    };

    it('in a header', async () => {
      for (const name of [...HEADERS, 'x-request-id'])
        for (const value of VALUES) {
          if (name === 'x-request-id' && value === CANARY) continue;
          await send('GET', '/v1/sessions', undefined, { [name]: value });
        }
      await sleep(200);
      expectSilence();
      expect(sent.length).toBeGreaterThan(140);
    });

    it('in the path, the query or the body of any call', async () => {
      const { paths } = await service.call<{ paths: Record<string, Record<string, unknown>> }>('GET', '/openapi.json');
      const statuses = new Set<number>();
      for (const [path, methods] of Object.entries(paths))
        for (const method of Object.keys(methods).map((name) => name.toUpperCase())) {
          const address = path.replace(/\{\w+\}/g, CANARY);
          const given = method === 'GET' || method === 'DELETE' ? undefined : body;
          statuses.add(
            await send(
              method,
              `${address}?q=${CANARY}&${CANARY}=1&sort=${CANARY}&cursor=${CANARY}&from=${CANARY}`,
              given,
            ),
          );
          statuses.add(await send(method, path.replace(/\{\w+\}/g, `0190a0de-0000-7000-8000-000000000001`), given));
          statuses.add(await send(method, `${address}/${CANARY}`, given, { authorization: `Bearer ${CANARY}` }));
        }
      await sleep(200);
      expectSilence();
      expect([...statuses]).toEqual(expect.arrayContaining([200, 404, 405, 422]));
    }, 60_000);

    it('in what is refused: malformed, too long, too deep, unknown', async () => {
      const key = `Host: localhost\r\nAuthorization: Bearer ${ADMIN_KEY}\r\nConnection: close\r\n`;
      const post = (text: string, type = 'application/json') =>
        `POST /v1/sessions HTTP/1.1\r\n${key}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
      const answers = [];
      for (const text of [
        `${CANARY}\r\n\r\n`,
        `GET /${CANARY}%zz HTTP/1.1\r\n${key}\r\n`,
        `GET /v1/${CANARY.repeat(700)} HTTP/1.1\r\n${key}\r\n`,
        `GET /v1/sessions/${CANARY.repeat(60)} HTTP/1.1\r\n${key}\r\n`,
        `GET http://${CANARY}/nowhere HTTP/1.1\r\n${key}\r\n`,
        `GET /whoami HTTP/1.1\r\n${key}X: ${CANARY.repeat(2000)}\r\n\r\n`,
        `GET /whoami HTTP/1.1\r\nHost: ${CANARY}\r\nHost: b\r\nConnection: close\r\n\r\n`,
        `${CANARY} / HTTP/1.1\r\n${key}\r\n`,
        `TRACE /${CANARY} HTTP/1.1\r\n${key}\r\n`,
        `CONNECT ${CANARY}:22 HTTP/1.1\r\n${key}\r\n`,
        post(`{"name": ${CANARY}`),
        post(`{"__proto__": {"${CANARY}": "${CANARY}"}}`),
        post(`{"name": "${CANARY}\\u0000"}`),
        post(`${'['.repeat(40)}"${CANARY}"${']'.repeat(40)}`),
        post(`{"name": "${CANARY}"}`, `text/${CANARY}`),
        post(`{"name": "${'x'.repeat(300_000)}${CANARY}"}`),
      ])
        answers.push(Number(/^HTTP\/1\.1 (\d{3})/.exec(await raw(text))?.[1]));
      expect(answers.filter((status) => !(status >= 400 && status < 500))).toEqual([]);
      await sleep(200);
      expectSilence();
    });

    it('in work that is done: a session, a research', async () => {
      const made = await service.call<{ id: string }>('POST', '/v1/sessions', {
        ...BRIEF,
        name: CANARY,
        brief: { ...BRIEF.brief, requirements: [...BRIEF.brief.requirements, `${CANARY} must be quick.`] },
      });
      await send('POST', '/v1/research', {
        category: 'queue-jobs',
        context: { projectType: 'web service', techStack: { language: 'TypeScript' }, requirements: [CANARY] },
      });
      for (const end = Date.now() + 30_000; Date.now() < end; await sleep(100)) {
        const { status } = await service.call<{ status: string }>('GET', `/v1/sessions/${made.id}`);
        if (/completed|failed/.test(status)) break;
      }
      expectSilence();
    }, 60_000);

    it('while each of them has its line', () => {
      const access = lines().filter(({ msg }) => msg === 'request');
      expect(access.length).toBeGreaterThan(sent.length);
      const statuses = new Set(access.map(({ status }) => status));
      expect([...statuses]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405, 413, 415, 422]));
      expect(access.filter(({ route }) => route === '__unmatched__').length).toBeGreaterThan(30);
    });
  });
});
