import { BRIEF, sessionsKit, type SessionsKit } from './sessions-kit.js';

const UNKNOWN = '01939f4e-5c00-7000-8000-00000000ffff';

describe('calls about sessions', () => {
  let kit: SessionsKit;

  beforeAll(async () => {
    kit = await sessionsKit();
  }, 60_000);
  afterAll(() => kit?.close());

  const total = async () => (await kit.get('/v1/sessions?page=1')).json().total;

  describe('creation', () => {
    it('answers 201 with the address of the session', async () => {
      const answer = await kit.post('/v1/sessions', BRIEF);
      expect(answer.statusCode).toBe(201);
      expect(answer.headers['location']).toBe(`/v1/sessions/${answer.json().id}`);
      expect(answer.json()).toMatchObject({ status: 'queued', progress: 0, run: 1 });
    });

    it('creates one session however often a key is sent, and replays the first answer', async () => {
      const before = await total();
      const key = { 'idempotency-key': 'order-1' };
      const answers = await Promise.all(Array.from({ length: 40 }, () => kit.post('/v1/sessions', BRIEF, key)));
      expect(await total()).toBe(before + 1);
      const made = answers.filter((answer) => answer.statusCode === 201);
      expect(new Set(made.map((answer) => answer.json().id)).size).toBe(1);
      for (const answer of answers) expect([201, 409]).toContain(answer.statusCode);
      const replay = await kit.post('/v1/sessions', BRIEF, key);
      expect(replay.headers['idempotent-replayed']).toBe('true');
      expect(replay.headers['location']).toBe(`/v1/sessions/${made[0]?.json().id}`);
      const other = await kit.post('/v1/sessions', { ...BRIEF, name: 'Another' }, key);
      expect(other.json()).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
      expect(await total()).toBe(before + 1);
    });

    it('estimates without writing anything', async () => {
      const before = await total();
      const answer = await kit.post('/v1/sessions?dryRun=true', BRIEF);
      expect(answer.statusCode).toBe(200);
      expect(answer.json()).toMatchObject({ dryRun: true, cost: { amount: '0.0000', currency: 'USD' } });
      expect(answer.json().gapsToResearch).toBeGreaterThan(3);
      expect(await total()).toBe(before);
    });

    it.each([
      ['empty', {}, 422],
      ['without a brief', { name: 'x' }, 422],
      ['with empty requirements', { name: 'x', brief: { projectType: 'api', requirements: ['  '] } }, 422],
      ['of noise', { name: 'x', brief: { projectType: 'api', requirements: ['asdf qwrt zxcvb'] } }, 422],
      ['of one word', { name: 'x', brief: { projectType: 'api', requirements: ['thing'] } }, 422],
      ['of an unknown project type', { name: 'x', brief: { ...BRIEF.brief, projectType: 'spaceship' } }, 422],
      ['that is a list', [], 422],
      ['that is text', '"brief"', 422],
      ['that is no JSON', '{"name":', 400],
      ['that is too deep', `${'['.repeat(40)}${']'.repeat(40)}`, 400],
      ['that is too large', { ...BRIEF, name: 'x'.repeat(300_000) }, 413],
      ['with an analyst that is not there', { ...BRIEF, options: { analyst: 'llm' } }, 422],
    ])('refuses a brief %s with a precise problem and keeps nothing of it', async (_case, body, status) => {
      const before = await total();
      const answer = await kit.post('/v1/sessions', body);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.json()).toMatchObject({ status, code: expect.any(String), detail: expect.any(String) });
      if (status === 422) expect(answer.json().errors.length).toBeGreaterThan(0);
      expect(await total()).toBe(before);
    });
  });

  describe('an unknown id', () => {
    it.each([UNKNOWN, 'not-an-id', '1'])('is 404 everywhere: %s', async (id) => {
      const gets = ['', '/gaps', '/gaps/G-1', '/decisions', '/document', '/document/versions', '/document/adrs'];
      for (const path of [...gets, '/document/diff?from=1&to=2', '/events', '/audit']) {
        expect((await kit.get(`/v1/sessions/${id}${path}`)).json()).toMatchObject({
          status: 404,
          code: 'session_unknown',
        });
      }
      for (const call of ['pause', 'resume', 'cancel', 'rerun']) {
        expect((await kit.post(`/v1/sessions/${id}/${call}`)).statusCode).toBe(404);
      }
      expect((await kit.post(`/v1/sessions/${id}/decisions`, { gapId: 'G-1', custom: 'x' })).statusCode).toBe(404);
      expect((await kit.call('DELETE', `/v1/sessions/${id}`)).statusCode).toBe(404);
    });
  });

  describe('the list', () => {
    const ids = (answer: { json(): unknown }) =>
      (answer.json() as { items: { id: string }[] }).items.map((item) => item.id);

    beforeAll(async () => {
      for (let index = 0; index < 5; index += 1) await kit.create({ name: `Listed ${index}` });
    });

    it('is the same by pages and by cursors, forwards and backwards', async () => {
      const all = ids(await kit.get('/v1/sessions?page=1&perPage=500'));
      const walked: string[] = [];
      let page = (await kit.get('/v1/sessions?limit=3')).json();
      let before: string | null = null;
      for (;;) {
        walked.push(...page.items.map((item: { id: string }) => item.id));
        if (!page.nextCursor) break;
        page = (await kit.get(`/v1/sessions?limit=3&cursor=${page.nextCursor}`)).json();
        before = page.prevCursor ?? before;
      }
      expect(walked).toEqual(all);
      const back = (await kit.get(`/v1/sessions?limit=3&cursor=${before}`)).json();
      const last = walked.length - (walked.length % 3 || 3);
      expect(back.items.map((item: { id: string }) => item.id)).toEqual(walked.slice(last - 3, last));
      const paged = [
        ...ids(await kit.get('/v1/sessions?page=1&perPage=4')),
        ...ids(await kit.get('/v1/sessions?page=2&perPage=4')),
      ];
      expect(paged).toEqual(all.slice(0, 8));
    });

    it('filters by status, words and time, and sorts by name', async () => {
      const named = (await kit.get('/v1/sessions?q=listed&sort=name')).json();
      expect(named.items.map((item: { name: string }) => item.name)).toEqual([0, 1, 2, 3, 4].map((n) => `Listed ${n}`));
      expect(ids(await kit.get('/v1/sessions?q=payout'))).not.toEqual([]);
      expect(ids(await kit.get('/v1/sessions?status=failed'))).toEqual([]);
      expect(ids(await kit.get('/v1/sessions?createdAfter=2999-01-01T00:00:00Z'))).toEqual([]);
      expect(ids(await kit.get('/v1/sessions?model=none'))).toEqual([]);
    });

    it('refuses a cursor of another filter or a changed one', async () => {
      const { nextCursor } = (await kit.get('/v1/sessions?limit=1')).json();
      for (const query of [`q=x&cursor=${nextCursor}`, `sort=name&cursor=${nextCursor}`, `cursor=${nextCursor}A`]) {
        expect((await kit.get(`/v1/sessions?${query}`)).json()).toMatchObject({
          status: 400,
          code: 'cursor_not_valid',
        });
      }
    });

    it('names mistakes in the query', async () => {
      const answer = await kit.get('/v1/sessions?status=done&state=x&perPage=0');
      expect(answer.statusCode).toBe(422);
      const pointers = answer.json().errors.map((error: { pointer: string }) => error.pointer);
      expect(pointers).toEqual(expect.arrayContaining(['?status', '?perPage']));
      expect((await kit.get('/v1/sessions?perPage=501')).statusCode).toBe(422);
    });
  });
});
