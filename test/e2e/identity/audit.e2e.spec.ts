import pg from 'pg';
import { testApp, type TestApp } from '../../support/app.js';

interface Line {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly subject: string;
}
interface Page {
  readonly items: readonly Line[];
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
}

describe('the audit log', () => {
  let web: TestApp;
  let owner: pg.Client;

  const page = async (url: string) => (await web.get(url)).json<Page>();
  const makeKey = async (name: string, key = web.key) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const payload = JSON.stringify({ name, role: 'viewer' });
    return (await web.call('POST', '/v1/api-keys', { headers, payload })).json<{ id: string; key: string }>();
  };

  beforeAll(async () => {
    web = await testApp({ role: 'api' });
    owner = new pg.Client(web.database.ownerUrl);
    await owner.connect();
    for (let count = 0; count < 7; count++) await makeKey(`key ${count}`);
  });
  afterAll(async () => {
    await owner?.end();
    await web?.close();
  });

  it('is read by admins page by page, the newest first, on and back', async () => {
    const all = (await page('/v1/audit?limit=500')).items;
    expect(all.length).toBeGreaterThanOrEqual(7);
    expect(all.map(({ at }) => at)).toEqual([...all.map(({ at }) => at)].sort().reverse());
    const walked: string[] = [];
    let last: Page;
    let cursor = '';
    do {
      last = await page(`/v1/audit?limit=3${cursor}`);
      walked.push(...last.items.map(({ id }) => id));
      cursor = `&cursor=${last.nextCursor}`;
    } while (last.nextCursor);
    expect(walked).toEqual(all.map(({ id }) => id));
    const before = await page(`/v1/audit?limit=3&cursor=${last.prevCursor}`);
    const end = walked.length - last.items.length;
    expect(before.items.map(({ id }) => id)).toEqual(walked.slice(end - 3, end));
    const second = await page('/v1/audit?page=2&perPage=4');
    expect(second.items.map(({ id }) => id)).toEqual(walked.slice(4, 8));
  });

  it('is filtered by time and session, and a cursor of one filter opens no other', async () => {
    const [newest] = (await page('/v1/audit?limit=1')).items;
    expect(
      (await page(`/v1/audit?after=${newest?.at.slice(0, 10)}T00:00:00Z&before=2000-01-01T00:00:00Z`)).items,
    ).toEqual([]);
    expect((await page('/v1/audit?sessionId=0190a0de-0000-7000-8000-000000000000')).items).toEqual([]);
    const { nextCursor } = await page('/v1/audit?limit=1');
    const other = await web.get(`/v1/audit?limit=1&after=2000-01-01T00:00:00Z&cursor=${nextCursor}`);
    expect([other.statusCode, other.json<{ code: string }>().code]).toEqual([400, 'cursor_not_valid']);
  });

  it('names each mistake in the query', async () => {
    const answer = await web.get('/v1/audit?after=yesterday&sessionId=7&actor=me');
    expect(answer.statusCode).toBe(422);
    const pointers = answer.json<{ errors: { pointer: string }[] }>().errors.map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['?actor', '?after', '?sessionId']);
  });

  it('shows nothing of another workspace, and nothing to lower roles', async () => {
    const made = (await web.post('/v1/workspaces', { name: 'others' })).json<{ id: string; apiKey: { key: string } }>();
    const theirs = await web.get('/v1/audit', { authorization: `Bearer ${made.apiKey.key}` });
    expect(theirs.json<Page>().items.map(({ action }) => action)).toEqual(['api-key.created']);
    const viewer = await makeKey('viewer');
    expect((await web.get('/v1/audit', { authorization: `Bearer ${viewer.key}` })).statusCode).toBe(403);
  });

  it('refuses changes of a line by the database itself, its owner too', async () => {
    const count = async () => (await owner.query('SELECT count(*)::int AS n FROM audit_log')).rows[0].n as number;
    const before = await count();
    for (const change of [`UPDATE audit_log SET actor = 'nobody'`, 'DELETE FROM audit_log'])
      await expect(owner.query(change)).rejects.toThrow('only ever added');
    expect(await count()).toBe(before);
    const program = new pg.Client(web.database.url);
    await program.connect();
    try {
      for (const table of ['audit_log', 'audit_log_default'])
        for (const change of [`UPDATE ${table} SET actor = 'nobody'`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
          await expect(program.query(change)).rejects.toThrow('permission denied');
    } finally {
      await program.end();
    }
  });

  it('is kept by month; the program makes the next months, and several processes at once make each once', async () => {
    const { rows } = await owner.query(
      `SELECT DISTINCT tableoid::regclass::text AS part, to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM') AS month FROM audit_log`,
    );
    expect(rows).toEqual([{ part: `audit_log_${rows[0].month}`, month: rows[0].month }]);
    const months = () =>
      owner.query(`SELECT count(*)::int AS n FROM pg_inherits WHERE inhparent = 'audit_log'::regclass`);
    const before = (await months()).rows[0].n as number;
    const programs = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const client = new pg.Client(web.database.url);
        await client.connect();
        return client;
      }),
    );
    const made = await Promise.all(
      programs.map(
        async (client) => (await client.query('SELECT make_audit_months(5) AS made')).rows[0].made as number,
      ),
    );
    await Promise.all(programs.map((client) => client.end()));
    expect(made.reduce((sum, one) => sum + one)).toBe(3);
    expect((await months()).rows[0].n).toBe(before + 3);
  });

  it('gives a month that began without a partition its own: lines move there, and none is lost or open to change', async () => {
    const program = async () => {
      const client = new pg.Client(web.database.url);
      await client.connect();
      return client;
    };
    const where = async () =>
      (
        await owner.query<{ part: string; n: number }>(
          `SELECT tableoid::regclass::text AS part, count(*)::int AS n FROM audit_log WHERE action = 'late' GROUP BY 1 ORDER BY 1`,
        )
      ).rows;
    const late = (months: number) =>
      owner.query(
        `INSERT INTO audit_log (workspace_id, at, id, actor, action, subject)
         SELECT $1, date_trunc('month', now()) + $2 * interval '1 month' + n * interval '1 hour', gen_random_uuid(), 'x', 'late', 'x'
           FROM generate_series(0, 99) n`,
        ['00000000-0000-7000-8000-000000000001', months],
      );
    await late(7);
    await late(20);
    expect(await where()).toEqual([{ part: 'audit_log_default', n: 200 }]);
    const programs = await Promise.all([program(), program(), program()]);
    const ask = async (client: pg.Client) =>
      (await client.query('SELECT make_audit_months(8) AS made')).rows[0].made as number;
    const made = await Promise.all(programs.map(ask));
    await Promise.all(programs.map((client) => client.end()));
    expect(made.reduce((sum, one) => sum + one)).toBe(3);
    const [{ month }] = (
      await owner.query(`SELECT to_char(date_trunc('month', now()) + interval '7 months', 'YYYY_MM') AS month`)
    ).rows;
    expect(await where()).toEqual([
      { part: `audit_log_${month}`, n: 100 },
      { part: 'audit_log_default', n: 100 },
    ]);
    for (const part of [`audit_log_${month}`, 'audit_log_default'])
      await expect(owner.query(`DELETE FROM ${part}`)).rejects.toThrow('only ever added');
  });
});
