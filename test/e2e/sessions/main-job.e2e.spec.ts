import { BRIEF, eventsOf, sessionsKit, type SessionBody, type SessionsKit } from './sessions-kit.js';

describe('the main job', () => {
  let kit: SessionsKit;
  let session: SessionBody;

  beforeAll(async () => {
    kit = await sessionsKit();
    session = await kit.run();
  }, 90_000);
  afterAll(() => kit?.close());

  it('runs every node from a brief to a document', () => {
    expect(session).toMatchObject({ status: 'completed', progress: 100, degraded: [], error: null });
    expect(session.document).toMatchObject({ version: 1, run: 1 });
    expect(session.nodes.map((node) => node.name)).toEqual([
      'ingest',
      'analyseCode',
      'identifyGaps',
      'research',
      'score',
      'writeDocument',
      'validate',
      'complete',
    ]);
    for (const node of session.nodes) expect(node).toMatchObject({ state: 'done', durationMs: expect.any(Number) });
    const research = session.nodes.find((node) => node.name === 'research');
    expect(research?.gaps).toMatchObject({ failed: 0, done: research?.gaps?.total });
    expect(research?.gaps?.total).toBeGreaterThan(3);
  });

  it('gives the same body for the same brief, with no call to the registry', async () => {
    const calls = kit.registry.calls.length;
    const again = await kit.run();
    expect(again.document?.sha256).toBe(session.document?.sha256);
    expect(kit.registry.calls.length).toBe(calls);
    expect(again.cacheSavings.gapsFromCache).toBe(again.nodes.find((node) => node.name === 'research')?.gaps?.total);
  }, 30_000);

  it('has no claim whose evidence does not hold it, seen from the outside', async () => {
    const { body } = (await kit.get(`/v1/sessions/${session.id}/document`)).json();
    expect(body.claims.length).toBeGreaterThan(10);
    for (const { citation } of body.claims) {
      const query =
        citation.quote === undefined
          ? `pointer=${encodeURIComponent(citation.pointer)}&value=${encodeURIComponent(JSON.stringify(citation.value))}`
          : `quote=${encodeURIComponent(citation.quote)}`;
      const check = await kit.get(`/v1/evidence/${citation.evidence}/check?${query}`);
      expect([check.statusCode, check.json().verdict]).toEqual([200, 'found']);
    }
  }, 60_000);

  it('renders what Accept asks for, and refuses what it cannot make', async () => {
    const url = `/v1/sessions/${session.id}/document`;
    const json = await kit.get(url);
    expect(json.json()).toMatchObject({ version: 1, sha256: session.document?.sha256 });
    const markdown = await kit.get(url, { accept: 'text/markdown' });
    expect(markdown.headers['content-type']).toMatch(/^text\/markdown/);
    expect(markdown.body).toMatch(/^# Technical requirements: Ticket resale/);
    const html = await kit.get(url, { accept: 'text/html' });
    expect(html.headers['content-security-policy']).toMatch(/default-src 'none'; style-src 'sha256-/);
    expect(html.body).toMatch(/^<!doctype html>/);
    expect((await kit.get(url, { accept: 'image/png' })).statusCode).toBe(406);
  });

  it('numbers its events without a hole and resumes after the last one seen', async () => {
    const url = `/v1/sessions/${session.id}/events`;
    const answer = await kit.get(url);
    expect(answer.headers['content-type']).toMatch(/^text\/event-stream/);
    const events = eventsOf(answer.body);
    expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]?.event).toBe('session.created');
    expect(events.at(-1)).toMatchObject({ event: 'session.completed', data: { status: 'completed', progress: 100 } });
    const progress = events.map((event) => Number(event.data['progress']));
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    const rest = eventsOf((await kit.get(url, { 'last-event-id': '3' })).body);
    expect(rest).toEqual(events.slice(3));
    expect(eventsOf((await kit.get(url, { 'last-event-id': String(events.length) })).body)).toEqual([]);
    expect((await kit.get(url, { 'last-event-id': 'x' })).json()).toMatchObject({ code: 'last_event_id_malformed' });
  });

  it('streams the document in sections that together are the document', async () => {
    const markdown = await kit.get(`/v1/sessions/${session.id}/document`, { accept: 'text/markdown' });
    const { body } = await kit.get(`/v1/sessions/${session.id}/document/stream`);
    const parts = body.split('\n\n').flatMap((block) => {
      const [, event, data] = /^event: (\w+)\ndata: (.*)$/m.exec(block) ?? [];
      return event === 'section' ? [JSON.parse(data ?? '{}').markdown] : [];
    });
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.join('')).toBe(markdown.body);
    expect(body).toMatch(/event: done\ndata: {"version":1/);
  });

  it('tells what happened, when and by whom', async () => {
    const { items } = (await kit.get(`/v1/sessions/${session.id}/audit`)).json();
    expect(items.map((item: { action: string; actor: string }) => [item.action, item.actor])).toEqual([
      ['session.created', 'testadmin'],
      ['session.started', 'system'],
      ['session.advanced', 'system'],
      ['session.advanced', 'system'],
      ['session.completed', 'system'],
    ]);
  });

  it('shows gaps with rule, evidence, options and decisions', async () => {
    const { items } = (await kit.get(`/v1/sessions/${session.id}/gaps`)).json();
    expect(items).toHaveLength(24);
    for (const gap of items)
      expect(gap).toMatchObject({ rule: expect.stringMatching(/^GAP-/), reason: expect.any(String) });
    const researched = items.find((gap: { research: boolean }) => gap.research);
    expect(researched.options.length).toBeGreaterThan(1);
    expect((await kit.get(`/v1/sessions/${session.id}/gaps/${researched.id}`)).json()).toEqual(researched);
    const full = (await kit.get(`/v1/sessions/${session.id}?include=gaps,decisions`)).json();
    expect(full.gaps).toEqual(items);
    expect(full.decisions).toEqual((await kit.get(`/v1/sessions/${session.id}/decisions`)).json().items);
  });

  it('makes a new version of the same session when run again, and shows what changed', async () => {
    const started = await kit.post(`/v1/sessions/${session.id}/rerun`);
    expect(started.statusCode).toBe(202);
    const again = await kit.until(session.id, 'completed');
    expect(again).toMatchObject({ run: 2, document: { version: 2, run: 2, sha256: session.document?.sha256 } });
    const { items } = (await kit.get(`/v1/sessions/${session.id}/document/versions`)).json();
    expect(items.map((one: { version: number; run: number }) => [one.version, one.run])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect((await kit.get(`/v1/sessions/${session.id}/document/diff?from=1&to=2`)).json()).toMatchObject({
      changes: [],
    });
    expect((await kit.get(`/v1/sessions/${session.id}/document?version=1`)).json()).toMatchObject({ version: 1 });
    expect((await kit.get(`/v1/sessions/${session.id}/document?version=3`)).json()).toMatchObject({
      status: 404,
      code: 'document_unknown',
    });
    const { items: adrs } = (await kit.get(`/v1/sessions/${session.id}/document/adrs`)).json();
    expect(adrs[0]).toMatchObject({
      file: expect.stringMatching(/^0001-.*\.md$/),
      markdown: expect.stringMatching(/^# /),
    });
  }, 30_000);

  it('finds gaps in manifests that came along', async () => {
    const manifest = { name: 'shop', version: '1.0.0', dependencies: { fastify: '5.12.8', pg: '8.23.1' } };
    const files = [{ path: 'package.json', content: JSON.stringify(manifest, null, 2) }];
    const withCode = await kit.run({ files });
    const { items } = (await kit.get(`/v1/sessions/${withCode.id}/gaps`)).json();
    const framework = items.find((gap: { category: string }) => gap.category === 'framework-web');
    expect(framework).toMatchObject({ status: 'decided', decidedBy: 'fastify' });
    expect(framework.evidence[0].where).toBe('package.json:5');
  }, 30_000);

  it('takes the name of an engine as a word, whatever its signs mean elsewhere', async () => {
    const engines = { 'c++ (14': '>=1', node: '24.x' };
    const session = await kit.run({ brief: { ...BRIEF.brief, constraints: { engines } } });
    expect(session.status).toMatch(/^completed/);
    const { body } = (await kit.get(`/v1/sessions/${session.id}/document`)).json();
    expect(JSON.stringify(body.hardConstraints)).toContain('declared c++ (14 range contains >=1');
  }, 30_000);
});

describe('the main job without a registry', () => {
  let kit: SessionsKit;

  beforeAll(async () => {
    kit = await sessionsKit();
    kit.registry.misbehave('*', { kind: 'status', status: 503 });
  }, 60_000);
  afterAll(() => kit?.close());

  it('completes degraded, with the reasons, and says in the document what is unknown', async () => {
    const session = await kit.run();
    expect(session).toMatchObject({ status: 'completed_degraded', progress: 100, document: { version: 1 } });
    expect(session.degraded.length).toBeGreaterThan(0);
    for (const { reason } of session.degraded) expect(reason).toMatch(/registry/i);
    const { body } = (await kit.get(`/v1/sessions/${session.id}/document`)).json();
    expect(body.notMeasured.length).toBeGreaterThan(0);
  }, 60_000);
});
