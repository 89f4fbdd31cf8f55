import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OWNER_ROLE } from '../../../src/shared/database/embedded/initialise.js';
import { readPidFile } from '../../../src/shared/database/embedded/postmaster.js';
import { ADMIN_KEY } from '../../support/config.js';
import { suiteIf } from '../../support/optional-suite.js';
import { linesForPeople, runProgram } from '../../support/program.js';
import { ScriptedRegistry } from '../../support/registry.js';
import { releaseOf, ServiceProcess, type Release } from '../../support/service.js';
import { SmallDisk } from '../../support/small-disk.js';

/** An empty database takes about 55 MB. */
const ENOUGH_MB = 110;
const CANARY = 'canary of the brief';
const PROBLEM = /^application\/problem\+json/;

suiteIf(SmallDisk.refusal(), 'a full disk', () => {
  let release: Release;
  let registry: ScriptedRegistry;
  let disk: SmallDisk | undefined;
  let service: ServiceProcess | undefined;
  const acknowledged = new Set<string>();

  beforeAll(async () => {
    release = releaseOf();
    registry = await ScriptedRegistry.start();
  }, 60_000);

  afterEach(async () => {
    await service?.stop('SIGKILL');
    disk?.abandon();
    service = disk = undefined;
    acknowledged.clear();
  });

  afterAll(async () => {
    await registry.close();
    release.remove();
  });

  async function startOn(small: SmallDisk): Promise<ServiceProcess> {
    const none = { url: '', ownerUrl: '', close: () => Promise.resolve() };
    const env = { DATABASE_URL: '', MIGRATION_DATABASE_URL: '', TECHSPEC_DATA: join(small.folder, 'data') };
    return ServiceProcess.start({
      release,
      database: none,
      registry: registry.url,
      env: { ...env, LOG_LEVEL: 'warn' },
    });
  }

  /** A session that waits for its plan; `kilobytes` of text that can't be compressed. What is acknowledged is kept in mind. */
  async function post(to: ServiceProcess, kilobytes: number): Promise<Response> {
    const noise = () =>
      Array.from({ length: 900 }, () => Math.random().toString(36).slice(2))
        .join(' ')
        .slice(0, 9_000);
    const requirements = [`${CANARY}: readers borrow 200 books an hour.`];
    for (let size = 0; size < kilobytes; size += 9) requirements.push(`Note ${size}: ${noise()}`);
    const brief = { projectType: 'web service', requirements };
    const answer = await to.request('POST', '/v1/sessions', { name: 'Library', brief, options: { plan: 'ask' } });
    if (answer.status === 201) acknowledged.add(((await answer.clone().json()) as { id: string }).id);
    return answer;
  }

  const readable = async (from: ServiceProcess) => (await from.request('GET', '/v1/sessions?perPage=1')).status;

  async function within(ms: number, met: () => Promise<boolean>): Promise<boolean> {
    for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) if (await met()) return true;
    return false;
  }

  /** Without a restart: it is ready, takes new work, and every session that was acknowledged goes on. */
  async function expectHealed(healed: ServiceProcess): Promise<void> {
    expect(await within(15_000, async () => (await healed.request('GET', '/health/ready')).ok)).toBe(true);
    expect(await within(5_000, async () => (await post(healed, 1)).status === 201)).toBe(true);
    const waiting = async (id: string) =>
      (await healed.call<{ status: string }>('GET', `/v1/sessions/${id}`)).status === 'awaiting_plan';
    for (const id of acknowledged) expect([id, await within(60_000, () => waiting(id))]).toEqual([id, true]);
  }

  it.each([
    ['that has no room for the database', 16],
    ['that has no room for its schema', 48],
  ])('%s: the start says in one line to free space, and leaves nothing running', async (_what, megabytes) => {
    disk = SmallDisk.make(megabytes);
    const env = { PORT: '0', TECHSPEC_DATA: join(disk.folder, 'data'), TECHSPEC_API_KEY: ADMIN_KEY };
    const { code, out, err } = await runProgram(release, 'main', { cwd: disk.folder, env });
    expect([code, out, linesForPeople(err)]).toEqual([1, '', [expect.stringMatching(/disk .*: free some/)]]);
    disk.remove();
    disk = undefined;
  });

  it('later: 507 and nothing stored, reads go on, and with space again it goes on by itself', async () => {
    disk = SmallDisk.make(ENOUGH_MB);
    service = await startOn(disk);
    expect((await post(service, 1)).status).toBe(201);
    let refused: Response | undefined;
    for (let tries = 0; tries < 60 && !refused; tries += 1) {
      disk.fill();
      const answer = await post(service, 200);
      if (answer.status !== 201) refused = answer;
    }
    expect([refused?.status, refused?.headers.get('content-type')]).toEqual([507, expect.stringMatching(PROBLEM)]);
    expect(await refused?.json()).toMatchObject({
      code: 'disk_full',
      detail: expect.stringContaining('nothing was stored'),
    });
    expect([await readable(service), (await service.request('GET', '/health/live')).status]).toEqual([200, 200]);
    const { total } = await service.call<{ total: number }>('GET', '/v1/sessions?perPage=1');
    expect(total).toBe(acknowledged.size);
    expect(service.said).not.toContain(CANARY);
    disk.free();
    await expectHealed(service);
    expect(await service.stop()).toBe(0);
    service = undefined;
    disk.remove();
    disk = undefined;
  }, 120_000);

  it('without room for the log of the database: 503 and when to come back, then it goes on by itself', async () => {
    disk = SmallDisk.make(ENOUGH_MB);
    service = await startOn(disk);
    expect((await post(service, 1)).status).toBe(201);
    await writeAheadUntilItFails(disk);
    const refused = await post(service, 1);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([503, expect.stringMatching(PROBLEM)]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await service.request('GET', '/health/live')).status).toBe(200);
    expect((await service.request('GET', '/health/ready')).status).toBe(503);
    disk.free();
    await expectHealed(service);
    disk.fill();
    expect(await service.stop()).toBe(0);
    service = undefined;
    disk.remove();
    disk = undefined;
  }, 120_000);
});

/** The database takes its log from files of 16 MB; when no further one can be made, it stops at once. */
async function writeAheadUntilItFails(disk: SmallDisk): Promise<void> {
  const dataDir = join(disk.folder, 'data', 'postgres', 'data');
  const { socketDir = '', port = 0 } = readPidFile(dataDir) ?? {};
  const client = new pg.Client({ host: socketDir, port, user: OWNER_ROLE, database: 'postgres' });
  client.on('error', () => undefined);
  await client.connect();
  // Loaded before the disk is full, since a session keeps what it read.
  const write = () => client.query(`SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000000))`);
  await write();
  disk.fill();
  for (let megabytes = 0; megabytes < 64; megabytes += 1) {
    try {
      await write();
    } catch {
      expect(readFileSync(join(disk.folder, 'data', 'postgres', 'server.log'), 'utf8')).toContain('PANIC');
      return;
    }
  }
  throw new Error('64 MB of log found room on a full disk');
}
