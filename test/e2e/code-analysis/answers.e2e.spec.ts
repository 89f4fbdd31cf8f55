import { DataSource } from 'typeorm';
import { CodeAnalysesRepository } from '../../../src/modules/code-analysis/code-analyses.repository.js';
import type { Endpoint } from '../../../src/modules/code-analysis/code-analysis.types.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { DEFAULT_WORKSPACE } from '../platform/response-cache-kit.js';
import { type CodeKit, codeKit, jsonOfTree, TREE } from './code-kit.js';

const endpoint = (at: number): Endpoint => ({
  method: at % 3 === 0 ? 'POST' : 'GET',
  path: `/things/{id}/${String(at).padStart(3, '0')}`,
  params: [{ name: 'id', in: 'path' }],
  file: `src/f${at}.ts`,
  line: at + 1,
  framework: at % 2 === 0 ? 'express' : 'fastify',
  confidence: 'high',
  via: [],
});

describe('what was found in code', () => {
  let kit: CodeKit;
  let id: string;
  const page = async (query: string) => (await kit.get(`/v1/code-analyses/${id}/endpoints?${query}`)).json();

  beforeAll(async () => {
    // No worker: this one is completed by hand, with more endpoints than a page has.
    kit = await codeKit({ role: 'api' });
    const answer = await kit.post('/v1/code-analyses', jsonOfTree(TREE));
    expect(answer.statusCode).toBe(202);
    id = answer.json<{ analysisId: string }>().analysisId;
  });
  afterAll(() => kit?.close());

  it('is not told before the analysis is complete', async () => {
    expect((await kit.get(`/v1/code-analyses/${id}`)).json()).toMatchObject({ id, status: 'queued' });
    for (const part of ['stack', 'endpoints']) {
      const answer = await kit.get(`/v1/code-analyses/${id}/${part}`);
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'analysis_not_complete']);
    }
  });

  it('is written once', async () => {
    const repository = kit.app.get(CodeAnalysesRepository, { strict: false });
    const scope = mintWorkspaceScope(DEFAULT_WORKSPACE);
    const found = { stack: [], skipped: [], endpoints: Array.from({ length: 120 }, (_, at) => endpoint(at)) };
    expect(await repository.complete(scope, id, found)).toBe(true);
    expect(await repository.complete(scope, id, found)).toBe(false);
    const [{ n }] = (await kit.app
      .get(DataSource, { strict: false })
      .query(`SELECT count(*)::int AS n FROM endpoints`)) as [{ n: number }];
    expect(n).toBe(120);
    expect((await kit.get(`/v1/code-analyses/${id}`)).json()).toMatchObject({ status: 'completed', endpoints: 120 });
  });

  it('comes in pages by number and by cursor, in one order', async () => {
    const paths: string[] = [];
    for (let cursor = ''; ;) {
      const answer = await page(`limit=50${cursor && `&cursor=${cursor}`}`);
      paths.push(...answer.items.map((item: Endpoint) => item.path));
      if (!answer.hasNext) break;
      cursor = answer.nextCursor;
    }
    expect(paths).toEqual(Array.from({ length: 120 }, (_, at) => endpoint(at).path));
    expect(await page('page=3&perPage=50')).toMatchObject({ total: 120, pages: 3, hasNext: false, hasPrev: true });
    const first = await kit.get(`/v1/code-analyses/${id}/endpoints?perPage=1`);
    expect(first.json().items).toEqual([endpoint(0)]);
    expect(first.headers['link']).toContain('rel="next"');
  });

  it('is filtered by method and framework, with cursors of their own', async () => {
    expect(await page('method=POST&framework=express&perPage=500')).toMatchObject({ total: 20 });
    const { nextCursor } = await page('method=POST&limit=5');
    const foreign = await kit.get(`/v1/code-analyses/${id}/endpoints?method=GET&limit=5&cursor=${nextCursor}`);
    expect(foreign.statusCode).toBe(400);
    for (const query of ['method=get', 'framework=%00', 'perPage=501', 'page=0', 'confidence=high'])
      expect([query, (await kit.get(`/v1/code-analyses/${id}/endpoints?${query}`)).statusCode]).toEqual([query, 422]);
  });

  it('is unknown under any other id', async () => {
    for (const other of ['0190a0de-0000-7000-8000-ffffffffffff', 'nothing', `${id}x`]) {
      const answer = await kit.get(`/v1/code-analyses/${other}/endpoints`);
      expect([other, answer.statusCode, answer.json().code]).toEqual([other, 404, 'analysis_unknown']);
    }
  });
});
