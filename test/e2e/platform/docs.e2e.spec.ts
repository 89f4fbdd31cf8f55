import { testApp, type TestApp } from '../../support/app.js';

interface Operation {
  summary?: string;
  operationId?: string;
  security?: unknown[];
  requestBody?: { content: Record<string, { schema?: unknown; example?: unknown }> };
  responses: Record<string, { content?: Record<string, { schema?: unknown; example?: unknown }> }>;
}
interface Contract {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

describe('the contract', () => {
  let web: TestApp;
  let contract: Contract;
  beforeAll(async () => {
    web = await testApp();
    contract = (await web.call('GET', '/openapi.json', { headers: { authorization: '' } })).json<Contract>();
  }, 60_000);
  afterAll(() => web.close());

  it('is OpenAPI 3.1 and needs no key', () => {
    expect(contract.openapi).toBe('3.1.0');
    expect(Object.keys(contract.paths)).toEqual(expect.arrayContaining(['/whoami', '/health', '/metrics']));
  });

  it('every call has a summary, a name of its own and an answer with schema and example', () => {
    const operations = Object.entries(contract.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ call: `${method} ${path}`, operation })),
    );
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(operations.length);
    const faults = operations.flatMap(({ call, operation }) => [
      ...(operation.summary ? [] : [`${call}: no summary`]),
      ...Object.entries(operation.responses).flatMap(([status, { content }]) =>
        Object.entries(content ?? {}).flatMap(([type, media]) => [
          ...(media.schema ? [] : [`${call}: ${status} ${type} has no schema`]),
          ...(media.example === undefined ? [`${call}: ${status} ${type} has no example`] : []),
        ]),
      ),
      ...(Object.entries(operation.responses).some(
        ([status, { content }]) => status.startsWith('2') && (content !== undefined || status === '204'),
      )
        ? []
        : [`${call}: no described success`]),
    ]);
    expect(faults).toEqual([]);
  });

  it('every body that may be sent has an example, and the call takes it', async () => {
    const posted = Object.entries(contract.paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { requestBody }]) =>
        Object.entries(requestBody?.content ?? {}).map(([type, { example }]) => ({ path, method, type, example })),
      ),
    );
    expect(posted.length).toBeGreaterThanOrEqual(5);
    const { headers } = await web.call('GET', '/v1/criteria');
    for (const { path, method, type, example } of posted) {
      expect({ path, method, example }).toEqual({ path, method, example: expect.any(Object) });
      if (type !== 'application/json') continue;
      const url = path.replace(/\{.*\}/, '00000000-0000-7000-8000-000000000000');
      const options = { payload: example as object, headers: { 'if-match': String(headers.etag) } };
      const { statusCode, body } = await web.call(method.toUpperCase(), url, options);
      // 404: there is no such session, but what was sent is in order.
      const taken = statusCode < 300 || statusCode === 404;
      expect({ path, taken, ...(taken ? {} : { body }) }).toEqual({ path, taken: true });
    }
  });

  it('says which calls need a key', () => {
    expect(contract.paths['/whoami']?.['get']?.security).toHaveLength(2);
    expect(contract.paths['/health']?.['get']?.security).toBeUndefined();
  });
});

describe('the page at /docs', () => {
  let web: TestApp;
  beforeAll(async () => {
    web = await testApp();
  }, 60_000);
  afterAll(() => web.close());

  it('loads nothing from elsewhere and allows its own script and style by hash alone', async () => {
    const answer = await web.call('GET', '/docs', { headers: { authorization: '', accept: 'text/html' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).not.toMatch(/(?:src|href)="https?:/);
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).not.toContain('unsafe');
    expect(policy.match(/'sha256-[\w+/=]+'/g)).toHaveLength(2);
  });

  it('names every problem code where the type of a problem points to', async () => {
    const problem = (await web.get('/v1/nothing')).json<{ type: string }>();
    const page = await web.get('/docs', { accept: 'text/html' });
    expect(problem.type).toBe('/docs#error-route_not_found');
    expect(page.body).toContain('id="error-route_not_found"');
  });
});
