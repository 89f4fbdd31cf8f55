import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one process for ever: a pid alone is given to somebody else after a while. */
export interface ProcessMark {
  readonly pid: number;
  /** When it started, in whatever terms the system has; only compared. */
  readonly started: string;
  /** Containers that share a folder do not see each other's processes. */
  readonly host: string;
}

/** The mark of a running process; undefined when there is none with that pid (or only its zombie). */
export function markOf(pid: number): ProcessMark | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started, host: hostname() };
}

export function isRunning(mark: ProcessMark): boolean {
  return mark.host === hostname() && startOf(mark.pid) === mark.started;
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return linuxStart(pid);
    if (process.platform === 'win32') return process.kill(pid, 0) ? 'running' : undefined;
    const text = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return text === '' || text.startsWith('Z') ? undefined : text.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

/** proc(5): the name may hold blanks and brackets, so fields are counted from the last one; 3 is state, 22 start. */
function linuxStart(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}:${fields[19] ?? ''}`;
}

/** Whether `pid` is the PostgreSQL server of exactly this data folder, and not a process that got its number later. */
export function servesData(pid: number, dataDir: string): boolean {
  try {
    // A server works in its data folder, whatever its command line looks like.
    if (process.platform === 'linux') return startOf(pid) !== undefined && readlinkSync(`/proc/${pid}/cwd`) === dataDir;
    if (process.platform === 'win32') return process.kill(pid, 0);
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(dataDir);
  } catch {
    return false;
  }
}

/** Processes that work in this data folder: children outlive a killed server for some milliseconds. Linux; else none. */
export function processesIn(dataDir: string): number[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => servesData(pid, dataDir));
}
