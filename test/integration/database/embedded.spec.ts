import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspectEmbedded } from '../../../src/shared/database/embedded/inspect-embedded.js';
import { readPidFile } from '../../../src/shared/database/embedded/postmaster.js';
import { servesData } from '../../../src/shared/database/embedded/processes.js';
import { serverUser } from '../../../src/shared/database/embedded/server-user.js';
import type { Compiled } from '../../support/compiled.js';
import { compileSources } from '../../support/compiled.js';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { EmbeddedProcess, isAlive } from '../../support/embedded-process.js';

describe('the embedded database', () => {
  let compiled: Compiled;
  let area: string;
  let made: string;
  const started: EmbeddedProcess[] = [];
  const homes = new Set<string>();

  /** A data folder with a cluster that was made once and copied: making one takes most of a second. */
  function dataFolder(name: string): string {
    const folder = join(area, name);
    cpSync(made, folder, { recursive: true, preserveTimestamps: true });
    return folder;
  }

  async function start(folder: string, options: object = {}): Promise<EmbeddedProcess> {
    const process = await EmbeddedProcess.start(compiled.folder, folder, options);
    started.push(process);
    if (process.answer.home) homes.add(process.answer.home);
    return process;
  }

  async function until(met: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await met())) await sleep(20);
  }

  beforeAll(async () => {
    compiled = compileSources(['src/shared/database/embedded', 'src/shared/errors', 'test/support']);
    area = mkdtempSync(join(tmpdir(), 'embedded-spec-'));
    if (serverUser()) chmodSync(area, 0o711);
    made = join(area, 'made');
    const first = await start(made);
    await first.query('CREATE TABLE kept (n integer PRIMARY KEY)');
    await first.stop();
  });

  afterEach(async () => {
    for (const process of started.splice(0)) if (process.child.exitCode === null) await process.kill();
    for (const home of homes) {
      const left = readPidFile(join(home, 'data'));
      if (!left || !left.socketDir || !servesData(left.pid, join(home, 'data'))) continue;
      process.kill(left.pid, 'SIGQUIT');
      await until(() => !isAlive(left.pid));
      rmSync(left.socketDir, { recursive: true, force: true });
    }
    homes.clear();
  });

  afterAll(() => {
    rmSync(area, { recursive: true, force: true });
    compiled.remove();
  });

  it('runs as another user when we are root, in folders that others cannot read, and leaves nothing behind', async () => {
    const one = await start(dataFolder('plain'));
    const pid = one.postmaster();
    const user = serverUser();
    if (user) expect(statSync(`/proc/${pid}`).uid).toBe(user.uid);
    const socket = new URL(one.answer.url).searchParams.get('host') ?? '';
    for (const folder of [one.answer.home, join(one.answer.home, 'data'), socket]) {
      expect([folder, statSync(folder).mode & 0o777]).toEqual([folder, 0o700]);
    }
    expect(await one.query('SHOW fsync')).toEqual([{ fsync: 'on' }]);
    await one.stop();
    expect([isAlive(pid), existsSync(socket), existsSync(join(one.answer.home, 'owner'))]).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('is made once and shared when eight processes start together on an empty folder', async () => {
    const folder = join(area, 'eight');
    const all = await Promise.all(Array.from({ length: 8 }, () => start(folder)));
    expect(all.map(({ answer }) => answer.guest).sort()).toEqual([false, ...Array.from({ length: 7 }, () => true)]);
    expect(new Set(all.map(({ answer }) => answer.url)).size).toBe(1);
    await Promise.all(all.map((process) => process.query('SELECT 1')));
    const pid = all[0]?.postmaster() ?? 0;
    await Promise.all(all.map((process) => process.stop()));
    expect(isAlive(pid)).toBe(false);
  });

  it('is described for the doctor without being started', async () => {
    const folder = join(area, 'looked-at');
    expect(inspectEmbedded(folder, { root: PROJECT_ROOT })).toMatchObject({ initialised: false, log: [] });
    expect(existsSync(folder)).toBe(false);
    const one = await start(dataFolder('described'));
    const report = inspectEmbedded(join(area, 'described'), { root: PROJECT_ROOT });
    expect(report).toMatchObject({
      home: one.answer.home,
      initialised: true,
      server: one.postmaster(),
      owner: one.child.pid,
    });
    expect([report.version, report.problem]).toEqual([expect.stringMatching(/^18\./), undefined]);
    expect(report.log.join()).toContain('ready to accept connections');
    await one.stop();
    expect(inspectEmbedded(join(area, 'described'), { root: PROJECT_ROOT })).toMatchObject({ initialised: true });
    expect(inspectEmbedded(join(area, 'described'), { root: PROJECT_ROOT }).server).toBeUndefined();
  });

  it('outlives a guest, and is left to it when the owner ends first', async () => {
    const folder = dataFolder('guest');
    const owner = await start(folder);
    const [guest, other] = [await start(folder), await start(folder)];
    expect([owner.answer.guest, guest.answer.guest, guest.postmaster()]).toEqual([false, true, owner.postmaster()]);
    await other.stop();
    expect(await owner.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await owner.stop();
    expect(await guest.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await until(async () => !(await guest.ask()).guest);
    const pid = guest.postmaster();
    await guest.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('keeps every acknowledged row through kill -9 of its owner, and the next start adopts it', async () => {
    const folder = dataFolder('orphan');
    const first = await start(folder);
    const pid = first.postmaster();
    for (let n = 1; n <= 50; n++) await first.query('INSERT INTO kept VALUES ($1)', [n]);
    await first.kill();
    expect(isAlive(pid)).toBe(true);
    const second = await start(folder);
    expect([second.answer.guest, second.postmaster()]).toEqual([false, pid]);
    expect(await second.query('SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 50 }]);
    await second.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('stops an orphan that was started with other settings, and starts its own', async () => {
    const folder = dataFolder('settings');
    const first = await start(folder, { maxConnections: 50 });
    const pid = first.postmaster();
    await first.kill();
    const second = await start(folder, { maxConnections: 60 });
    expect(isAlive(pid)).toBe(false);
    expect(await second.query('SHOW max_connections')).toEqual([{ max_connections: '60' }]);
  });

  it('passes to a guest when its owner is killed', async () => {
    const folder = dataFolder('passed');
    const owner = await start(folder);
    const guest = await start(folder);
    await owner.kill();
    await until(async () => !(await guest.ask()).guest);
    process.kill(guest.postmaster(), 'SIGKILL');
    await until(() =>
      guest.query('SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    expect((await guest.ask()).said.join()).toContain('restarted');
  });

  it('is restarted at the same address when its server dies, with every acknowledged row', async () => {
    const one = await start(dataFolder('dead'));
    for (let n = 1; n <= 50; n++) await one.query('INSERT INTO kept VALUES ($1)', [n]);
    const pid = one.postmaster();
    process.kill(pid, 'SIGKILL');
    await until(() => one.postmaster() !== pid && isAlive(one.postmaster()));
    await until(async () => (await one.ask()).said.length > 0);
    expect(await one.query('SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 50 }]);
  });

  it("starts after owner and server were killed together, and removes the dead server's socket folder", async () => {
    const folder = dataFolder('both');
    const first = await start(folder);
    await first.query('INSERT INTO kept VALUES (1)');
    const socket = new URL(first.answer.url).searchParams.get('host') ?? '';
    process.kill(first.postmaster(), 'SIGKILL');
    await first.kill();
    const second = await start(folder);
    expect(await second.query('SELECT n FROM kept')).toEqual([{ n: 1 }]);
    expect(existsSync(socket)).toBe(false);
  });

  it('does not take another program for its server when the process number was given away', async () => {
    const folder = dataFolder('stale');
    const pidFile = join(folder, 'postgres', 'data', 'postmaster.pid');
    const lines = [process.pid, join(folder, 'postgres', 'data'), 1, 5432, '/tmp/ts-none00', '', 0, 'ready'];
    writeFileSync(pidFile, `${lines.join('\n')}\n`);
    const one = await start(folder);
    expect(await one.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(one.postmaster()).not.toBe(process.pid);
  });

  it('is never shared by two clones, even when one was copied while its server ran', async () => {
    const folder = dataFolder('original');
    const original = await start(folder);
    await original.query('CHECKPOINT');
    cpSync(folder, join(area, 'clone'), { recursive: true, preserveTimestamps: true });
    const clone = await start(join(area, 'clone'));
    expect(clone.answer.code).toBeUndefined();
    expect([clone.answer.guest, clone.postmaster() === original.postmaster()]).toEqual([false, false]);
    await clone.query('INSERT INTO kept VALUES (7)');
    expect(await original.query('SELECT n FROM kept')).toEqual([]);
  });

  it("takes a data folder whose path is longer than a socket's may be", async () => {
    const folder = dataFolder(join('long', ...Array.from({ length: 4 }, () => 'x'.repeat(60))));
    expect(folder.length).toBeGreaterThan(220);
    const one = await start(folder);
    expect(await one.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('survives Ctrl-C at the whole process group until its owner has drained', async () => {
    const one = await start(dataFolder('ctrl-c'));
    const pid = one.postmaster();
    one.ctrlC();
    await sleep(100);
    expect(await one.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await one.ended();
    expect([one.child.exitCode, isAlive(pid)]).toEqual([0, false]);
  });

  it('says in one line what to do when the data folder cannot be written or is of another version', async () => {
    writeFileSync(join(area, 'file'), '');
    const blocked = await start(join(area, 'file', 'data'));
    expect(blocked.answer).toEqual({
      code: 'data_folder_not_writable',
      message: expect.stringMatching(
        /^The data folder .* cannot be written \(a file is in its place\): set TECHSPEC_DATA .*$/,
      ) as string,
    });
    const folder = dataFolder('older');
    writeFileSync(join(folder, 'postgres', 'data', 'PG_VERSION'), '17\n');
    const older = await start(folder);
    expect(older.answer.code).toBe('embedded_database_version');
    expect(older.answer.message).toMatch(/PostgreSQL 17 .*this release brings 18: .*/);
  });

  it('moves to a private folder of each clone when its user cannot reach the data folder, and says where', async () => {
    const places: string[] = [];
    for (const clone of ['first', 'second']) {
      const closed = join(area, `closed-${clone}`);
      mkdirSync(closed, { mode: 0o700 });
      const one = await start(join(closed, 'data'));
      // Only root lends the server another user; everybody else reaches their own folders.
      const moved = serverUser() !== undefined;
      expect(one.answer.said).toEqual(moved ? [expect.stringContaining(one.answer.home)] : []);
      expect(one.answer.home.startsWith(closed)).toBe(!moved);
      expect(statSync(one.answer.home).mode & 0o777).toBe(0o700);
      await one.query(`CREATE TABLE of_${clone} (n integer)`);
      await one.stop();
      const again = await start(join(closed, 'data'));
      expect(again.answer.home).toBe(one.answer.home);
      expect(await again.query(`SELECT n FROM of_${clone}`)).toEqual([]);
      places.push(again.answer.home);
      await again.stop();
    }
    expect(new Set(places).size).toBe(2);
    for (const place of places) rmSync(place, { recursive: true });
  });
});
