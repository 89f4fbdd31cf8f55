import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../src/shared/database/embedded/embedded-errors.js';

const CHUNKS = [1 << 20, 1 << 16, 1 << 12, 1].map((bytes) => Buffer.alloc(bytes, 'x'));

/** A disk of a few megabytes in memory, mounted by root or by who may become root without a password (as hosted CI). */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Why this machine gives none; undefined: it does. */
  static refusal(): string | undefined {
    if (process.platform !== 'linux') return `no tmpfs on ${process.platform}`;
    const disk = SmallDisk.attempt(1);
    if (typeof disk === 'string') return disk;
    disk.remove();
    return undefined;
  }

  static make(megabytes: number): SmallDisk {
    const disk = SmallDisk.attempt(megabytes);
    if (typeof disk === 'string') throw new Error(disk);
    return disk;
  }

  private static attempt(megabytes: number): SmallDisk | string {
    const folder = mkdtempSync(join(tmpdir(), 'techspec-disk-'));
    chmodSync(folder, 0o711);
    const owner = `uid=${process.getuid?.() ?? 0},gid=${process.getgid?.() ?? 0}`;
    const problem = asRoot('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711,${owner}`, 'tmpfs', folder);
    if (problem === undefined) return new SmallDisk(folder);
    rmdirSync(folder);
    return `a small disk cannot be mounted here: ${problem}`;
  }

  private get filler(): string {
    return join(this.folder, 'filler');
  }

  /** Takes all that is free, to the last byte; may be called again when something became free. */
  fill(): void {
    const file = openSync(this.filler, 'a');
    try {
      for (const chunk of CHUNKS) while (writes(file, chunk)) continue;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.filler, { force: true });
  }

  /** Fails while a process still works on it. */
  remove(): void {
    const problem = asRoot('umount', this.folder);
    if (problem !== undefined) throw new Error(problem);
    rmdirSync(this.folder);
  }

  /** For the end of a test that failed: whoever still works there keeps it until it ends. */
  abandon(): void {
    if (asRoot('umount', '--lazy', this.folder) === undefined) rmdirSync(this.folder);
  }
}

function writes(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length;
  } catch (error) {
    if (codeOf(error) === 'ENOSPC') return false;
    throw error;
  }
}

function asRoot(...command: readonly string[]): string | undefined {
  const [file = '', ...args] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  return (error?.message ?? stderr).trim() || `${file} ended with ${status}`;
}
