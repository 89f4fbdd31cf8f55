import { CacheService } from '../../../src/shared/cache/cache.service.js';
import type { CacheRegionName } from '../../../src/shared/cache/cache.types.js';
import { testApp, type TestApp } from '../../support/app.js';
import { ELSEWHERE, HOME, keyOf, rowsOf } from './dashboard-kit.js';

const PATH = '/v1/cache/invalidate';

describe('POST /v1/cache/invalidate', () => {
  let web: TestApp;
  let cache: CacheService;
  let operator: { authorization: string };
  let viewer: { authorization: string };
  const put = (owner: string, name: string, tags: string[] = [], region: CacheRegionName = 'research') =>
    cache.set({ region, owner, name }, { name }, { tags });
  const has = (owner: string, name: string, region: CacheRegionName = 'research') =>
    cache.exists({ region, owner, name });
  const invalidate = async (body: unknown, headers = operator) => {
    const answer = await web.post(PATH, body, headers);
    return [answer.statusCode, answer.json<unknown>()];
  };

  beforeAll(async () => {
    web = await testApp();
    cache = web.app.get(CacheService, { strict: false });
    [operator, viewer] = [await keyOf(web, 'operator'), await keyOf(web, 'viewer')];
  }, 60_000);
  afterAll(() => web.close());

  it('by key deletes that one value of the caller and says so', async () => {
    await put(HOME, 'a');
    await put(HOME, 'b');
    await put(ELSEWHERE, 'a');
    await expect(invalidate({ region: 'research', key: 'a' })).resolves.toEqual([200, { invalidated: 1 }]);
    expect([await has(HOME, 'a'), await has(HOME, 'b'), await has(ELSEWHERE, 'a')]).toEqual([false, true, true]);
    await expect(invalidate({ region: 'research', key: 'a' })).resolves.toEqual([200, { invalidated: 0 }]);
  });

  it('by pattern deletes what matches, of the caller alone', async () => {
    for (const owner of [HOME, ELSEWHERE]) for (const name of ['p:1', 'p:2', 'q:1']) await put(owner, name);
    await expect(invalidate({ region: 'research', pattern: 'p:*' })).resolves.toEqual([200, { invalidated: 2 }]);
    expect([await has(HOME, 'p:1'), await has(HOME, 'q:1'), await has(ELSEWHERE, 'p:1')]).toEqual([false, true, true]);
  });

  it('by tags deletes in all regions, of the caller alone', async () => {
    await put(HOME, 't1', ['package:bullmq']);
    await put(HOME, 't2', ['package:redis'], 'criteria');
    await put(ELSEWHERE, 't1', ['package:bullmq']);
    const tags = ['package:bullmq', 'package:redis'];
    await expect(invalidate({ tags })).resolves.toEqual([200, { invalidated: 2 }]);
    expect([await has(HOME, 't1'), await has(HOME, 't2', 'criteria'), await has(ELSEWHERE, 't1')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('values that all share need public and the role admin', async () => {
    await put('public', 'r', ['package:pg'], 'releases');
    const refused = await web.post(PATH, { tags: ['package:pg'], public: true }, operator);
    expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([403, 'role_too_low']);
    await expect(invalidate({ tags: ['package:pg'] })).resolves.toEqual([200, { invalidated: 0 }]);
    expect(await has('public', 'r', 'releases')).toBe(true);
    const admin = { authorization: `Bearer ${web.key}` };
    const body = { region: 'releases', key: 'r', public: true };
    await expect(invalidate(body, admin)).resolves.toEqual([200, { invalidated: 1 }]);
    expect(await has('public', 'r', 'releases')).toBe(false);
  });

  it('a key of another workspace reaches its own values alone', async () => {
    const other = await keyOf(web, 'operator', ELSEWHERE);
    await put(HOME, 'mine');
    await put(ELSEWHERE, 'mine');
    await expect(invalidate({ region: 'research', pattern: '*mine*' }, other)).resolves.toEqual([
      200,
      { invalidated: 1 },
    ]);
    expect([await has(HOME, 'mine'), await has(ELSEWHERE, 'mine')]).toEqual([true, false]);
  });

  it('an answer that was cached for HTTP is made anew, one of the workspace as well as one that all share', async () => {
    const admin = { authorization: `Bearer ${web.key}` };
    const status = async (url: string) => String((await web.get(url)).headers['cache-status']);
    for (const [url, shared] of [
      ['/v1/criteria', false],
      ['/v1/research/categories', true],
    ] as const) {
      await web.get(url);
      expect(await status(url)).toContain('hit');
      const body = { region: 'httpResponses', pattern: `${url}:*`, ...(shared ? { public: true } : {}) };
      await expect(invalidate(body, admin)).resolves.toEqual([200, { invalidated: 1 }]);
      expect(await status(url)).toContain('fwd=miss');
    }
  });

  it('needs the role operator, and leaves nothing undone nor written when it is refused', async () => {
    await put(HOME, 'kept');
    const [status] = await invalidate({ region: 'research', key: 'kept' }, viewer);
    expect([status, await has(HOME, 'kept')]).toEqual([403, true]);
  });

  it('names every mistake at its place', async () => {
    const answer = await web.post(PATH, { region: 'sesions', key: '', tags: [], who: 'me' }, operator);
    expect(answer.statusCode).toBe(422);
    const { errors } = answer.json<{ errors: { pointer: string }[] }>();
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/key', '/region', '/tags', '/who']);
    const empty = await web.post(PATH, {}, operator);
    expect(empty.json<{ errors: unknown[] }>().errors).toEqual([
      { pointer: '', message: 'must hold one of { region, key }, { region, pattern } and { tags }' },
    ]);
  });

  it('is told in the audit log: who, what, by which words', async () => {
    await invalidate({ region: 'research', pattern: 'audited:*' });
    const lines = await rowsOf<{ actor: string; details: unknown }>(
      web,
      `SELECT actor, subject, details FROM audit_log WHERE action = 'cache.invalidated' ORDER BY at DESC LIMIT 1`,
    );
    expect(lines).toEqual([
      { actor: 'testoperatorhome', subject: 'cache/research', details: { pattern: 'audited:*', public: false } },
    ]);
  });
});
