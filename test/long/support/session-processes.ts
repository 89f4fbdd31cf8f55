import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { publishCatalogue } from '../../e2e/sessions/sessions-kit.js';
import { ADMIN_KEY } from '../../support/config.js';
import { compileSources, type Compiled } from '../../support/compiled.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { ScriptedRegistry } from '../../support/registry.js';

/** Processes of the product over one database and one registry; each may be killed and started again. */
export class SessionProcesses {
  private child?: ChildProcess;
  private port = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly registry: ScriptedRegistry,
    private readonly compiled: Compiled,
    private readonly dir: string,
  ) {}

  static async open(compiled: Compiled): Promise<SessionProcesses> {
    const registry = await ScriptedRegistry.start();
    publishCatalogue(registry);
    const dir = mkdtempSync(join(tmpdir(), 'techspec-kill-'));
    return new SessionProcesses(await testDatabase(), registry, compiled, dir);
  }

  static compile(): Compiled {
    return compileSources(['src', 'migrations']);
  }

  async start(killAt?: string): Promise<void> {
    const settings = {
      folder: this.compiled.folder,
      root: PROJECT_ROOT,
      url: this.database.url,
      ownerUrl: this.database.ownerUrl,
      registry: this.registry.url,
      dir: this.dir,
      key: ADMIN_KEY,
      killAt,
    };
    const child = fork(join(__dirname, 'session-process.cjs'), [JSON.stringify(settings)], {
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.child = child;
    const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [{ port?: number }];
    if (typeof message?.port !== 'number') throw new Error('the process did not start');
    this.port = message.port;
  }

  /** Resolves when the running process is gone. */
  async gone(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** Paths of the registry whose answers are stored. */
  async storedFacts(): Promise<string[]> {
    const source = await new DataSource({ type: 'postgres', url: this.database.url, poolSize: 1 }).initialize();
    const rows: { url: string }[] = await source.query('SELECT url FROM upstream_facts');
    await source.destroy();
    return rows.map(({ url }) => decodeURIComponent(new URL(url).pathname));
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text) as T;
  }

  async close(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.gone();
    await this.registry.close();
    await this.database.close();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
