import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OwnerFiles } from './owner-files.js';
import { markOf } from './processes.js';

describe('the files of a data folder', () => {
  let home: string;
  const dead = { pid: 1_234_567, started: 'long ago', host: hostname() };
  const record = { major: 18, version: '18.4', settings: '-c a=b' };

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'owner-files-'));
  });

  afterEach(() => rmSync(home, { recursive: true }));

  function put(name: string, value: object): void {
    writeFileSync(join(home, name), JSON.stringify({ ...value, home }));
  }

  it('let one in at a time and leave no lock behind, also when the work fails', async () => {
    let inside = 0;
    let most = 0;
    const turns = Array.from({ length: 30 }, (_, turn) =>
      new OwnerFiles(home).locked(async () => {
        most = Math.max(most, ++inside);
        await sleep(1);
        inside -= 1;
        if (turn % 3 === 0) throw new Error('work failed');
      }),
    );
    const results = await Promise.allSettled(turns);
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect([most, readdirSync(home)]).toEqual([1, []]);
  });

  it('break the lock of a process that died, once, however many find it', async () => {
    put('start.lock', dead);
    let inside = 0;
    const overlaps: number[] = [];
    const turns = Array.from({ length: 10 }, () =>
      new OwnerFiles(home).locked(async () => {
        overlaps.push(++inside);
        await sleep(1);
        inside -= 1;
      }),
    );
    await Promise.all(turns);
    expect(overlaps).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it('know an owner that runs from one that died, left, or was copied from another folder', () => {
    const files = new OwnerFiles(home);
    const me = markOf(process.pid);
    if (!me) throw new Error('this process runs');
    expect(files.hasOwner()).toBe(false);
    files.writeOwner({ ...me, ...record });
    expect(files.hasOwner()).toBe(true);
    files.leaveToGuests();
    expect([files.hasOwner(), files.readOwner()?.settings]).toEqual([false, '-c a=b']);
    files.writeOwner({ ...me, started: 'before', ...record });
    expect(files.hasOwner()).toBe(false);
    writeFileSync(join(home, 'owner'), JSON.stringify({ ...me, ...record, home: '/the/original' }));
    expect([files.hasOwner(), files.readOwner()]).toEqual([false, undefined]);
  });

  it('take an owner on another host for running as long as it touches its file', () => {
    const files = new OwnerFiles(home);
    files.writeOwner({ pid: 1, started: 'there', host: 'another-host', ...record });
    expect(files.hasOwner()).toBe(true);
    const minuteAgo = new Date(Date.now() - 60_000);
    utimesSync(join(home, 'owner'), minuteAgo, minuteAgo);
    expect(files.hasOwner()).toBe(false);
  });

  it('count guests that run and forget those that died', () => {
    const files = new OwnerFiles(home);
    const signOff = files.addGuest();
    files.addGuest();
    put(join('guests', 'dead'), dead);
    expect([files.countGuests(), existsSync(join(home, 'guests', 'dead'))]).toEqual([2, false]);
    signOff();
    expect(files.countGuests()).toBe(1);
  });
});
