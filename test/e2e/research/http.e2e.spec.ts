import { createHash } from 'node:crypto';
import { EvidenceService } from '../../../src/modules/research/evidence.service.js';
import { pieceOf } from '../../../src/modules/research/evidence/piece.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { testApp, type TestApp } from '../../support/app.js';
import { ScriptedRegistry } from '../../support/registry.js';
import { SCOPE } from '../../support/research.js';

let web: TestApp;
let upstream: ScriptedRegistry;

beforeAll(async () => {
  upstream = await ScriptedRegistry.start();
  for (const name of ['pg-boss', 'bullmq', 'graphile-worker', 'agenda']) {
    upstream.publish(name, { version: '9.0.0', record: { license: 'MIT', types: 'index.d.ts' }, files: {} });
  }
  const npm = { env: { npm_config_registry: upstream.url }, home: '/nowhere', project: '/nowhere' };
  web = await testApp({ research: { npm } });
}, 60_000);
afterAll(async () => {
  await web.close();
  await upstream.close();
});

const BODY = {
  category: 'queue-jobs',
  context: {
    projectType: 'web service',
    techStack: { stack: 'TypeScript on Node.js 24 with PostgreSQL' },
    requirements: ['a'],
  },
  constraints: { licenses: ['MIT'] },
};

describe('POST /v1/research', () => {
  it('is a job first, an answer when it is waited for, and then an answer at once', async () => {
    const accepted = await web.post('/v1/research', BODY);
    expect(accepted.statusCode).toBe(202);
    expect(accepted.headers['location']).toBe(`/v1/jobs/${accepted.json<{ id: string }>().id}`);
    const waited = await web.post('/v1/research', BODY, { prefer: 'wait=8' });
    expect(waited.statusCode).toBe(200);
    expect(waited.headers['preference-applied']).toBe('wait=8');
    const again = await web.post('/v1/research', BODY);
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual(waited.json());
    const answer = again.json<{
      options: { candidate: { id: string } }[];
      evidence: string[];
      criteriaVersion: number;
    }>();
    expect(answer.options.map((option) => option.candidate.id)).toContain('queue-jobs/pg-boss');
    expect(answer.criteriaVersion).toBe(1);
  }, 30_000);

  it('one Idempotency-Key makes one job, also of many calls at once', async () => {
    const body = { ...BODY, context: { ...BODY.context, requirements: ['asked once'] } };
    const ask = (payload: unknown = body) => web.post('/v1/research', payload, { 'idempotency-key': 'research-once' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    const made = answers.filter(({ statusCode }) => statusCode !== 409);
    expect(made.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(new Set(made.map(({ headers }) => headers['location'])).size).toBe(1);
    for (const { statusCode, json } of answers)
      if (statusCode === 409) expect(json<{ code: string }>().code).toBe('idempotency_in_flight');
    const other = await ask({ ...body, maxOptions: 3 });
    expect([other.statusCode, other.json<{ code: string }>().code]).toEqual([422, 'idempotency_key_reused']);
  }, 30_000);

  it('names every mistake of a body at once', async () => {
    const answer = await web.post('/v1/research', {
      category: 'toasters',
      context: { techStack: 7 },
      maxOptions: 0,
      extra: 1,
    });
    expect(answer.statusCode).toBe(422);
    const pointers = answer.json<{ errors: { pointer: string }[] }>().errors.map((error) => error.pointer);
    expect(pointers).toEqual(
      expect.arrayContaining(['/category', '/context/projectType', '/context/techStack', '/maxOptions']),
    );
  });
});

describe('the catalogue', () => {
  it('lists the 24 categories and the candidates of one', async () => {
    const { items } = (await web.get('/v1/research/categories')).json<{ items: unknown[] }>();
    expect(items).toHaveLength(24);
    const list = (await web.get('/v1/research/categories/queue-jobs/candidates?ecosystem=python')).json<{
      items: { ecosystem: string }[];
    }>();
    expect(list.items.length).toBeGreaterThan(1);
    expect((await web.get('/v1/research/categories/toasters/candidates')).statusCode).toBe(422);
  });
});

describe('GET /v1/evidence/{sha256}', () => {
  const page = pieceOf({
    source: 'page',
    title: 'a page',
    mediaType: 'text/html',
    body: '<script>alert(1)</script> Jobs are kept  for seven days, count 10.',
    fetchedAt: '2026-01-01T00:00:00.000Z',
  });
  const record = pieceOf({
    ...page,
    title: 'record x 1.0.0',
    mediaType: 'application/json',
    body: '{"license":"MIT","n":10}',
  });
  let evidence: EvidenceService;
  beforeAll(async () => {
    evidence = web.app.get(EvidenceService, { strict: false });
    await evidence.put(SCOPE, [page, record, page]);
  });

  it('gives the bytes whose hash it is, as something no browser shows or runs', async () => {
    const answer = await web.get(`/v1/evidence/${page.sha256}`);
    expect(answer.statusCode).toBe(200);
    expect(createHash('sha256').update(answer.rawPayload).digest('hex')).toBe(page.sha256);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-disposition': expect.stringMatching(/^attachment/),
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
  });

  it('says whether it supports a quote or a value', async () => {
    const check = async (sha256: string, query: Record<string, string>) =>
      (await web.get(`/v1/evidence/${sha256}/check?${new URLSearchParams(query).toString()}`)).json<{
        verdict: string;
        supports: boolean;
      }>();
    expect(await check(page.sha256, { quote: 'kept for seven days' })).toMatchObject({
      verdict: 'found',
      supports: true,
    });
    expect(await check(page.sha256, { quote: 'kept for … count 10' })).toMatchObject({
      verdict: 'stitched',
      supports: false,
    });
    expect(await check(page.sha256, { quote: 'eight days' })).toMatchObject({ verdict: 'not-found', supports: false });
    expect(await check(record.sha256, { pointer: '/license', value: 'MIT' })).toMatchObject({ verdict: 'found' });
    expect(await check(record.sha256, { pointer: '/license', value: '"MIT"' })).toMatchObject({ verdict: 'found' });
    expect(await check(record.sha256, { pointer: '/n', value: '10' })).toMatchObject({ verdict: 'found' });
    expect(await check(record.sha256, { pointer: '/n', value: '11' })).toMatchObject({ verdict: 'not-found' });
  });

  it('refuses a check of nothing or of two things', async () => {
    expect((await web.get(`/v1/evidence/${page.sha256}/check`)).statusCode).toBe(422);
    expect((await web.get(`/v1/evidence/${page.sha256}/check?quote=a&pointer=/b&value=c`)).statusCode).toBe(422);
    expect((await web.get('/v1/evidence/XYZ')).statusCode).toBe(422);
  });

  it('answers the same for what belongs to somebody else as for what never was', async () => {
    const other = mintWorkspaceScope('00000000-0000-7000-8000-0000000000aa');
    const foreign = pieceOf({ ...page, body: 'foreign' });
    const { DataSource } = await import('typeorm');
    await web.app
      .get(DataSource, { strict: false })
      .query(`INSERT INTO workspaces (id, name) VALUES ($1, 'other')`, [other.workspaceId]);
    await evidence.put(other, [foreign]);
    const [theirs, nobodys] = [
      await web.get(`/v1/evidence/${foreign.sha256}`),
      await web.get(`/v1/evidence/${'0'.repeat(64)}`),
    ];
    expect([theirs.statusCode, nobodys.statusCode]).toEqual([404, 404]);
    expect(theirs.json<{ detail: string }>().detail).toBe(nobodys.json<{ detail: string }>().detail);
  });

  it('leaves a tombstone when it is removed: 410 for body and check, and it can be put back', async () => {
    const gone = pieceOf({ ...page, body: 'personal' });
    await evidence.put(SCOPE, [gone]);
    expect(await evidence.remove(SCOPE, [gone.sha256], 'test')).toBe(1);
    expect(await evidence.remove(SCOPE, [gone.sha256], 'test')).toBe(0);
    const answer = await web.get(`/v1/evidence/${gone.sha256}`);
    expect(answer.statusCode).toBe(410);
    expect(answer.json()).toMatchObject({ code: 'evidence_removed' });
    expect(answer.body).not.toContain('personal');
    expect((await web.get(`/v1/evidence/${gone.sha256}/check?quote=personal`)).statusCode).toBe(410);
    expect((await evidence.getMany(SCOPE, [gone.sha256])).size).toBe(0);
    await evidence.put(SCOPE, [gone]);
    expect((await web.get(`/v1/evidence/${gone.sha256}`)).statusCode).toBe(200);
  });

  it('never stores a piece that is not what its hash says', async () => {
    await expect(evidence.put(SCOPE, [{ ...page, body: 'changed' }])).rejects.toMatchObject({
      code: 'evidence_hash_mismatch',
    });
  });
});

describe('/v1/criteria', () => {
  const weights = (changes: Record<string, number> = {}) => ({
    criteria: Object.entries({ C1: 0.2, C2: 0.2, C3: 0.15, C4: 0.15, C5: 0.1, C6: 0.1, C7: 0.1, ...changes }).map(
      ([id, weight]) => ({ id, weight }),
    ),
  });
  const put = (body: unknown, headers: Record<string, string> = {}) =>
    web.call('PUT', '/v1/criteria', {
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify(body),
    });

  it('begins with the default set, explained, and is replaced by a new version that takes effect at once', async () => {
    const first = await web.get('/v1/criteria');
    expect(first.json()).toMatchObject({
      version: 1,
      criteria: expect.arrayContaining([expect.objectContaining({ why: expect.any(String) })]),
    });
    const etag = String(first.headers['etag']);
    expect((await web.get('/v1/criteria', { 'if-none-match': etag })).statusCode).toBe(304);
    const changed = await put(weights({ C1: 0.3, C2: 0.1 }), { 'if-match': etag });
    expect(changed.statusCode).toBe(200);
    const now = await web.get('/v1/criteria');
    expect(now.json()).toEqual(changed.json());
    expect(now.json()).toMatchObject({ version: 2 });
    expect((await put(now.json(), { 'if-match': String(now.headers['etag']) })).statusCode).toBe(200);
  });

  it('refuses a change without If-Match or over somebody else’s change', async () => {
    expect((await put(weights())).json()).toMatchObject({ status: 412, code: 'criteria_if_match_missing' });
    expect((await put(weights(), { 'if-match': '"criteria-1"' })).json()).toMatchObject({
      status: 412,
      code: 'criteria_changed',
    });
    const etag = String((await web.get('/v1/criteria')).headers['etag']);
    const both = await Promise.all([put(weights(), { 'if-match': etag }), put(weights(), { 'if-match': etag })]);
    expect(both.map((answer) => answer.statusCode).sort()).toEqual([200, 412]);
  });

  it('names each mistake', async () => {
    const wrong = {
      criteria: [...weights({ C1: 0.9 }).criteria.slice(0, 6), { id: 'C1', weight: 0.1, scale: 'mine' }],
    };
    const answer = await put(wrong, { 'if-match': '*' });
    expect(answer.statusCode).toBe(422);
    const errors = answer.json<{ errors: { pointer: string; message: string }[] }>().errors;
    expect(errors.map((error) => error.pointer).sort()).toEqual([
      '/criteria',
      '/criteria',
      '/criteria/6/id',
      '/criteria/6/scale',
    ]);
    expect(errors.map((error) => error.message).join()).toContain('C7 missing');
  });

  it('leaves an audit line with the weights before and after', async () => {
    const { DataSource } = await import('typeorm');
    const rows = await web.app
      .get(DataSource, { strict: false })
      .query(`SELECT actor, subject, details FROM audit_log WHERE action = 'criteria.replaced' ORDER BY at LIMIT 1`);
    expect(rows).toMatchObject([
      { actor: 'testadmin', subject: 'criteria/2', details: { before: { C1: 0.2 }, after: { C1: 0.3 } } },
    ]);
  });
});

describe('metrics', () => {
  it('count research by category and calls by upstream, all children from the start', async () => {
    const text = (await web.get('/metrics')).body;
    expect(text).toMatch(/tech_spec_tech_research_requests_total\{category="queue-jobs"\} [1-9]/);
    expect(text).toContain('tech_spec_upstream_requests_total{upstream="npm-registry",result="breaker_open"} 0');
    expect(text).toContain('tech_spec_upstream_breaker_state{upstream="npm-registry"} 0');
  });
});
