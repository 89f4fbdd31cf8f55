import {
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, embeddedErrors } from './embedded-errors.js';
import type { ProcessMark } from './processes.js';
import { isRunning, markOf } from './processes.js';

/** The process that started (or adopted) the server and will stop it. */
export interface OwnerRecord extends ProcessMark {
  readonly major: number;
  readonly version: string;
  /** The command line the server was started with: an orphan with another one is restarted. */
  readonly settings: string;
  /** It ended and left the server to its guests. */
  readonly left?: true;
}

const LOCK_TIMEOUT_MS = 60_000;
const LOCK_POLL_MS = 20;
/** The owner touches its file each second; a foreign host's record untouched for this long is a dead one's. */
const FOREIGN_DEAD_MS = 5_000;

/**
 * Who uses one data folder, as small files beside it: one owner, any number of guests, one lock around every change. Each
 * says which folder it is about, since a clone copied while the program runs holds the original's files.
 */
export class OwnerFiles {
  private readonly owner: string;
  private readonly guests: string;
  private readonly lock: string;

  constructor(private readonly home: string) {
    this.owner = join(home, 'owner');
    this.guests = join(home, 'guests');
    this.lock = join(home, 'start.lock');
  }

  /** Runs `work` while no other process starts, adopts or stops the server of this folder. */
  async locked<T>(work: () => Promise<T>): Promise<T> {
    await this.takeLock();
    return work().finally(() => rmSync(this.lock, { force: true }));
  }

  /** The same for who ends: on a full disk no lock can be written, so nobody else has one, and the server must not stay. */
  async lockedUnlessFull(work: () => Promise<void>): Promise<void> {
    try {
      await this.takeLock();
    } catch (error) {
      if (codeOf(error) !== 'disk_full') throw error;
      return work();
    }
    await work().finally(() => rmSync(this.lock, { force: true }));
  }

  private async takeLock(): Promise<void> {
    const mine = join(this.home, `start.${process.pid}.${randomBytes(4).toString('hex')}`);
    try {
      this.write(mine, markOf(process.pid));
      const deadline = performance.now() + LOCK_TIMEOUT_MS;
      while (!this.tryLock(mine)) {
        if (performance.now() > deadline) throw embeddedErrors.busy(this.home);
        await sleep(LOCK_POLL_MS);
      }
    } finally {
      rmSync(mine, { force: true });
    }
  }

  /** A hard link is made whole or not at all, and carries its content, so nobody ever reads an empty lock. */
  private tryLock(mine: string): boolean {
    try {
      linkSync(mine, this.lock);
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw embeddedErrors.folder(this.home, error);
    }
    const holder = readMark(this.lock);
    if (holder && !(holder.home === this.home && isRunning(holder))) this.breakLock(`${mine}.dead`, holder);
    return false;
  }

  /** Of several that find the holder dead one rename wins; one that took a newer lock by mistake puts it back. */
  private breakLock(aside: string, dead: ProcessMark): void {
    try {
      renameSync(this.lock, aside);
      const taken = readMark(aside);
      if (taken && (taken.pid !== dead.pid || taken.started !== dead.started)) linkSync(aside, this.lock);
      unlinkSync(aside);
    } catch {
      // Somebody else was quicker: the next round sees what is there now.
    }
  }

  /** The last owner's record, running or not. */
  readOwner(): OwnerRecord | undefined {
    const record = readMark(this.owner);
    return record?.home === this.home ? (record as OwnerRecord & Place) : undefined;
  }

  hasOwner(): boolean {
    const record = this.readOwner();
    if (!record || record.left) return false;
    if (record.host === hostname()) return isRunning(record);
    const touched = statSync(this.owner, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return Date.now() - touched < FOREIGN_DEAD_MS;
  }

  writeOwner(record: OwnerRecord): void {
    const fresh = `${this.owner}.${process.pid}`;
    this.write(fresh, record);
    renameSync(fresh, this.owner);
  }

  /** Guests remain: the record stays, since it says how their server was started. */
  leaveToGuests(): void {
    const record = this.readOwner();
    try {
      if (record) this.writeOwner({ ...record, left: true });
    } catch (error) {
      // They find out a moment later, when this process is gone.
      if (codeOf(error) !== 'disk_full') throw error;
    }
  }

  touchOwner(): void {
    const now = new Date();
    utimesSync(this.owner, now, now);
  }

  removeOwner(): void {
    rmSync(this.owner, { force: true });
  }

  /** @returns the way to sign off again. One process may be several guests (tests, scripts). */
  addGuest(): () => void {
    mkdirSync(this.guests, { recursive: true, mode: 0o700 });
    const path = join(this.guests, `${process.pid}.${randomBytes(4).toString('hex')}`);
    this.write(path, markOf(process.pid));
    return () => rmSync(path, { force: true });
  }

  /** Guests that still run; what dead ones left is removed. */
  countGuests(): number {
    let names: string[];
    try {
      names = readdirSync(this.guests);
    } catch {
      return 0;
    }
    return names.filter((name) => {
      const mark = readMark(join(this.guests, name));
      const alive = mark?.home === this.home && isRunning(mark);
      if (!alive) rmSync(join(this.guests, name), { force: true });
      return alive;
    }).length;
  }

  private write(path: string, value: object | undefined): void {
    try {
      writeFileSync(path, JSON.stringify({ ...value, home: this.home }), { mode: 0o600 });
    } catch (error) {
      throw embeddedErrors.folder(this.home, error);
    }
  }
}

interface Place {
  readonly home: string;
}

function readMark(path: string): (ProcessMark & Place) | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessMark & Place;
  } catch {
    return undefined;
  }
}
