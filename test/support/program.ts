import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Release } from './service.js';

export interface ProgramRun {
  /** -1: it did not end in time and was killed. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** Nothing of this shell's environment but PATH is passed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Asked again and again; Ctrl-C is pressed once when it says yes. */
  readonly interruptWhen?: () => boolean;
}

/** Runs the built service (`main`) or the command line (`cli`) to its end. */
export async function runProgram(
  release: Release,
  entry: 'main' | 'cli',
  { args = [], cwd, env, timeoutMs = 20_000, interruptWhen }: ProgramOptions,
): Promise<ProgramRun> {
  const child = spawn(process.execPath, [join(release.folder, 'dist', 'src', `${entry}.js`), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => (said.out += text));
  child.stderr.on('data', (text) => (said.err += text));
  const killer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const watch = setInterval(() => {
    if (!interruptWhen?.()) return;
    clearInterval(watch);
    child.kill('SIGINT');
  }, 5);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(killer);
  clearInterval(watch);
  return { code: code ?? -1, ...said };
}

/** What is written for a person: the log beside it consists of JSON lines. */
export const linesForPeople = (text: string): string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('{"level"'));

/** Lines of the log that tell of trouble. */
export const troublesIn = (text: string): string[] =>
  text.split('\n').filter((line) => /^\{"level":"(?:warn|error|fatal)"/.test(line));
