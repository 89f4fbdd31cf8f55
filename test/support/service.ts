import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_KEY } from './config.js';
import type { TestDatabase } from './database.js';
import { PROJECT_ROOT } from './project-root.js';

/** A copy of the built program: a later build, or another release of it, does not change what runs. */
export interface Release {
  readonly folder: string;
  remove(): void;
}

const VERSION_LINE = /(const WORKFLOW_VERSION = )'[^']*'/;

/**
 * The program as `npm run build` makes it. `workflowVersion` makes it another release, as a developer would by editing
 * the constant: nothing from outside may change it, so no setting does.
 */
export function releaseOf(workflowVersion?: string): Release {
  const script = `import('./scripts/build-if-stale.mjs').then((build) => build.buildIfStale())`;
  const built = spawnSync(process.execPath, ['-e', script], { cwd: PROJECT_ROOT, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the build failed: ${built.stderr}`);
  const cache = join(PROJECT_ROOT, 'node_modules', '.cache', 'techspec-release');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'run-'));
  cpSync(join(PROJECT_ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(PROJECT_ROOT, 'package.json'), join(folder, 'package.json'));
  for (const name of ['web', 'docs']) symlinkSync(join(PROJECT_ROOT, name), join(folder, name));
  if (workflowVersion !== undefined) setVersion(folder, workflowVersion);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function setVersion(folder: string, version: string): void {
  const file = join(folder, 'dist', 'src', 'config', 'load-config.js');
  const text = readFileSync(file, 'utf8');
  if (!VERSION_LINE.test(text)) throw new Error(`${file} names no workflow version any more`);
  writeFileSync(file, text.replace(VERSION_LINE, `$1'${version}'`));
}

export interface ServiceOptions {
  readonly release: Release;
  readonly database: TestDatabase;
  /** Address of the package registry, ending with `/`. */
  readonly registry: string;
  readonly role?: 'all' | 'api' | 'worker';
  readonly env?: Readonly<Record<string, string>>;
  /** Binary of Node; the one of this process when absent. */
  readonly node?: string;
}

const START_MS = 60_000;
const running = new Set<ChildProcess>();
// Whatever ends this run, no process of it stays behind.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** The built program in a process of its own, spoken to over HTTP; a stranger's environment, nothing of this shell's. */
export class ServiceProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly dir: string,
    private readonly output: { out: string; err: string },
    /** Without `/` at the end. */
    readonly address: string,
  ) {}

  static async start(options: ServiceOptions): Promise<ServiceProcess> {
    const dir = mkdtempSync(join(tmpdir(), 'techspec-service-'));
    const child = spawn(options.node ?? process.execPath, [join(options.release.folder, 'dist', 'src', 'main.js')], {
      cwd: dir,
      env: environmentOf(options, dir),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const output = { out: '', err: '' };
    child.stdout.on('data', (text) => (output.out += text));
    child.stderr.on('data', (text) => (output.err += text));
    for (const end = Date.now() + START_MS; ; await sleep(20)) {
      const address = /is ready at (http:\S+)/.exec(output.out)?.[1];
      if (address !== undefined) return new ServiceProcess(child, dir, output, address);
      if (hasEnded(child) || Date.now() > end) {
        child.kill('SIGKILL');
        rmSync(dir, { recursive: true, force: true });
        throw new Error(`the service did not start:\n${output.out}\n${output.err}`);
      }
    }
  }

  /** Headers of a call with the admin key. */
  get authorization(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${ADMIN_KEY}` };
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What it wrote to its log and console so far. */
  get said(): string {
    return `${this.output.out}\n${this.output.err}`;
  }

  request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    return fetch(`${this.address}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** The answer's JSON, or its text when it is none; fails on an error answer. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.request(method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves with exit code or signal once it is gone. */
  async gone(): Promise<number | NodeJS.Signals | null> {
    if (!hasEnded(this.child)) await once(this.child, 'exit');
    rmSync(this.dir, { recursive: true, force: true });
    return this.child.exitCode ?? this.child.signalCode;
  }

  stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | NodeJS.Signals | null> {
    this.signal(signal);
    return this.gone();
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function environmentOf({ database, registry, role = 'all', env }: ServiceOptions, dir: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: dir,
    TECHSPEC_DATA: join(dir, 'data'),
    PORT: '0',
    ROLE: role,
    DATABASE_URL: database.url,
    MIGRATION_DATABASE_URL: database.ownerUrl,
    DB_POOL_SIZE: '20',
    TECHSPEC_API_KEY: ADMIN_KEY,
    LOG_LEVEL: 'error',
    RATE_LIMIT_ENABLED: 'false',
    npm_config_registry: registry,
    ...env,
  };
}
