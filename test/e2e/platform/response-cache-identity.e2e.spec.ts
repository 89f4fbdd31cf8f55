import * as fc from 'fast-check';
import { suiteIf } from '../../support/optional-suite.js';
import { redisMissing, startRedis, type RedisServer } from '../../support/redis.js';
import { pieceOf } from '../../../src/modules/research/evidence/piece.js';
import { EvidenceService } from '../../../src/modules/research/evidence.service.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { CacheService } from '../../../src/shared/cache/cache.service.js';
import type { Answer } from '../../support/app.js';
import { BRIEF, sessionsKit, type SessionsKit } from '../sessions/sessions-kit.js';
import {
  addKey,
  addWorkspace,
  type Caller,
  DEFAULT_WORKSPACE,
  decoded,
  OTHER_WORKSPACE,
  statusOf,
} from './response-cache-kit.js';

const PAIRS = 1000;
const SEED = Number(process.env['FC_SEED'] ?? 20_260_101);

/** With Redis, so that all routes keep their answers. */
suiteIf(redisMissing, 'cached answers and identities', () => {
  let redis: RedisServer;
  let kit: SessionsKit;
  let callers: Caller[];
  let addresses: string[];

  const ask = (caller: Caller, url: string, headers: Record<string, string> = {}, method = 'GET') =>
    kit.call(method, url, { headers: { ...caller.headers, ...headers } });
  /** What a client sees of an answer, apart from what differs by time. */
  const seen = (answer: Answer) => {
    const { etag, vary, location } = answer.headers;
    const problem = answer.statusCode >= 400 ? { ...answer.json<object>(), requestId: '' } : undefined;
    return JSON.stringify([answer.statusCode, etag, vary, location, problem ?? decoded(answer)]);
  };
  /** The same without any cache: what the caller must see. */
  const truth = async (caller: Caller, url: string) => seen(await ask(caller, url, { 'cache-control': 'no-store' }));

  beforeAll(async () => {
    redis = await startRedis();
    kit = await sessionsKit({ redis: { url: redis.url } });
    await addWorkspace(kit, OTHER_WORKSPACE);
    callers = [
      { name: 'admin', workspaceId: DEFAULT_WORKSPACE, headers: { authorization: `Bearer ${kit.key}` } },
      await addKey(kit, DEFAULT_WORKSPACE, 'viewerone1', 'viewer'),
      await addKey(kit, DEFAULT_WORKSPACE, 'viewertwo2', 'viewer'),
      await addKey(kit, OTHER_WORKSPACE, 'otheradmin', 'admin'),
      await addKey(kit, OTHER_WORKSPACE, 'otherview1', 'viewer'),
    ];
    addresses = await addressesOf(await fill());
  }, 120_000);
  afterAll(async () => {
    await kit?.close();
    await redis?.stop();
  });

  /** A session and a piece of evidence in either workspace, and other criteria in the second. */
  async function fill(): Promise<{ sessions: string[]; pieces: string[] }> {
    const done = await kit.run();
    const waiting = await kit.create({ name: 'second', options: { plan: 'ask' } });
    await kit.until(waiting.id, 'awaiting_plan');
    // Over, so that its duration stands still: what is compared differs by nothing but the caller.
    await kit.post(`/v1/sessions/${waiting.id}/cancel`);
    const headers = { ...callers[3]!.headers, 'content-type': 'application/json' };
    const payload = JSON.stringify({ ...BRIEF, name: 'theirs', options: { plan: 'ask' } });
    const theirs = (await kit.call('POST', '/v1/sessions', { headers, payload })).json<{ id: string }>();
    const isWaiting = async () => (await ask(callers[3]!, `/v1/sessions/${theirs.id}`)).body.includes('awaiting_plan');
    while (!(await isWaiting())) await new Promise((resolve) => setTimeout(resolve, 25));
    await ask(callers[3]!, `/v1/sessions/${theirs.id}/cancel`, {}, 'POST');
    const { criteria } = (await kit.get('/v1/criteria')).json<{ criteria: object[] }>();
    const put = { criteria: criteria.map((one) => ({ ...one, why: 'ours alone' })) };
    await kit.call('PUT', '/v1/criteria', { headers: { ...headers, 'if-match': '*' }, payload: JSON.stringify(put) });
    const evidence = kit.app.get(EvidenceService, { strict: false });
    const pieces = [DEFAULT_WORKSPACE, OTHER_WORKSPACE].map((id) => ({ id, piece: page(`secret of ${id}`) }));
    for (const { id, piece } of pieces) await evidence.put(mintWorkspaceScope(id), [piece]);
    return { sessions: [done.id, waiting.id, theirs.id], pieces: pieces.map(({ piece }) => piece.sha256) };
  }

  async function addressesOf({ sessions, pieces }: { sessions: string[]; pieces: string[] }): Promise<string[]> {
    const ofSession = ['', '?include=gaps', '/gaps', '/gaps/G-1', '/decisions', '/document', '/document?version=1'];
    ofSession.push('/document/versions', '/document/diff?from=1&to=1', '/document/adrs', '/document/adrs?version=1');
    return [
      '/whoami',
      '/v1/criteria',
      '/v1/research/categories',
      '/v1/research/categories/queue-jobs/candidates?ecosystem=python',
      '/openapi.json',
      '/docs',
      '/v1/sessions',
      '/v1/sessions?perPage=1',
      '/v1/sessions?sort=name&limit=1',
      '/v1/sessions?q=second',
      ...sessions.flatMap((id) => ofSession.map((rest) => `/v1/sessions/${id}${rest}`)),
      ...pieces.flatMap((hash) => [`/v1/evidence/${hash}`, `/v1/evidence/${hash}/check?quote=secret`]),
    ];
  }

  const page = (text: string) =>
    pieceOf({
      source: 'page',
      title: text,
      mediaType: 'text/plain',
      body: text,
      fetchedAt: '2026-01-01T00:00:00.000Z',
    });

  it(`share nothing that the route does not declare: ${PAIRS} random pairs of callers, seed ${SEED}`, async () => {
    const truths = new Map<string, string>();
    for (const url of addresses) for (const caller of callers) truths.set(caller.name + url, await truth(caller, url));
    const coding = fc.constantFrom<Record<string, string>>(
      {},
      { 'accept-encoding': 'br' },
      { 'accept-encoding': 'gzip' },
    );
    const pair = fc.record({
      url: fc.nat().map((at) => addresses[at % addresses.length]!),
      first: fc.nat({ max: 4 }).map((at) => callers[at]!),
      second: fc.nat({ max: 4 }).map((at) => callers[at]!),
      coding,
      together: fc.boolean(),
    });
    const leaks: string[] = [];
    let hits = 0;
    for (const { url, first, second, coding: headers, together } of fc.sample(pair, { numRuns: PAIRS, seed: SEED })) {
      const calls = [first, second].map((caller) => () => ask(caller, url, headers));
      const answers = together
        ? await Promise.all(calls.map((call) => call()))
        : [await calls[0]!(), await calls[1]!()];
      for (const [at, caller] of [first, second].entries()) {
        const answer = answers[at]!;
        if (statusOf(answer).startsWith('hit')) hits += 1;
        // A coded body has a weak tag: compared by what it stands for.
        const known = truths.get(caller.name + url)!.replaceAll('W/', '');
        if (seen(answer).replaceAll('W/', '') !== known) leaks.push(`${caller.name} ${url} ${statusOf(answer)}`);
      }
    }
    expect(leaks).toEqual([]);
    expect(hits).toBeGreaterThan(PAIRS / 2);
  }, 120_000);

  it('can’t be poisoned by what is not in the key: headers, order of parameters, method override', async () => {
    const poison: Record<string, string>[] = [
      { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', 'x-forwarded-for': '6.6.6.6' },
      { 'x-http-method-override': 'DELETE', 'x-method-override': 'PUT', 'x-http-method': 'HEAD' },
      { host: 'localhost:666' },
      { 'x-original-url': '/whoami', 'x-rewrite-url': '/whoami' },
      { 'accept-language': 'xx', 'user-agent': '<script>', cookie: 'a=b', origin: 'https://evil.example' },
      { forwarded: 'host=evil.example', 'x-workspace-id': OTHER_WORKSPACE, 'x-request-id': 'evil' },
    ];
    const poisoned: string[] = [];
    const cache = kit.app.get(CacheService, { strict: false });
    let hits = 0;
    for (const [at, url] of addresses.entries()) {
      const caller = callers[at % callers.length]!;
      const known = await truth(caller, url);
      // The attacker is the first to ask, and the entry is made of that request.
      for (const [round, headers] of poison.entries()) {
        const path = round % 2 ? shuffled(url) : `${url}${url.includes('?') ? '&' : '?'}`;
        for (const owner of [caller.workspaceId, 'public']) await cache.invalidatePattern('httpResponses', owner, '*');
        await ask(caller, path, headers);
        const answer = await ask(caller, url);
        if (statusOf(answer).startsWith('hit')) hits += 1;
        if (seen(answer) !== known) poisoned.push(`${caller.name} ${url} after ${JSON.stringify(headers)}`);
      }
    }
    expect(poisoned).toEqual([]);
    expect(hits).toBeGreaterThan(addresses.length);
  }, 120_000);

  it('are no longer given once the key is revoked', async () => {
    const { DataSource } = await import('typeorm');
    const caller = await addKey(kit, DEFAULT_WORKSPACE, 'leavingsoon', 'viewer');
    await ask(caller, '/v1/criteria');
    expect(statusOf(await ask(caller, '/v1/criteria'))).toMatch(/^hit/);
    await kit.app
      .get(DataSource, { strict: false })
      .query(`UPDATE api_keys SET revoked_at = now() WHERE id = $1`, ['leavingsoon']);
    let status = 200;
    for (let tries = 0; tries < 60 && status === 200; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      status = (await ask(caller, '/v1/criteria')).statusCode;
    }
    expect(status).toBe(401);
  });
});

/** Another spelling of an address: parameters in the opposite order. */
function shuffled(url: string): string {
  const [path = '', query = ''] = url.split('?');
  return query ? `${path}?${query.split('&').reverse().join('&')}` : path;
}
