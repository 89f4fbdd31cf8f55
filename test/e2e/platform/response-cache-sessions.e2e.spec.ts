import { setTimeout as sleep } from 'node:timers/promises';
import { suiteIf } from '../../support/optional-suite.js';
import { redisMissing, startRedis, type RedisServer } from '../../support/redis.js';
import { sessionsKit, type SessionsKit } from '../sessions/sessions-kit.js';
import { decoded, statusOf } from './response-cache-kit.js';

/** With Redis: what other processes change is kept only where they are heard. */
suiteIf(redisMissing, 'cached answers about sessions', () => {
  let redis: RedisServer;
  let kit: SessionsKit;
  let id: string;
  beforeAll(async () => {
    redis = await startRedis();
    kit = await sessionsKit({ redis: { url: redis.url, deadlineMs: 400 } });
    id = (await kit.run()).id;
    // The session's last change is committed before the caches hear of it: what is kept until then leaves once more.
    for (let hits = 0; hits < 3; await sleep(50))
      hits = /^hit/.test(statusOf(await kit.get('/v1/sessions'))) ? hits + 1 : 0;
  }, 120_000);
  afterAll(async () => {
    await kit?.close();
    await redis?.stop();
  });

  const views = () =>
    ['', '/gaps', '/decisions', '/document', '/document/versions', '/document/adrs'].map(
      (rest) => `/v1/sessions/${id}${rest}`,
    );

  it('are kept, coded or not, and tell clients to ask again', async () => {
    for (const url of ['/v1/sessions', ...views()]) {
      for (const headers of [{}, { 'accept-encoding': 'br' }] as Record<string, string>[]) {
        const first = await kit.get(url, headers);
        const again = await kit.get(url, headers);
        expect([url, statusOf(again)]).toEqual([url, expect.stringMatching(/^hit/)]);
        expect(again.rawPayload.equals(first.rawPayload)).toBe(true);
        expect(again.headers['cache-control']).toBe('private, no-cache');
      }
    }
  });

  it('of a document are one for each media type, with its own headers', async () => {
    const url = `/v1/sessions/${id}/document`;
    for (const accept of ['application/json', 'text/markdown', 'text/html']) {
      const first = await kit.get(url, { accept });
      const again = await kit.get(url, { accept });
      expect(statusOf(again)).toMatch(/^hit/);
      for (const answer of [first, again]) {
        expect(answer.headers['content-type']).toBe(`${accept}; charset=utf-8`);
        expect(answer.headers['vary']).toBe('Accept, Accept-Encoding, Authorization, X-API-Key');
      }
      expect(again.headers['content-security-policy']).toBe(first.headers['content-security-policy']);
    }
    expect((await kit.get(url, { accept: 'text/html' })).headers['content-security-policy']).toContain('sha256-');
  });

  it('are never older than the reader’s own writes', async () => {
    const read = async (url: string) => JSON.parse(decoded(await kit.get(url, { 'accept-encoding': 'br' }))) as Row;
    const listed = async () => (await read('/v1/sessions')).items.find((item) => item.id === session.id)?.status;
    const session = await kit.create({ options: { plan: 'ask' } });
    expect(await listed()).toBeDefined();
    await kit.until(session.id, 'awaiting_plan');
    expect(await listed()).toBe('awaiting_plan');
    const address = `/v1/sessions/${session.id}`;
    for (const [action, status] of [
      ['pause', 'paused'],
      ['resume', undefined],
      ['cancel', 'cancelled'],
    ] as const) {
      await read(address);
      const answer = await kit.post(`${address}/${action}`);
      if (answer.statusCode !== 200) continue;
      if (status === undefined) continue;
      expect([(await read(address)).status, await listed()]).toEqual([status, status]);
    }
    expect((await kit.call('DELETE', address)).statusCode).toBe(204);
    expect((await kit.get(address)).statusCode).toBe(404);
    expect(await listed()).toBeUndefined();
  }, 60_000);

  it('show what a worker has written as soon as it has, to its last step', async () => {
    const session = await kit.create();
    const seen: number[] = [];
    for (let status = ''; !/^completed|failed/.test(status);) {
      const view = (await kit.get(`/v1/sessions/${session.id}`)).json<Row>();
      seen.push(view.progress);
      status = view.status;
      // A hit waits for nothing: without a pause the worker in this process would never have its turn.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    const versions = () => kit.get(`/v1/sessions/${session.id}/document/versions`);
    expect((await versions()).json<Row>().items).toHaveLength(1);
    await kit.post(`/v1/sessions/${session.id}/rerun`);
    await kit.until(session.id, 'completed', 'completed_degraded');
    expect((await versions()).json<Row>().items).toHaveLength(2);
    const newest = (await kit.get(`/v1/sessions/${session.id}/document`)).json<{ version: number }>();
    expect(newest.version).toBe(2);
  }, 60_000);

  it('end with the session, together with the evidence that only it used', async () => {
    const session = await kit.run({ name: 'to be deleted' });
    const document = (await kit.get(`/v1/sessions/${session.id}/document`)).json<{
      body: { evidence: { sha256: string; source: string }[] };
    }>();
    const hashes = document.body.evidence.map(({ sha256 }) => sha256);
    const kept = await Promise.all(hashes.map((hash) => kit.get(`/v1/evidence/${hash}`)));
    expect(kept.every(({ statusCode }) => statusCode === 200)).toBe(true);
    await kit.call('DELETE', `/v1/sessions/${session.id}`);
    expect((await kit.get(`/v1/sessions/${session.id}/document`)).statusCode).toBe(404);
    for (const hash of hashes) {
      const now = await kit.get(`/v1/evidence/${hash}`);
      const truth = await kit.get(`/v1/evidence/${hash}`, { 'cache-control': 'no-store' });
      expect(now.statusCode).toBe(truth.statusCode);
    }
  }, 60_000);

  it('are passed by while Redis is away, and kept again when it is back', async () => {
    const url = `/v1/sessions/${id}`;
    await kit.get(url);
    redis.freeze();
    let during = '';
    for (let tries = 0; tries < 400 && !during.startsWith('fwd=bypass'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const answer = await kit.get(url);
      expect(answer.statusCode).toBe(200);
      during = statusOf(answer);
    }
    redis.thaw();
    expect(during).toBe('fwd=bypass; detail=redis-down');
    let after = '';
    for (let tries = 0; tries < 200 && !after.startsWith('hit'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      after = statusOf(await kit.get(url));
    }
    expect(after).toMatch(/^hit/);
  }, 60_000);
});

interface Row {
  readonly status: string;
  readonly progress: number;
  readonly items: readonly { readonly id: string; readonly status: string }[];
}
