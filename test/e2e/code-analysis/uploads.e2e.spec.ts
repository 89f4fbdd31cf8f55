import { DataSource } from 'typeorm';
import { CodeRetentionRepository } from '../../../src/modules/code-analysis/code-retention.repository.js';
import { tarGzOf, zipOf } from '../../support/archives.js';
import { HOSTILE } from '../../support/hostile-archives.js';
import { type CodeKit, codeKit, FORM_TYPE, formOf, jsonOfTree, tarGzOfTree, TREE, zipOfTree } from './code-kit.js';

interface Analysis {
  readonly id: string;
  readonly status: string;
  readonly contentSha256: string;
  readonly files: number;
  readonly filesByType: Record<string, number>;
  readonly leftOut: Record<string, number>;
  readonly leftOutFiles: { path: string; reason: string }[];
}

describe('sending code', () => {
  let kit: CodeKit;
  const rows = <T>(sql: string, parameters: unknown[] = []) =>
    kit.app.get(DataSource, { strict: false }).query<T[]>(sql, parameters);
  const different = (mark: string) => ({ ...TREE, 'src/mark.js': `// ${mark}\n` });

  beforeAll(async () => (kit = await codeKit()));
  afterAll(() => kit?.close());

  it('answers 202 with the job, whose result is the analysis', async () => {
    const answer = await kit.send(zipOfTree(different('job')));
    expect([answer.statusCode, answer.body]).toEqual([202, expect.any(String)]);
    const { id, location, analysisId } = answer.json<{ id: string; location: string; analysisId: string }>();
    expect(answer.headers['location']).toBe(`/v1/jobs/${id}`);
    expect(location).toBe(`/v1/jobs/${id}`);
    for (let tries = 0; tries < 400; tries += 1) {
      const job = (await kit.get(location)).json<{ status: string; resultUrl?: string }>();
      if (job.status === 'done') {
        expect(job.resultUrl).toBe(`/v1/code-analyses/${analysisId}`);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const analysis = (await kit.get(`/v1/code-analyses/${analysisId}`)).json<Analysis>();
    expect(analysis).toMatchObject({ id: analysisId, status: 'completed', files: 4 });
  });

  it('takes zip, tar.gz and JSON for the same code, and answers what it knows at once', async () => {
    const first = await kit.post('/v1/code-analyses', jsonOfTree(TREE), { prefer: 'wait=8' });
    expect([first.statusCode, first.headers['preference-applied']]).toEqual([200, 'wait=8']);
    const analysis = first.json<Analysis>();
    expect(analysis.filesByType).toEqual({ JSON: 1, JavaScript: 1, Markdown: 1 });
    for (const archive of [zipOfTree(TREE), tarGzOfTree(TREE)]) {
      const again = await kit.send(archive);
      expect([again.statusCode, again.json<Analysis>().id]).toEqual([200, analysis.id]);
    }
    expect(await rows(`SELECT 1 FROM code_analyses WHERE content_sha256 = $1`, [analysis.contentSha256])).toHaveLength(
      1,
    );
  });

  it('finds the stack and the endpoints, with the place of each', async () => {
    const { id } = await kit.analysed(different('found'));
    expect((await kit.get(`/v1/code-analyses/${id}/stack`)).json<{ items: object[] }>().items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'pg', kind: 'dependency', file: 'package.json', line: 5, version: '8.23.1' }),
      ]),
    );
    expect((await kit.get(`/v1/code-analyses/${id}/endpoints?perPage=10`)).json()).toMatchObject({
      total: 1,
      items: [
        { method: 'GET', path: '/orders/{id}', file: 'src/app.js', line: 3, framework: 'express', confidence: 'high' },
      ],
    });
    expect((await kit.get('/metrics', { accept: 'text/plain' })).body).toMatch(
      /tech_spec_api_endpoints_inferred_total\{endpoint_type="rest"\} [1-9]/,
    );
  });

  it('goes on where one file breaks the parser', async () => {
    const tree = {
      ...different('broken'),
      'src/deep.js': `const express = require('express');\nexpress().get('/x', f);\nx = ${'('.repeat(100_000)}`,
      'src/bad.js': Buffer.from([0x65, 0xff, 0xfe, 0x28]).toString('latin1'),
      'src/half.js': "const app = require('express')();\napp.get('/half', (q, r) => r.end());\nfunction (",
    };
    const { id } = await kit.analysed(tree);
    const { items } = (await kit.get(`/v1/code-analyses/${id}/endpoints`)).json<{ items: { path: string }[] }>();
    expect(items.map(({ path }) => path)).toContain('/orders/{id}');
    expect((await kit.get('/health/live')).statusCode).toBe(200);
  });

  it('counts and names what it leaves out', async () => {
    const tree = {
      ...different('left out'),
      '.gitignore': 'tmp/\n',
      'tmp/x.js': 'x',
      'package-lock.json': '{}',
      'node_modules/a/index.js': 'x',
      'node_modules/a/b.js': 'x',
    };
    const analysis = (await kit.post('/v1/code-analyses', jsonOfTree(tree), { prefer: 'wait=8' })).json<Analysis>();
    expect(analysis.leftOut).toEqual({ ignored: 1, vendored: 2, generated: 1 });
    expect(analysis.leftOutFiles).toEqual([
      { path: 'package-lock.json', reason: 'generated' },
      { path: 'tmp/x.js', reason: 'ignored' },
    ]);
  });

  it('stores each content once, and an audit line without a path', async () => {
    const [{ count: before }] = (await rows<{ count: string }>(`SELECT count(*) FROM file_contents`)) as [
      { count: string },
    ];
    await kit.analysed({ ...TREE, 'src/one.js': '1;\n', 'src/same.js': '1;\n' });
    const [{ count: after }] = (await rows<{ count: string }>(`SELECT count(*) FROM file_contents`)) as [
      { count: string },
    ];
    expect(Number(after) - Number(before)).toBe(1);
    const lines = await rows<{ details: object }>(
      `SELECT details FROM audit_log WHERE action = 'code-analysis.created'`,
    );
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toContain('.js');
  });

  it('makes one analysis for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'upload-1' };
    const [first, second] = [
      await kit.send(zipOfTree(different('key')), headers),
      await kit.send(tarGzOfTree(different('key')), headers),
    ];
    if (second.statusCode === 202) {
      expect(second.headers['idempotent-replayed']).toBe('true');
      expect(second.json<{ id: string }>().id).toBe(first.json<{ id: string }>().id);
    }
    const other = await kit.send(zipOfTree(different('another')), headers);
    expect([other.statusCode, other.json<{ code: string }>().code]).toEqual([422, 'idempotency_key_reused']);
  });

  it('answers each hostile archive with a problem that names what is wrong, or with the rest', async () => {
    for (const [kind, { bytes, answer }] of Object.entries(HOSTILE)) {
      const archive = bytes();
      const got = await kit.send(archive);
      const body = got.json<{ code?: string }>();
      if (typeof answer === 'string') expect([kind, body.code]).toEqual([kind, answer]);
      else expect([kind, [200, 202, 422].includes(got.statusCode)]).toEqual([kind, true]);
    }
    expect((await kit.get('/health/live')).statusCode).toBe(200);
  }, 60_000);

  it('says that nothing is left to analyse', async () => {
    const answer = await kit.send(
      zipOf([
        { name: 'node_modules/a.js', content: 'x' },
        { name: 'a.bin', content: '\0\0' },
      ]),
    );
    expect([answer.statusCode, answer.json<{ detail: string }>().detail]).toEqual([
      422,
      'There is nothing to analyse: every file was left out (1 vendored, 1 binary).',
    ]);
  });

  it.each([
    ['another name of the part', formOf(zipOfTree(TREE), { field: 'archive' }), 422, 'form_parts_invalid'],
    ['no part', Buffer.from('--boundary-of-a-test--\r\n'), 422, 'form_parts_invalid'],
    ['no boundary', Buffer.from('hello'), 400, 'malformed_form'],
    ['a form that is cut off', formOf(zipOfTree(TREE)).subarray(0, -40), 400, 'malformed_form'],
    [
      'two files',
      Buffer.concat([formOf(zipOfTree(TREE)).subarray(0, -24), formOf(zipOfTree(TREE))]),
      422,
      'form_parts_invalid',
    ],
  ])('refuses a form with %s', async (_what, payload, status, code) => {
    const answer = await kit.call('POST', '/v1/code-analyses', { headers: { 'content-type': FORM_TYPE }, payload });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, code]);
  });

  it('refuses JSON with every mistake at its place', async () => {
    const body = {
      files: [
        { path: '', content: 1 },
        { path: 'a', content: 'x', mode: 7 },
      ],
      more: true,
    };
    const answer = await kit.post('/v1/code-analyses', body);
    expect(answer.statusCode).toBe(422);
    expect(
      answer
        .json<{ errors: { pointer: string }[] }>()
        .errors.map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/files/0/content', '/files/0/path', '/files/1/mode', '/more']);
  });

  it('reads nothing of what is too large, of whoever may not send, and of other types', async () => {
    const call = (headers: Record<string, string>, payload: Buffer | string = 'x') =>
      kit.call('POST', '/v1/code-analyses', { headers, payload });
    const large = await call({ 'content-type': FORM_TYPE, 'content-length': String(50 * 1024 * 1024) });
    expect([large.statusCode, large.json<{ code: string }>().code]).toEqual([413, 'upload_too_large']);
    const json = await call({ 'content-type': 'application/json' }, Buffer.alloc(21 * 1024 * 1024, '['));
    expect([json.statusCode, json.json<{ code: string }>().code]).toEqual([413, 'upload_too_large']);
    const stranger = await call({ 'content-type': 'application/json', authorization: '' }, '{"broken');
    expect(stranger.statusCode).toBe(401);
    expect((await call({ 'content-type': 'text/plain' })).statusCode).toBe(415);
    const empty = await call({ 'content-type': 'application/json' }, '');
    expect([empty.statusCode, empty.json<{ code: string }>().code]).toEqual([400, 'empty_body']);
    const stray = await kit.call('POST', '/v1/sessions', {
      headers: { 'content-type': FORM_TYPE },
      payload: formOf(Buffer.from('x')),
    });
    expect([stray.statusCode, stray.json<{ code: string }>().code]).toEqual([415, 'unsupported_media_type']);
  });

  it('takes JSON beyond the size of other calls', async () => {
    const content = Array.from({ length: 40_000 }, (_, line) => `const value${line} = ${line};`).join('\n');
    const answer = await kit.post('/v1/code-analyses', jsonOfTree({ 'big.js': content }), { prefer: 'wait=8' });
    expect(answer.statusCode).toBe(200);
  });

  it('counts files by language, and has every series at 0 from the start', async () => {
    const text = (await kit.get('/metrics', { accept: 'text/plain' })).body;
    expect(text).toMatch(/tech_spec_code_analysis_files_total\{file_type="JavaScript"\} [1-9]/);
    expect(text).toContain('tech_spec_code_analysis_files_total{file_type="Zig"} 0');
    expect(text).toContain('tech_spec_code_analysis_components_total 0');
    for (const type of ['rest', 'graphql', 'grpc'])
      expect(text).toContain(`tech_spec_api_endpoints_inferred_total{endpoint_type="${type}"}`);
  });

  it('keeps files as long as it says, and what was found for longer', async () => {
    const { id } = await kit.analysed(different('old'));
    await rows(`UPDATE code_analyses SET created_at = now(), emptied_at = NULL`);
    await rows(`UPDATE code_analyses SET created_at = now() - interval '8 days' WHERE id = $1`, [id]);
    await rows(`UPDATE file_contents SET sent_at = now() - interval '8 days'`);
    // Of all analyses this one alone is old.
    const retention = kit.app.get(CodeRetentionRepository, { strict: false });
    // Contents that another analysis still lists stay with it.
    expect([await retention.emptyAnalyses(7, 100), await retention.removeContents(7, 100)]).toEqual([1, 1]);
    expect([await retention.emptyAnalyses(7, 100), await retention.removeContents(7, 100)]).toEqual([0, 0]);
    expect(await rows(`SELECT 1 FROM analysed_files WHERE analysis_id = $1`, [id])).toEqual([]);
    expect((await kit.get(`/v1/code-analyses/${id}/stack`)).statusCode).toBe(200);
  });
});

describe('a tar of two hundred files', () => {
  it('is analysed from a process that is api and worker', async () => {
    const kit = await codeKit({ cache: { enabled: false } });
    try {
      const parts = Array.from({ length: 450 }, (_, at) => ({ name: `src/f${at}.py`, content: `x = ${at}\n` }));
      const answer = await kit.send(tarGzOf(parts), { prefer: 'wait=8' });
      expect([answer.statusCode, answer.json<Analysis>().filesByType]).toEqual([200, { Python: 450 }]);
    } finally {
      await kit.close();
    }
  });
});
