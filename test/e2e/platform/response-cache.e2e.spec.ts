import { CriteriaService } from '../../../src/modules/research/criteria.service.js';
import { IdentityService } from '../../../src/modules/identity/identity.service.js';
import { testApp, type TestApp } from '../../support/app.js';
import { addKey, type Caller, DEFAULT_WORKSPACE, decoded, statusOf } from './response-cache-kit.js';

describe('cached answers', () => {
  let web: TestApp;
  let viewer: Caller;
  beforeAll(async () => {
    web = await testApp();
    viewer = await addKey(web, DEFAULT_WORKSPACE, 'viewerone1', 'viewer');
  }, 60_000);
  afterAll(() => web?.close());

  const categories = '/v1/research/categories';
  const candidates = '/v1/research/categories/queue-jobs/candidates?ecosystem=python';

  it('come from the handler once and then from the cache, with the same bytes', async () => {
    const names = jest.spyOn(web.app.get(IdentityService, { strict: false }), 'workspaceName');
    const first = await web.get('/whoami');
    const second = await web.get('/whoami');
    expect([statusOf(first), statusOf(second)]).toEqual(['fwd=miss; stored', expect.stringMatching(/^hit; ttl=\d+$/)]);
    expect(second.rawPayload.equals(first.rawPayload)).toBe(true);
    expect(names).toHaveBeenCalledTimes(1);
    expect(second.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      vary: 'Accept-Encoding, Authorization, X-API-Key',
      etag: first.headers['etag'],
      'content-length': String(first.rawPayload.length),
    });
    names.mockRestore();
  });

  it('say how old they are and for how long they may be used, together never longer than the TTL', async () => {
    await web.get('/whoami');
    const { headers } = await web.get('/whoami');
    const maxAge = Number(/^private, max-age=(\d+)$/.exec(String(headers['cache-control']))?.[1]);
    const left = Number(/ttl=(\d+)/.exec(String(headers['cache-status']))?.[1]);
    expect(headers['age']).toMatch(/^\d+$/);
    expect(maxAge).toBeLessThanOrEqual(30);
    expect(maxAge - Number(headers['age'])).toBeLessThanOrEqual(left);
  });

  it('are no property of one key in a route of that scope', async () => {
    await web.get('/whoami');
    const theirs = await web.get('/whoami', viewer.headers);
    expect(theirs.json()).toMatchObject({ keyId: 'viewerone1', role: 'viewer' });
    expect((await web.get('/whoami')).json()).toMatchObject({ keyId: 'testadmin', role: 'admin' });
  });

  it('never skip authentication, permission or Accept', async () => {
    await web.get(categories);
    expect((await web.get(categories)).headers['cache-status']).toContain('hit');
    expect((await web.get(categories, { authorization: '' })).statusCode).toBe(401);
    expect((await web.get(categories, { authorization: `Bearer tsk_testadmin.${'x'.repeat(43)}` })).statusCode).toBe(
      401,
    );
    expect((await web.get(categories, { accept: 'image/png' })).statusCode).toBe(406);
  });

  it('never hide a mistake in the parameters, also beside a valid entry', async () => {
    await web.get(candidates);
    expect(statusOf(await web.get(candidates))).toMatch(/^hit/);
    for (const address of [
      '/v1/research/categories/toasters/candidates?ecosystem=python',
      '/v1/research/categories/queue-jobs/candidates?ecosystem=perl',
      '/v1/research/categories/queue-jobs/candidates?ecosystem=python&ecosystem=python',
    ]) {
      const answer = await web.get(address);
      expect([answer.statusCode, answer.headers['cache-control'], answer.headers['cache-status']]).toEqual([
        422,
        'no-store',
        undefined,
      ]);
    }
  });

  it('are the same for spellings that validation makes equal, and for parameters nobody knows', async () => {
    await web.get(candidates);
    for (const address of [
      `${candidates}&utm=1`,
      candidates.replace('?', '?x=y&'),
      candidates.replace('python', 'p%79thon'),
    ]) {
      expect(statusOf(await web.get(address))).toMatch(/^hit/);
    }
  });

  it('answer 304 to the tag, weak or strong, in a list or *, without a body', async () => {
    const { headers } = await web.get(categories);
    const tag = String(headers['etag']);
    expect(tag).toMatch(/^W\/"/);
    for (const given of [tag, tag.slice(2), `"x", ${tag}`, '*']) {
      const answer = await web.get(categories, { 'if-none-match': given });
      expect([answer.statusCode, answer.rawPayload.length]).toEqual([304, 0]);
      expect(answer.headers).toMatchObject({ etag: tag, vary: headers['vary'], 'cache-status': expect.any(String) });
      expect(answer.headers['content-type']).toBeUndefined();
      expect(answer.headers['content-encoding']).toBeUndefined();
    }
    expect((await web.get(categories, { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  it('answer HEAD with the length of GET and no body, and share its entry', async () => {
    const whole = await web.get(categories);
    const head = await web.call('HEAD', categories);
    expect([head.statusCode, head.rawPayload.length, statusOf(head)]).toEqual([200, 0, expect.stringMatching(/^hit/)]);
    expect(head.headers['content-length']).toBe(String(whole.rawPayload.length));
    expect(head.headers['etag']).toBe(whole.headers['etag']);
    const coded = await web.get(categories, { 'accept-encoding': 'gzip' });
    const codedHead = await web.call('HEAD', categories, { headers: { 'accept-encoding': 'gzip' } });
    expect(codedHead.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(coded.rawPayload.length),
    });
  });

  it('are coded once for each coding that is asked for, under one weak tag', async () => {
    const plain = await web.get(categories);
    for (const [accept, coding] of [
      ['br', 'br'],
      ['gzip', 'gzip'],
      ['gzip;q=0.5, br;q=0.4', 'gzip'],
      ['*', 'br'],
    ]) {
      const answer = await web.get(categories, { 'accept-encoding': accept ?? '' });
      const again = await web.get(categories, { 'accept-encoding': accept ?? '' });
      expect(answer.headers['content-encoding']).toBe(coding);
      expect(decoded(answer)).toBe(plain.body);
      expect(again.rawPayload.equals(answer.rawPayload)).toBe(true);
      expect([answer.headers['etag'], answer.headers['vary']]).toEqual([plain.headers['etag'], plain.headers['vary']]);
      expect(statusOf(again)).toMatch(/^hit/);
    }
    expect((await web.get('/whoami', { 'accept-encoding': 'br' })).headers['content-encoding']).toBeUndefined();
  });

  it('are made anew for no-cache, at most once a second, and passed by for no-store', async () => {
    await web.get(candidates);
    const reloads: string[] = [];
    for (let call = 0; call < 5; call += 1) {
      reloads.push(statusOf(await web.get(candidates, { 'cache-control': 'no-cache' })));
    }
    expect(reloads[0]).toBe('fwd=request; stored');
    expect(reloads.slice(1).some((status) => /^hit; ttl=\d+; detail=reload-limited$/.test(status))).toBe(true);
    const passed = await web.get(candidates, { 'cache-control': 'no-store' });
    expect([statusOf(passed), passed.headers['cache-control']]).toEqual([
      'fwd=bypass; detail=no-store',
      'private, no-cache',
    ]);
    expect(passed.body).toBe((await web.get(candidates)).body);
  });

  it('take Pragma for no-cache only where no Cache-Control is', async () => {
    const address = candidates.replace('queue-jobs', 'cache');
    await web.get(address);
    expect(statusOf(await web.get(address, { pragma: 'no-cache', 'cache-control': 'max-age=60' }))).toMatch(/^hit/);
    expect(statusOf(await web.get(address, { pragma: 'no-cache' }))).toBe('fwd=request; stored');
  });

  it('are made once for all who ask at the same time', async () => {
    const address = candidates.replace('queue-jobs', 'validation');
    const all = await Promise.all(Array.from({ length: 50 }, () => web.get(address)));
    const made = all.map(statusOf);
    expect(made.filter((status) => status === 'fwd=miss; stored')).toHaveLength(1);
    expect(made.filter((status) => /collapsed|^hit/.test(status))).toHaveLength(49);
    expect(new Set(all.map(({ body }) => body)).size).toBe(1);
  });

  describe('of the criteria', () => {
    const put = async (etag: string) => {
      const { criteria } = (await web.get('/v1/criteria')).json<{ criteria: object[] }>();
      return web.call('PUT', '/v1/criteria', {
        headers: { 'content-type': 'application/json', 'if-match': etag },
        payload: JSON.stringify({ criteria: criteria.map((one, at) => ({ ...one, why: `reason ${at} ${etag}` })) }),
      });
    };

    it('are the new ones at once after a change, for every key', async () => {
      for (let version = 0; version < 3; version += 1) {
        const before = await web.get('/v1/criteria');
        await web.get('/v1/criteria', viewer.headers);
        expect(statusOf(await web.get('/v1/criteria', viewer.headers))).toMatch(/^hit/);
        const changed = await put(String(before.headers['etag']));
        expect(changed.statusCode).toBe(200);
        for (const headers of [{}, viewer.headers, { 'accept-encoding': 'br' }]) {
          const now = await web.get('/v1/criteria', headers);
          expect(now.headers['etag']).toBe(changed.headers['etag']);
          expect(JSON.parse(decoded(now))).toEqual(changed.json());
        }
      }
    });

    it('keep the handler’s strong tag in any coding, so that If-Match takes it', async () => {
      const coded = await web.get('/v1/criteria', { 'accept-encoding': 'br, gzip' });
      expect(coded.headers['etag']).toMatch(/^"criteria-\d+"$/);
      expect(coded.headers['cache-control']).toBe('private, no-cache, no-transform');
      expect((await put(String(coded.headers['etag']))).statusCode).toBe(200);
    });
  });

  describe('that failed', () => {
    it('are problems, never stored, and the next one is asked for anew', async () => {
      const service = web.app.get(CriteriaService, { strict: false });
      const broken = jest.spyOn(service, 'current').mockRejectedValue(new Error('lost'));
      const key = await addKey(web, DEFAULT_WORKSPACE, 'operatorone', 'operator');
      for (let call = 0; call < 2; call += 1) {
        const failed = await web.get('/v1/criteria', key.headers);
        expect([failed.statusCode, failed.headers['cache-control']]).toEqual([500, 'no-store']);
        expect(failed.headers['etag']).toBeUndefined();
      }
      expect(broken).toHaveBeenCalledTimes(2);
      broken.mockRestore();
      expect((await web.get('/v1/criteria', key.headers)).statusCode).toBe(200);
    });
  });

  it('of the documentation are public, and asked for again each time', async () => {
    const first = await web.get('/openapi.json', { authorization: '', 'accept-encoding': 'br' });
    const again = await web.get('/openapi.json', { authorization: '', 'accept-encoding': 'br' });
    expect([again.headers['cache-control'], again.headers['vary']]).toEqual(['no-cache', 'Accept-Encoding']);
    expect(statusOf(again)).toMatch(/^hit/);
    expect(decoded(again)).toBe(decoded(first));
    const page = await web.get('/docs', { authorization: '' });
    expect((await web.get('/docs', { authorization: '' })).headers['content-security-policy']).toBe(
      page.headers['content-security-policy'],
    );
  });

  it('are none of probes, metrics, problems and writes', async () => {
    for (const address of ['/health', '/health/live', '/health/ready', '/metrics', '/nowhere', '/v1/sessions/x']) {
      const answer = await web.get(address);
      expect([address, answer.headers['cache-control'], answer.headers['cache-status']]).toEqual([
        address,
        'no-store',
        undefined,
      ]);
    }
  });

  it('that other processes change are not kept without Redis', async () => {
    for (const address of ['/v1/sessions', '/v1/sessions?perPage=5']) {
      await web.get(address);
      const answer = await web.get(address);
      expect(statusOf(answer)).toBe('fwd=bypass; detail=no-redis');
      expect(answer.headers['cache-control']).toBe('private, no-cache');
      expect((await web.get(address, { 'if-none-match': String(answer.headers['etag']) })).statusCode).toBe(304);
    }
  });
});
