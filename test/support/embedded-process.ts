import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';
import pg from 'pg';
import { markOf } from '../../src/shared/database/embedded/processes.js';
import { PROJECT_ROOT } from './project-root.js';

export interface Answer {
  readonly url: string;
  readonly ownerUrl: string;
  readonly guest: boolean;
  readonly home: string;
  readonly said: readonly string[];
  readonly code?: string;
  readonly message?: string;
}

/** One run of embedded-child.ts. */
export class EmbeddedProcess {
  private readonly lines: Interface;

  private constructor(
    readonly child: ChildProcess,
    readonly answer: Answer,
    lines: Interface,
  ) {
    this.lines = lines;
  }

  /** In a process group of its own, like a program in a terminal. */
  static async start(compiled: string, folder: string, options: object = {}): Promise<EmbeddedProcess> {
    const script = join(compiled, 'test/support/embedded-child.js');
    const child = spawn(process.execPath, [script, PROJECT_ROOT, folder, JSON.stringify(options)], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    return new EmbeddedProcess(child, await next(lines), lines);
  }

  /** What it says now. */
  async ask(): Promise<Pick<Answer, 'guest' | 'said'>> {
    const answer = next(this.lines);
    this.child.stdin?.write('state\n');
    return answer;
  }

  async stop(): Promise<void> {
    this.child.stdin?.write('stop\n');
    await this.ended();
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended();
  }

  ctrlC(): void {
    process.kill(-(this.child.pid ?? 0), 'SIGINT');
  }

  async ended(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    await new Promise((resolve) => this.child.once('exit', resolve));
  }

  postmaster(): number {
    return postmasterOf(this.answer.home);
  }

  async query(sql: string, parameters: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.answer.ownerUrl, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query(sql, [...parameters])).rows as Record<string, unknown>[];
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

function next(lines: Interface): Promise<Answer> {
  return new Promise((resolve) => lines.once('line', (line) => resolve(JSON.parse(line) as Answer)));
}

/** Process number of the server that works in this home; 0: none. */
function postmasterOf(home: string): number {
  try {
    return Number.parseInt(readFileSync(join(home, 'data', 'postmaster.pid'), 'utf8'), 10);
  } catch {
    return 0;
  }
}

/** A killed one that nobody has collected yet does not count. */
export function isAlive(pid: number): boolean {
  return pid > 0 && markOf(pid) !== undefined;
}
