import { type Answer, testApp, type TestApp } from '../../support/app.js';

interface Problem {
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string }[];
}
interface Made {
  readonly id: string;
}

const LISTS = ['/v1/sessions', '/v1/audit', '/v1/api-keys', '/v1/workspaces'] as const;
const BRIEF = { name: 'n', brief: { projectType: 'web API', requirements: ['Orders are kept for ten years.'] } };

const told = (answer: Answer) => {
  const { code, errors } = answer.json<Problem>();
  return [answer.statusCode, code, ...(errors ?? []).map(({ pointer }) => pointer)].join(' ');
};

describe('lists that are asked for what there is not', () => {
  let web: TestApp;
  let theirs: { readonly authorization: string };

  beforeAll(async () => {
    web = await testApp({ role: 'api' });
    const other = (await web.post('/v1/workspaces', { name: 'others' })).json<{ apiKey: { key: string } }>();
    theirs = { authorization: `Bearer ${other.apiKey.key}` };
    for (const name of ['a', 'b', 'c'])
      for (const headers of [{}, theirs]) {
        const made = await web.post('/v1/sessions', { ...BRIEF, name }, headers);
        if (made.statusCode !== 201) throw new Error(made.body);
        await web.post('/v1/api-keys', { name, role: 'viewer' }, headers);
      }
  }, 60_000);
  afterAll(() => web?.close());

  const cursorOf = async (path: string, headers = {}) => {
    const { nextCursor } = (await web.get(path, headers)).json<{ nextCursor: string }>();
    expect(nextCursor).toEqual(expect.any(String));
    return nextCursor;
  };

  it.each(LISTS)('%s: an unknown name of a filter is a mistake, and told', async (path) => {
    for (const name of ['state', 'Status', 'sort[]', 'workspaceId', 'workspace_id', 'order', '__proto__'])
      expect(told(await web.get(`${path}?${encodeURIComponent(name)}=x`))).toBe(`422 invalid_input ?${name}`);
  });

  it('an unknown sort is a mistake, and told; nothing of it reaches the database', async () => {
    for (const sort of [
      'brief',
      'id',
      'created_at',
      'CreatedAt',
      '+name',
      '--name',
      'name,id',
      'name desc',
      '1',
      "name'--",
      '',
    ])
      expect(told(await web.get(`/v1/sessions?sort=${encodeURIComponent(sort)}`))).toBe('422 invalid_input ?sort');
  });

  it.each(LISTS)('%s: pages that there can not be', async (path) => {
    for (const query of ['page=0', 'page=-1', 'page=1.5', 'page=x', 'perPage=0', 'limit=0', 'limit=1e2'])
      expect(told(await web.get(`${path}?${query}`))).toBe(`422 invalid_input ?${query.split('=', 1)}`);
    for (const query of ['perPage=501', 'limit=501', 'limit=999999999'])
      expect(told(await web.get(`${path}?${query}`))).toBe(`422 page_too_large ?${query.split('=', 1)}`);
    const far = (await web.get(`${path}?page=999999999&perPage=500`)).json<{ items: unknown[] }>();
    expect(far.items).toEqual([]);
  });

  it.each(LISTS)('%s: NUL is told wherever it stands, and bytes that are no text break nothing', async (path) => {
    for (const text of ['%00', 'a%00b']) {
      expect(told(await web.get(`${path}?cursor=${text}&x=y`))).toBe('422 invalid_input ?cursor ?x');
      expect((await web.get(`${path}?${text}=x`)).statusCode).toBe(422);
    }
    for (const name of path === '/v1/sessions' ? ['q', 'model', 'status', 'sort'] : [])
      expect(told(await web.get(`${path}?${name}=a%00b`))).toContain(`422 invalid_input ?${name}`);
    for (const text of ['%ED%A0%80', '%FF', '%', '%zz', '%C3%28'])
      for (const name of ['q', 'cursor', 'page', 'sort', text])
        expect((await web.get(`${path}?${name}=${text}`)).statusCode).toBeLessThan(500);
  });

  it.each([
    ['/v1/sessions', 'createdAfter', 'createdBefore'],
    ['/v1/audit', 'after', 'before'],
  ])('%s: times out of range are told, all at once', async (path, after, before) => {
    for (const time of [
      '0000-01-01T00:00:00Z',
      '+275760-09-13T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026',
      'infinity',
    ]) {
      const text = encodeURIComponent(time);
      const pointers = `?${after} ?${before}`;
      expect(told(await web.get(`${path}?${after}=${text}&${before}=${text}`))).toBe(`422 invalid_input ${pointers}`);
    }
    const widest = `${after}=0001-01-01T00:00:00Z&${before}=9999-12-31T23:59:59Z`;
    expect((await web.get(`${path}?${widest}`)).json<{ items: unknown[] }>().items.length).toBeGreaterThan(1);
    const shifted = encodeURIComponent('2000-01-01T00:00:00+23:59');
    expect((await web.get(`${path}?${after}=${shifted}`)).statusCode).toBe(200);
  });

  it.each(LISTS)('%s: a cursor is of one list, one filter, one order and one workspace', async (path) => {
    const cursor = await cursorOf(`${path}?limit=1`);
    const other = LISTS[(LISTS.indexOf(path) + 1) % LISTS.length];
    const elsewhere = [
      web.get(`${other}?limit=1&cursor=${cursor}`),
      web.get(`${path}?limit=1&cursor=${cursor}`, theirs),
      ...(path === '/v1/sessions'
        ? ['q=a', 'status=queued', 'sort=name', 'sort=createdAt', 'model=a', 'createdAfter=2000-01-01T00:00:00Z'].map(
            (query) => web.get(`${path}?limit=1&cursor=${cursor}&${query}`),
          )
        : []),
    ];
    // Workspaces are listed for the admin of the installation alone.
    const refusal = /^(?:400 cursor_not_valid \?cursor|403 )/;
    for (const answer of await Promise.all(elsewhere)) expect(told(answer)).toMatch(refusal);
    expect((await web.get(`${path}?limit=1&cursor=${cursor}`)).statusCode).toBe(200);
  });

  it('a cursor with any letter changed is refused, at each of its places', async () => {
    const cursor = await cursorOf('/v1/sessions?limit=1&sort=name');
    const wrong: string[] = [];
    for (let at = 0; at < cursor.length; at++)
      for (const letter of ['A', '_'].filter((one) => one !== cursor[at])) {
        const answer = await web.get(
          `/v1/sessions?limit=1&sort=name&cursor=${cursor.slice(0, at)}${letter}${cursor.slice(at + 1)}`,
        );
        if (told(answer) !== '400 cursor_not_valid ?cursor') wrong.push(`${at} ${letter}: ${told(answer)}`);
      }
    expect(wrong).toEqual([]);
  }, 60_000);

  it('what belongs to another workspace is as unknown as what is not there', async () => {
    const { items } = (await web.get('/v1/sessions', theirs)).json<{ items: Made[] }>();
    const [{ id }] = items as [Made];
    const unknown = '0190a0de-0000-7000-8000-00000000ffff';
    for (const rest of ['', '/gaps', '/decisions', '/document', '/audit', '/events', '/document/versions']) {
      const [foreign, none] = [
        await web.get(`/v1/sessions/${id}${rest}`),
        await web.get(`/v1/sessions/${unknown}${rest}`),
      ];
      expect([rest, told(foreign)]).toEqual([rest, '404 session_unknown']);
      expect(told(none)).toBe(told(foreign));
    }
    for (const call of ['pause', 'resume', 'cancel', 'rerun'])
      expect(told(await web.post(`/v1/sessions/${id}/${call}`))).toBe('404 session_unknown');
    expect(told(await web.call('DELETE', `/v1/sessions/${id}`))).toBe('404 session_unknown');
    const own = (await web.get('/v1/audit')).json<{ items: { sessionId?: string }[] }>();
    expect(JSON.stringify(own)).not.toContain(id);
    expect((await web.get(`/v1/audit?sessionId=${id}`)).json<{ items: unknown[] }>().items).toEqual([]);
  });
});
