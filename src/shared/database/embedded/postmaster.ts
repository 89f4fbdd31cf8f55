import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import { DISK_FULL, codeOf, embeddedErrors } from './embedded-errors.js';
import { markOf, processesIn, servesData } from './processes.js';
import type { ServerUser } from './server-user.js';

/** What PostgreSQL writes into postmaster.pid, in its order of lines. */
export interface PidFile {
  readonly pid: number;
  readonly port: number;
  readonly socketDir: string;
  readonly ready: boolean;
}

export interface PostmasterStart {
  readonly binaries: Binaries;
  readonly dataDir: string;
  readonly logFile: string;
  readonly user: ServerUser | undefined;
  readonly args: readonly string[];
}

const START_TIMEOUT_MS = 120_000;
const LEFTOVER_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 20_000;
const LOG_LIMIT_BYTES = 10_000_000;

export function readPidFile(dataDir: string): PidFile | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!Number.isInteger(pid)) return undefined;
  return {
    pid,
    port: Number.parseInt(lines[3] ?? '', 10),
    socketDir: (lines[4] ?? '').trim(),
    ready: (lines[7] ?? '').trim() === 'ready',
  };
}

/** The running server of this data folder, whoever started it. */
export function runningPostmaster(dataDir: string): PidFile | undefined {
  const file = readPidFile(dataDir);
  return file && servesData(file.pid, dataDir) ? file : undefined;
}

/**
 * Starts the server and waits until it takes connections. Children of a killed server hold its shared memory for some
 * moments, and PostgreSQL refuses as long as they live: then it is tried again, for up to 20 s.
 */
export async function startPostmaster(start: PostmasterStart): Promise<number> {
  await clearForeignPidFile(start.dataDir);
  const leftoverDeadline = performance.now() + LEFTOVER_TIMEOUT_MS;
  for (;;) {
    const logStart = rotateLog(start.logFile);
    const child = spawnServer(start);
    if (await becomesReady(child, start.dataDir)) return child.pid ?? 0;
    const said = readFileSync(start.logFile).subarray(logStart).toString('utf8');
    const leftover = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/.test(said);
    if (!leftover || performance.now() > leftoverDeadline) throw explain(start, said);
    await sleep(100);
  }
}

/** Its own session: Ctrl-C goes to our process group, and the server must outlive our drain. */
function spawnServer(start: PostmasterStart): ChildProcess {
  const log = openSync(start.logFile, 'a', 0o600);
  try {
    const child = spawn(start.binaries.postgres, ['-D', start.dataDir, ...start.args], {
      ...start.user,
      ...serverEnvironment(),
      detached: true,
      stdio: ['ignore', log, log],
      windowsHide: true,
    });
    child.on('error', () => undefined);
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** Nothing of ours is for the server's eyes, keys least of all; Windows can't start a program without its own. */
export function serverEnvironment(): { env?: NodeJS.ProcessEnv } {
  return process.platform === 'win32' ? {} : { env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' } };
}

async function becomesReady(child: ChildProcess, dataDir: string): Promise<boolean> {
  let over = child.pid === undefined;
  child.once('exit', () => (over = true));
  for (const deadline = performance.now() + START_TIMEOUT_MS; performance.now() < deadline && !over; await sleep(5)) {
    const file = readPidFile(dataDir);
    if (file?.ready && file.pid === child.pid) return true;
  }
  return false;
}

/**
 * A pid file whose number now belongs to another program (after a reboot, or copied with the folder), or to a zombie under
 * a first process that collects none, would make PostgreSQL refuse for ever. When the number is dead the file stays: the server reads the old shared memory from it.
 */
async function clearForeignPidFile(dataDir: string): Promise<void> {
  const file = readPidFile(dataDir);
  if (!file || servesData(file.pid, dataDir) || !exists(file.pid)) return;
  for (const deadline = performance.now() + LEFTOVER_TIMEOUT_MS; performance.now() < deadline; await sleep(100)) {
    if (processesIn(dataDir).length === 0) break;
  }
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}

/** The socket folder of a server that was killed; one whose process number lives may be another server's. */
export function removeDeadSocketFolder(dataDir: string): void {
  const file = readPidFile(dataDir);
  if (file && markOf(file.pid) === undefined && /[\\/]ts-\w{6}$/.test(file.socketDir)) {
    rmSync(file.socketDir, { recursive: true, force: true });
  }
}

/** As PostgreSQL asks it: also true of a killed process that nobody has collected. */
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @returns the length of the log so far, so that only what this start says is read. */
function rotateLog(logFile: string): number {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size < LOG_LIMIT_BYTES) return size;
  renameSync(logFile, `${logFile}.1`);
  return 0;
}

function explain(start: PostmasterStart, said: string): Error {
  // Its log may lie on the same disk, and then it could not even say so.
  if (DISK_FULL.test(said) || isFull(start.dataDir)) return embeddedErrors.full(start.dataDir);
  const last =
    said
      .trim()
      .split('\n')
      .findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? said.trim();
  return embeddedErrors.failed('does not start', start.logFile, new Error(last));
}

function isFull(folder: string): boolean {
  try {
    return statfsSync(folder).bavail === 0;
  } catch {
    return false;
  }
}

/**
 * Fast shutdown (SIGINT: sessions end, a checkpoint is written), then an immediate one when that takes too long.
 *
 * @param answers false: at once an immediate one. A server that recovers has nothing to write yet, and one without space
 *   for it would never end.
 */
export async function stopPostmaster(pid: number, dataDir: string, answers: boolean): Promise<void> {
  for (const signal of answers ? (['SIGINT', 'SIGQUIT'] as const) : (['SIGQUIT'] as const)) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (const deadline = performance.now() + STOP_TIMEOUT_MS; performance.now() < deadline; await sleep(5)) {
      if (!servesData(pid, dataDir)) return;
    }
  }
}

/** For systems without Unix sockets. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : 5432;
}
