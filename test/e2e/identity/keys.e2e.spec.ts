import crypto from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { AuditService } from '../../../src/modules/identity/audit.service.js';
import type { Answer } from '../../support/app.js';
import { testApp, type TestApp } from '../../support/app.js';
import { BRIEF, sessionsKit, type SessionsKit } from '../sessions/sessions-kit.js';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  readonly key: string;
}
interface Page {
  readonly items: readonly Key[];
  readonly total?: number;
  readonly nextCursor?: string | null;
}

/** What a process may still serve after a revocation on another one. */
const SECOND = 1000;

describe('keys and workspaces', () => {
  let one: SessionsKit;
  /** Another process of the same installation. */
  let other: TestApp;

  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const json = { 'content-type': 'application/json' };
  const as = (key: string, method: string, url: string, body?: unknown, headers = {}) =>
    one.call(method, url, {
      headers: { ...bearer(key), ...(body === undefined ? {} : json), ...headers },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
  const make = async (name: string, role: string, by = one.key): Promise<Key> => {
    const answer = await as(by, 'POST', '/v1/api-keys', { name, role });
    expect(answer.statusCode).toBe(201);
    return answer.json<Key>();
  };
  const rows = <T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> =>
    one.app.get(DataSource, { strict: false }).query<T[]>(sql, [...parameters]);
  const code = (answer: Answer) => [answer.statusCode, answer.json<{ code: string }>().code];

  beforeAll(async () => {
    one = await sessionsKit();
    const { url, migrationUrl } = one.config.database;
    other = await testApp({ role: 'api', database: { url, migrationUrl } });
  }, 90_000);
  afterAll(async () => {
    await other?.close();
    await one?.close();
  });

  it('a new key works at once, its secret is told once and kept nowhere', async () => {
    const answer = await one.post('/v1/api-keys', { name: '  build server ', role: 'operator' });
    const made = answer.json<Key>();
    expect(answer.statusCode).toBe(201);
    expect(answer.headers).toMatchObject({ location: `/v1/api-keys/${made.id}`, 'cache-control': 'private, no-store' });
    expect(made).toMatchObject({ name: 'build server', role: 'operator', revokedAt: null });
    expect(made.key).toMatch(new RegExp(`^tsk_${made.id}\\.[\\w-]{43}$`));
    expect((await as(made.key, 'GET', '/whoami')).json()).toMatchObject({ keyId: made.id, role: 'operator' });
    expect({ ...(await one.get(`/v1/api-keys/${made.id}`)).json<object>(), key: made.key }).toEqual(made);
    const [, secret] = made.key.split('.');
    for (const table of ['api_keys', 'audit_log', 'idempotency_keys']) {
      const [stored] = await rows<{ text: string }>(
        `SELECT coalesce(string_agg(t::text, ''), '') AS text FROM ${table} t`,
      );
      expect([table, stored!.text.includes(secret!)]).toEqual([table, false]);
    }
  });

  it('one Idempotency-Key makes one key; the replay names it without its secret', async () => {
    const ask = () => one.post('/v1/api-keys', { name: 'once', role: 'viewer' }, { 'idempotency-key': 'make-once' });
    const first = (await ask()).json<Key>();
    const again = await ask();
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect([again.statusCode, again.json()]).toEqual([201, { ...first, key: null }]);
    const [stored] = await rows<{ text: string }>(`SELECT string_agg(t::text, '') AS text FROM idempotency_keys t`);
    expect(stored!.text).toContain(first.id);
    expect(stored!.text).not.toContain(first.key.split('.')[1]);
    expect(await rows(`SELECT id FROM api_keys WHERE name = 'once'`)).toHaveLength(1);
  });

  it('names every mistake, and makes nothing', async () => {
    const before = (await one.get('/v1/api-keys?perPage=500')).json<Page>().total;
    const wrong = await one.post('/v1/api-keys', { name: ' ', role: 'root', admin: true });
    expect(wrong.statusCode).toBe(422);
    const pointers = wrong.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['/admin', '/name', '/role']);
    for (const name of ['a\u0007b', 'line\nbreak', 'x'.repeat(101)])
      expect((await one.post('/v1/api-keys', { name, role: 'viewer' })).statusCode).toBe(422);
    expect((await one.get('/v1/api-keys?perPage=500')).json<Page>().total).toBe(before);
  });

  it('lists keys by number and by cursor, the newest first, each once', async () => {
    for (let count = 0; count < 5; count++) await make(`listed ${count}`, 'viewer');
    const all = (await one.get('/v1/api-keys?perPage=500')).json<Page>();
    expect(all.items).toHaveLength(all.total!);
    expect(all.items[0]!.name).toBe('listed 4');
    expect(JSON.stringify(all)).not.toMatch(/tsk_|sha256|secret/);
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await one.get(`/v1/api-keys?limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      expect(page.statusCode).toBe(200);
      const { items, nextCursor } = page.json<Page>();
      seen.push(...items.map(({ id }) => id));
      cursor = nextCursor;
      if (cursor) expect(page.headers['link']).toContain('rel="next"');
    } while (cursor);
    expect(seen).toEqual(all.items.map(({ id }) => id));
  });

  it('a revoked key opens nothing within a second, on no process', async () => {
    const { id, key } = await make('to be revoked', 'viewer');
    const served = async (web: TestApp) => (await web.get('/whoami', bearer(key))).statusCode;
    expect([await served(one), await served(other)]).toEqual([200, 200]);
    const revoked = await one.call('DELETE', `/v1/api-keys/${id}`);
    const at = Date.now();
    expect([revoked.statusCode, revoked.body]).toEqual([204, '']);
    expect(await served(one)).toBe(401);
    while ((await served(other)) !== 401) {
      expect(Date.now() - at).toBeLessThan(SECOND + 200);
      await sleep(20);
    }
    expect((await one.get(`/v1/api-keys/${id}`)).json<Key>().revokedAt).not.toBeNull();
    expect((await one.call('DELETE', `/v1/api-keys/${id}`)).statusCode).toBe(204);
    const lines = await rows(`SELECT actor FROM audit_log WHERE action = 'api-key.revoked' AND subject = $1`, [
      `api-key/${id}`,
    ]);
    expect(lines).toEqual([{ actor: 'testadmin' }]);
  });

  it('compares two digests in constant time once a call, whatever the key is', async () => {
    const { id, key } = await make('compared', 'viewer');
    const gone = await make('gone', 'viewer');
    await one.call('DELETE', `/v1/api-keys/${gone.id}`);
    const compared = jest.spyOn(crypto, 'timingSafeEqual');
    const asked = [
      key,
      `tsk_${id}.${'x'.repeat(43)}`,
      `tsk_${id}.${'x'.repeat(200)}`,
      `tsk_neverwas1.${'x'.repeat(43)}`,
      gone.key,
    ];
    try {
      // Twice: known to the process or looked up, the way is the same.
      for (const text of [...asked, ...asked]) {
        compared.mockClear();
        const { statusCode } = await as(text, 'GET', '/whoami');
        expect([text, statusCode]).toEqual([text, text === key ? 200 : 401]);
        expect(compared.mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual([[32, 32]]);
      }
    } finally {
      compared.mockRestore();
    }
  });

  it('open streams of a revoked key end within a second, on every process; those of others go on', async () => {
    const { id, key } = await make('listener', 'viewer');
    const session = await one.create({ ...BRIEF, options: { plan: 'ask' } });
    await one.until(session.id, 'awaiting_plan');
    const ended: Record<string, number> = {};
    const follow = (name: string, web: TestApp, path: string, auth: string) =>
      web.get(`/v1/sessions/${session.id}/${path}`, bearer(auth)).then((answer) => {
        ended[name] = Date.now();
        return answer;
      });
    const streams = [
      follow('events', one, 'events', key),
      follow('elsewhere', other, 'events', key),
      follow('document', one, 'document/stream', key),
    ];
    const stays = follow('another key', one, 'events', one.key);
    await sleep(300);
    expect(ended).toEqual({});
    await one.call('DELETE', `/v1/api-keys/${id}`);
    const at = Date.now();
    for (const answer of await Promise.all(streams))
      expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('retry: 1000')]);
    for (const name of ['events', 'elsewhere', 'document'])
      expect([name, ended[name]! - at < SECOND + 200]).toEqual([name, true]);
    expect(ended['another key']).toBeUndefined();
    await one.post(`/v1/sessions/${session.id}/cancel`);
    expect((await stays).body).toContain('session.cancelled');
  }, 20_000);

  it('the key of the setting and the last admin key stay, and say what to do', async () => {
    expect(code(await one.call('DELETE', '/v1/api-keys/testadmin'))).toEqual([409, 'api_key_from_environment']);
    const workspace = (await one.post('/v1/workspaces', { name: 'two admins' })).json<{ apiKey: Key }>();
    const first = workspace.apiKey;
    expect(code(await as(first.key, 'DELETE', `/v1/api-keys/${first.id}`))).toEqual([409, 'last_admin_key']);
    const second = await make('second', 'admin', first.key);
    // Each revokes the other at the same moment: one of them is left.
    const answers = await Promise.all([
      as(first.key, 'DELETE', `/v1/api-keys/${second.id}`),
      as(second.key, 'DELETE', `/v1/api-keys/${first.id}`),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([204, 409]);
  });

  it('a workspace is made by an admin of the first one, and sees nothing of any other', async () => {
    const answer = await one.post('/v1/workspaces', { name: 'billing' });
    expect(answer.statusCode).toBe(201);
    const { id, apiKey } = answer.json<{ id: string; apiKey: Key }>();
    expect(answer.headers['location']).toBe(`/v1/workspaces/${id}`);
    expect((await as(apiKey.key, 'GET', '/whoami')).json()).toMatchObject({
      role: 'admin',
      workspace: { id, name: 'billing' },
    });
    expect((await as(apiKey.key, 'GET', '/v1/sessions')).json<Page>().items).toEqual([]);
    expect((await as(apiKey.key, 'GET', '/v1/api-keys')).json<Page>().items.map((key) => key.id)).toEqual([apiKey.id]);
    expect((await as(apiKey.key, 'GET', '/v1/workspaces')).json<Page>().items).toEqual([
      expect.objectContaining({ id, name: 'billing' }),
    ]);
    expect(code(await as(apiKey.key, 'POST', '/v1/workspaces', { name: 'more' }))).toEqual([
      403,
      'not_installation_admin',
    ]);
    expect(code(await one.post('/v1/workspaces', { name: 'billing' }))).toEqual([409, 'workspace_name_taken']);
    const names = (await one.get('/v1/workspaces')).json<Page>().items.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['default', 'billing']));
    expect(names).not.toContain('public');
    const [line] = await rows(`SELECT actor FROM audit_log WHERE action = 'workspace.created' AND subject = $1`, [
      `workspace/${id}`,
    ]);
    expect(line).toEqual({ actor: 'testadmin' });
  });

  it('an act whose audit line can’t be written does not happen', async () => {
    const victim = await make('stays', 'viewer');
    const audit = one.app.get(AuditService, { strict: false });
    const refuse = jest.spyOn(audit, 'record').mockRejectedValue(new Error('the audit log is full'));
    try {
      expect((await one.post('/v1/api-keys', { name: 'never', role: 'viewer' })).statusCode).toBe(500);
      expect((await one.call('DELETE', `/v1/api-keys/${victim.id}`)).statusCode).toBe(500);
      expect((await one.post('/v1/workspaces', { name: 'never' })).statusCode).toBe(500);
    } finally {
      refuse.mockRestore();
    }
    expect(await rows(`SELECT 1 FROM api_keys WHERE name = 'never'`)).toEqual([]);
    expect(await rows(`SELECT 1 FROM workspaces WHERE name = 'never'`)).toEqual([]);
    expect((await as(victim.key, 'GET', '/whoami')).statusCode).toBe(200);
  });
});
