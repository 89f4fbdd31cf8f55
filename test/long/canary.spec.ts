import { setTimeout as sleep } from 'node:timers/promises';
import { BRIEF, publishCatalogue } from '../e2e/sessions/sessions-kit.js';
import { ADMIN_KEY } from '../support/config.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { suiteIf } from '../support/optional-suite.js';
import { redisMissing, type RedisServer, startRedis } from '../support/redis.js';
import { ScriptedRegistry } from '../support/registry.js';
import { releaseOf, type Release, ServiceProcess } from '../support/service.js';
import { Canaries, type Place } from './support/canaries.js';
import { FuzzClient, type WireRequest } from './support/fuzz-client.js';
import { type Answer, Contract, type Json, type Operation } from './support/fuzz-contract.js';
import { goodRequest } from './support/fuzz-requests.js';
import { RESEARCH, workedWorld, type World, worldOf } from './support/fuzz-world.js';
import { say } from './support/long-run.js';
import { entriesOf, tablesOf } from './support/stored.js';

const HEADERS = [
  'accept',
  'accept-language',
  'content-encoding',
  'content-type',
  'cookie',
  'forwarded',
  'from',
  'host',
  'if-match',
  'if-none-match',
  'last-event-id',
  'origin',
  'prefer',
  'proxy-authorization',
  'range',
  'referer',
  'tracestate',
  'traceparent',
  'user-agent',
  'via',
  'x-csrf-token',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
] as const;

/** What a brief, a name or a reason says is stored: that is what it is sent for. It is read back in answers, cached ones too. */
const STORED: readonly Place[] = ['answer', 'database', 'redis value'];
/** The first answer to a key is replayed for a day, so the key is a row. */
const IDEMPOTENCY_KEY: readonly Place[] = ['database'];
/** The caller's own name for its request: it is told back, and leads to its lines in the log. */
const REQUEST_ID: readonly Place[] = ['answer', 'log'];
/** Who deleted which cached values is kept in the audit log, as it was asked for. */
const AUDITED: readonly Place[] = ['database'];
/** Loads under way see by a key of the tag that it was invalidated. */
const FENCED: readonly Place[] = ['redis key'];
/** A problem says at which path it arose, without the query (RFC 9457, `instance`) … */
const INSTANCE: readonly Place[] = ['answer'];
/** … and points to each mistake by its name, never by its value. */
const POINTED_AT: readonly Place[] = ['answer'];
/** `Link` of a list leads to the next page of the same search; the answer is kept with it. */
const LINKED: readonly Place[] = ['answer', 'redis value'];

suiteIf(redisMissing, 'a secret that is sent where none belongs', () => {
  const canaries = new Canaries();
  let release: Release;
  let registry: ScriptedRegistry;
  let database: TestDatabase;
  let redis: RedisServer;
  let service: ServiceProcess;
  let client: FuzzClient;
  let world: World;
  let operations: readonly Operation[];
  const wrong = new Set<string>();

  beforeAll(async () => {
    [registry, database, release, redis] = [
      await ScriptedRegistry.start(),
      await testDatabase(),
      releaseOf(),
      await startRedis(),
    ];
    publishCatalogue(registry);
    const env = { LOG_LEVEL: 'debug', REDIS_URL: redis.url };
    service = await ServiceProcess.start({ release, database, registry: registry.url, env });
    const contract = new Contract(await service.call<Json>('GET', '/openapi.json'), new Map());
    operations = contract.operations;
    world = await worldOf(service, await workedWorld(service));
    client = new FuzzClient(service.address, 8);
  }, 180_000);
  afterAll(async () => {
    await client?.close();
    await service?.stop('SIGKILL');
    await redis?.stop();
    await registry?.close();
    await database?.close();
    release?.remove();
  }, 60_000);

  async function send(request: WireRequest): Promise<Answer> {
    const answer = await client.send(request);
    for (const found of canaries.foundIn('answer', `${JSON.stringify(answer.headers)} ${answer.text}`))
      wrong.add(`${request.method} ${answer.status} ${found}`);
    return answer;
  }

  const authorized = ['authorization', `Bearer ${ADMIN_KEY}`] as const;
  const without = (request: WireRequest, ...names: readonly string[]) =>
    request.headers.filter(([name]) => !names.includes(name));
  const with_ = (request: WireRequest, ...headers: (readonly [string, string])[]): WireRequest => ({
    ...request,
    headers: [...without(request, ...headers.map(([name]) => name)), ...headers],
  });

  it('in a key or a token, on each route', async () => {
    for (const operation of operations) {
      const request = goodRequest(operation, world);
      const made = () => canaries.at(`token of ${operation.name}`);
      const tokens = [
        `Bearer ${made()}`,
        `Bearer tsk_${made()}.${made()}${'x'.repeat(32)}`,
        `Bearer tsk_testadmin.${made()}${'x'.repeat(32)}`,
        `Basic ${Buffer.from(`${made()}:${made()}`).toString('base64')}`,
        `Digest username="${made()}"`,
        made(),
      ];
      for (const token of tokens) await send(with_(request, ['authorization', token]));
      for (const key of [made(), `tsk_${made()}.${made()}${'x'.repeat(32)}`])
        await send({ ...request, headers: [...without(request, 'authorization'), ['x-api-key', key]] });
    }
  }, 60_000);

  it('in each header, its name, and the query, on each route that reads', async () => {
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      const request = goodRequest(operation, world);
      for (const name of HEADERS) await send(with_(request, [name, canaries.at(`header ${name}`)]));
      await send(with_(request, [`x-${canaries.at('name of a header').toLowerCase()}`, '1']));
      await send(with_(request, ['x-request-id', `${canaries.at('malformed X-Request-ID')} x`]));
      await send(with_(request, ['x-request-id', canaries.at('X-Request-ID', ...REQUEST_ID)]));
      const join = request.target.includes('?') ? '&' : '?';
      await send({ ...request, target: `${request.target}${join}${canaries.at('name in a query', ...POINTED_AT)}=1` });
      for (const name of ['q', 'page', 'cursor', 'include', 'version', 'quote', 'token', 'api_key'])
        await send({
          ...request,
          target: `${request.target}${join}${name}=${canaries.at(`query ${name}`, ...(name === 'q' ? LINKED : []))}`,
        });
    }
  }, 120_000);

  it('in a path', async () => {
    const echoed = () => canaries.at('path', ...INSTANCE);
    for (const operation of operations) {
      const target = operation.path.replace(/\{\w+\}/g, () => echoed());
      if (target !== operation.path) await send({ method: operation.method, target, headers: [authorized] });
    }
    for (const target of [`/${echoed()}`, `/v1/${echoed()}/x`, `/v1/sessions/%zz${echoed()}`, `/health/${echoed()}?a`])
      await send({ method: 'GET', target, headers: [authorized] });
    await send({ method: 'GET', target: `/${'a'.repeat(8200)}${echoed()}`, headers: [authorized] });
  });

  it('in a body that is refused: names, values, types, and what is no JSON', async () => {
    const json = ['content-type', 'application/json'] as const;
    for (const { method, path, body } of operations) {
      if (method === 'GET') continue;
      const target = path.replace('{id}', world.ids['session']![0]!);
      const sent = (payload: string, type: readonly [string, string] = json) =>
        send({ method, target: method === 'DELETE' ? path : target, headers: [authorized, type], body: payload });
      const made = (how: string) => canaries.at(`${how} of ${method} ${path}`);
      await sent(`{"a":"${made('broken body')}`);
      await sent(
        `{"a":"${made('refused value')}","${canaries.at('name of a field', ...POINTED_AT)}":"${made('value of a field')}\\u0000"}`,
      );
      await sent(`{"__proto__":{"a":"${made('prototype')}"}}`);
      await sent(`a=${made('form')}`, ['content-type', 'application/x-www-form-urlencoded']);
      await sent(made('text'), ['content-type', 'text/plain']);
      if (body) await sent(JSON.stringify({ [canaries.at('name of a field', ...POINTED_AT)]: made('unknown field') }));
      if (body) await sent(JSON.stringify([made('an array')]));
    }
  });

  it('in what is stored by contract: there, and nowhere else', async () => {
    const post = (target: string, body: unknown, headers: Record<string, string> = {}) =>
      send({
        method: 'POST',
        target,
        headers: [authorized, ['content-type', 'application/json'], ...Object.entries(headers)],
        body: JSON.stringify(body),
      });
    const stored = (position: string) => canaries.at(position, ...STORED);
    const brief = (kept: (position: string) => string) => ({
      name: kept('name of a session'),
      brief: {
        ...BRIEF.brief,
        projectType: `web API ${kept('project type')}`,
        requirements: [...BRIEF.brief.requirements, `Users pay by card in ${kept('requirement')}.`],
        techStack: { language: 'TypeScript', [kept('role in a stack')]: kept('name in a stack') },
        constraints: { forbidden: [kept('forbidden')], engines: { [kept('engine')]: '>=1' } },
      },
      files: [{ path: `${kept('path of a file')}/package.json`, content: JSON.stringify({ name: kept('file') }) }],
      options: { model: kept('model') },
    });
    // An estimate stores nothing, but says in its answer what it read.
    await post(
      '/v1/sessions?dryRun=true',
      brief((position) => canaries.at(`estimated ${position}`, 'answer')),
    );
    const idempotencyKey = canaries.at('Idempotency-Key', ...IDEMPOTENCY_KEY);
    const made = await post('/v1/sessions', brief(stored), { 'idempotency-key': idempotencyKey });
    const { id } = JSON.parse(made.text) as { id: string };
    for (let tries = 0; tries < 800; tries++) {
      const { status } = await service.call<{ status: string }>('GET', `/v1/sessions/${id}`);
      if (/^(?:completed|failed)/.test(status)) break;
      await sleep(25);
    }
    expect(await service.call('GET', `/v1/sessions/${id}`)).toMatchObject({
      status: expect.stringMatching(/^completed/),
    });
    for (const rest of ['', '/gaps', '/document', '/events', '/audit'])
      await send({ method: 'GET', target: `/v1/sessions/${id}${rest}`, headers: [authorized] });
    const context = {
      ...RESEARCH.context,
      projectType: stored('project type of research'),
      requirements: [stored('requirement of research')],
    };
    await post(
      '/v1/research',
      { ...RESEARCH, context: { ...context, techStack: { language: stored('stack of research') } } },
      { prefer: 'wait=8' },
    );
    await post('/v1/api-keys', { name: stored('name of a key'), role: 'viewer' });
    await post('/v1/workspaces', { name: stored('name of a workspace') });
    await post('/v1/cache/invalidate', { region: 'research', key: canaries.at('key to delete', ...AUDITED) });
    await post('/v1/cache/invalidate', {
      region: 'research',
      pattern: `${canaries.at('pattern to delete', ...AUDITED)}*`,
    });
    await post('/v1/cache/invalidate', { tags: [canaries.at('tag to delete', ...AUDITED, ...FENCED)] });
  }, 60_000);

  it('in bytes that are no request, and as user information of an address', async () => {
    const made = () => canaries.at('bytes');
    for (const bytes of [
      `${made()}\r\n\r\n`,
      `GET /${made()} HTTP/9.9\r\nHost: ${made()}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\n${made()}\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${made()}\0\r\n\r\n`,
      `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${made()}${'a'.repeat(20_000)}\r\n\r\n`,
      `GET /whoami HTTP/1.1\r\nHost: a\r\nHost: ${made()}\r\nConnection: close\r\n\r\n`,
      `POST /v1/research HTTP/1.1\r\nHost: a\r\nContent-Length: ${made()}\r\n\r\n`,
      `POST /v1/research HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"a":"${made()}`,
    ]) {
      const answer = await client.sendBytes(Buffer.from(bytes, 'latin1'));
      for (const found of canaries.foundIn('answer', answer?.text ?? '')) wrong.add(`bytes ${found}`);
    }
    const user = canaries.at('user information', ...INSTANCE);
    await client.sendBytes(
      Buffer.from(`GET http://${user}:${user}@a/whoami HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 'latin1'),
    );
  });

  it('is found nowhere', async () => {
    await sleep(500);
    const look = (place: Place, text: string, where = '') =>
      canaries.foundIn(place, text).forEach((found) => wrong.add(`${found} ${where}`.trim()));
    look('log', service.said);
    look('metrics', await service.call<string>('GET', '/metrics'));
    look('metrics', await (await service.request('GET', '/metrics', undefined, { accept: 'application/json' })).text());
    for (const path of ['/v1/dashboard/performance', '/v1/dashboard/cache', '/health', '/health/ready'])
      look('dashboard', JSON.stringify(await service.call('GET', path)), path);
    const rows = await tablesOf(database);
    for (const [table, text] of rows) look('database', text, table);
    const entries = await entriesOf(redis);
    for (const [key, value] of entries) {
      look('redis key', key);
      look('redis value', value, key.slice(0, 60));
    }
    const kept = canaries.keptIn('database', rows.map(([, text]) => text).join('\n'));
    say(
      `  ${canaries.count} secrets, ${kept} stored by contract; ${rows.length} tables, ${entries.length} keys of Redis`,
    );
    expect([...wrong].sort()).toEqual([]);
    // The search finds what is there, and the log was as talkative as it can be.
    expect(kept).toBeGreaterThan(10);
    expect(service.said).toContain('"level":"debug"');
  }, 60_000);
});
