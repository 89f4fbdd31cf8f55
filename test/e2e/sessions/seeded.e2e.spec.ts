import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataSource } from 'typeorm';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { testApp, type TestApp } from '../../support/app.js';

const run = promisify(execFile);

interface Page {
  readonly items: readonly { readonly id: string; readonly name: string }[];
  readonly nextCursor: string | null;
}

describe('a workspace filled by npm run seed', () => {
  let web: TestApp;
  let other: TestApp;

  const seed = (app: TestApp, ...args: string[]) =>
    run(process.execPath, [join(PROJECT_ROOT, 'scripts', 'seed.mjs'), ...args], {
      env: { ...process.env, DATABASE_URL: app.database.ownerUrl, MIGRATION_DATABASE_URL: '' },
    });
  const fingerprint = async (app: TestApp) => {
    const rows = await app.app
      .get(DataSource, { strict: false })
      .query<{ n: number; sum: string }[]>(
        `SELECT count(*)::int AS n, md5(string_agg(s::text, '' ORDER BY id)) AS sum FROM (SELECT id, name, brief, status, model, created_at FROM sessions) AS s`,
      );
    return rows[0];
  };

  beforeAll(async () => {
    [web, other] = await Promise.all([testApp({ role: 'api' }), testApp({ role: 'api' })]);
    await seed(web, '--sessions', '400', '--children', '0.1');
  }, 120_000);
  afterAll(async () => {
    await web?.close();
    await other?.close();
  });

  it('has the same rows in every database, and a larger call adds the rest', async () => {
    await seed(other, '--sessions', '100', '--children', '0.1');
    expect((await fingerprint(other))?.n).toBe(100);
    await seed(other, '--sessions', '400', '--children', '0.1');
    expect(await fingerprint(other)).toEqual(await fingerprint(web));
    expect((await fingerprint(web))?.n).toBe(400);
  }, 60_000);

  it('is listed, searched and shown as any other', async () => {
    const page = (await web.get('/v1/sessions?limit=500')).json<Page>();
    expect(page.items).toHaveLength(400);
    expect((await web.get('/v1/sessions?q=topic1')).json<Page>().items).toHaveLength(3);
    const rows = await documented();
    expect(rows).toHaveLength(40);
    for (const path of ['', '/gaps', '/decisions', '/audit', '?include=gaps,decisions'])
      expect([path, (await web.get(`/v1/sessions/${rows[0]?.session_id}${path}`)).statusCode]).toEqual([path, 200]);
  });

  const documented = () =>
    web.app.get(DataSource, { strict: false }).query<{ session_id: string }[]>('SELECT session_id FROM documents');

  it.each([
    [['--sessions', '0'], '--sessions is a whole number'],
    [['--sessions', 'many'], '--sessions is a whole number'],
    [['--children', '2'], '--children is a share'],
    [['--workspace', 'mine'], '--workspace is the id'],
    [['--rows', '7'], "Unknown option '--rows'"],
  ])('%j is refused with the reason', async (args, reason) => {
    await expect(seed(web, ...args)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(reason) as string,
    });
  });
});
