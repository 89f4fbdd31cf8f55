import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPidFile } from '../../../src/shared/database/embedded/postmaster.js';
import { ADMIN_KEY } from '../../support/config.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { linesForPeople, runProgram } from '../../support/program.js';
import { ScriptedRegistry } from '../../support/registry.js';
import { releaseOf, ServiceProcess, type Release } from '../../support/service.js';

const SCRAPER = 'the-token-of-the-scraper';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a service that is ready', () => {
  let release: Release;
  let registry: ScriptedRegistry;
  let area: string;
  let service: ServiceProcess | undefined;

  beforeAll(async () => {
    release = releaseOf();
    registry = await ScriptedRegistry.start();
    area = mkdtempSync(join(tmpdir(), 'techspec-ready-'));
    chmodSync(area, 0o711);
  }, 60_000);

  afterEach(async () => {
    await service?.stop();
    service = undefined;
  });

  afterAll(async () => {
    await registry.close();
    release.remove();
    rmSync(area, { recursive: true, force: true });
  });

  const start = async (database: Pick<TestDatabase, 'url' | 'ownerUrl'>, env: Record<string, string>) => {
    const close = () => Promise.resolve();
    service = await ServiceProcess.start({ release, database: { ...database, close }, registry: registry.url, env });
    return service;
  };

  describe('at a terminal', () => {
    const embedded = () => ({
      DATABASE_URL: '',
      MIGRATION_DATABASE_URL: '',
      TECHSPEC_API_KEY: '',
      TECHSPEC_DATA: join(area, 'my data'),
    });
    const none = { url: '', ownerUrl: '' };

    /** Address, key and body of the line to copy, as a shell reads it. */
    function readyLine(said: string): { url: string; key: string; body: string } {
      const [line = ''] = /^ {2}curl .*$/m.exec(said) ?? [];
      const [, url = '', written = '', body = ''] =
        /^ {2}curl -s (\S+) -H "Authorization: Bearer (.*?)" -H 'Content-Type: application\/json' -d '(.*)'$/.exec(
          line,
        ) ?? [];
      const file = /^\$\(cat '(.*)'\)$/.exec(written)?.[1];
      return { url, key: file === undefined ? written : readFileSync(file, 'utf8').trim(), body };
    }

    const post = ({ url, key, body }: ReturnType<typeof readyLine>) =>
      fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body,
      });

    it('says where it is, shows the new key once, and gives a line that starts a session', async () => {
      const first = await start(none, embedded());
      expect(first.said).toMatch(/^Techspec \d+\.\d+\.\d+ is ready at http:\/\/127\.0\.0\.1:\d+$/m);
      const key = readFileSync(join(area, 'my data', 'api-key'), 'utf8').trim();
      expect(first.said).toContain(`Your API key, shown once: ${key}\n`);
      expect(first.said).toContain(`It is also in ${area}/my data/api-key (readable by you alone).`);
      expect(first.said).toContain(`Documentation: ${first.address}/docs\n`);
      expect((await fetch(`${first.address}/docs`)).status).toBe(200);
      const line = readyLine(first.said);
      expect([line.url, line.key]).toEqual([`${first.address}/v1/sessions`, key]);
      expect((await post(line)).status).toBe(201);
    }, 60_000);

    it('the next time keeps the key to itself, the line takes it from its file, and the session is still there', async () => {
      const again = await start(none, embedded());
      const key = readFileSync(join(area, 'my data', 'api-key'), 'utf8').trim();
      expect(again.said).not.toContain(key.split('.')[1]);
      const line = readyLine(again.said);
      expect(line.key).toBe(key);
      const kept = await fetch(`${line.url}?perPage=5`, { headers: { authorization: `Bearer ${key}` } });
      expect(((await kept.json()) as { total: number }).total).toBe(1);
      expect((await post(line)).status).toBe(201);
    }, 60_000);

    it('Ctrl-C ends it with 0 within moments', async () => {
      const begun = await start(none, embedded());
      const at = performance.now();
      expect(await begun.stop('SIGINT')).toBe(0);
      expect(performance.now() - at).toBeLessThan(5_000);
    }, 60_000);

    it('Ctrl-C while it starts leaves no database running', async () => {
      const data = join(area, 'my data', 'postgres', 'data');
      const { code, out, err } = await runProgram(release, 'main', {
        cwd: area,
        env: { PORT: '0', TECHSPEC_DATA: join(area, 'my data'), TECHSPEC_API_KEY: ADMIN_KEY },
        interruptWhen: () => readPidFile(data) !== undefined,
      });
      expect([code, out, linesForPeople(err)]).toEqual([130, '', []]);
      expect(readPidFile(data)).toBeUndefined();
    }, 60_000);
  });

  it('with PROMETHEUS_PORT metrics are had there too, behind the same token, and nothing else is', async () => {
    const database = await testDatabase();
    const port = await freePort();
    const own = `http://127.0.0.1:${port}`;
    const get = (path: string, token: string) =>
      fetch(`${own}${path}`, { headers: { authorization: `Bearer ${token}` } });
    try {
      const one = await start(database, { PROMETHEUS_PORT: String(port), METRICS_TOKEN: SCRAPER });
      const scraped = await get('/metrics', SCRAPER);
      expect([scraped.status, scraped.headers.get('content-type')]).toEqual([
        200,
        expect.stringMatching(/^text\/plain/),
      ]);
      expect(await scraped.text()).toMatch(/^tech_spec_build_info\{.*\} 1$/m);
      const refused = await get('/metrics', 'somebody');
      expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([
        401,
        'metrics_token_required',
      ]);
      for (const path of ['/', '/v1/sessions', '/health', '/docs'])
        expect([path, (await get(path, ADMIN_KEY)).status]).toEqual([path, 404]);
      expect(await one.stop()).toBe(0);
      await expect(get('/metrics', SCRAPER)).rejects.toThrow('fetch failed');
    } finally {
      await database.close();
    }
  }, 60_000);
});
