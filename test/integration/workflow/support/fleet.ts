import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { DbosWorkflowEngine } from '../../../../src/shared/workflow/dbos-workflow-engine.js';
import type { WorkflowStart } from '../../../../src/shared/workflow/workflow-engine.js';
import { testDatabase } from '../../../support/database.js';
import { engineFor, type EngineSettings } from './engine.js';

export interface Mark {
  readonly workflow: string;
  readonly step: string;
  readonly pid: number;
  readonly version: string;
}

/** A database of its own, an api-role engine to start work with, and worker processes that can be killed. */
export class Fleet {
  private readonly workers: ChildProcess[] = [];

  private constructor(
    readonly url: string,
    private readonly closeDatabase: () => Promise<void>,
    readonly source: DataSource,
    readonly engine: DbosWorkflowEngine,
  ) {}

  static async open(): Promise<Fleet> {
    const database = await testDatabase();
    const source = await new DataSource({ type: 'postgres', url: database.url, poolSize: 4 }).initialize();
    const owner = await new DataSource({ type: 'postgres', url: database.ownerUrl, poolSize: 1 }).initialize();
    await owner.query(`CREATE TABLE marks (
      workflow text NOT NULL, step text NOT NULL, pid int NOT NULL, version text NOT NULL,
      seq bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL DEFAULT clock_timestamp())`);
    await owner.query('GRANT ALL ON marks TO PUBLIC');
    await owner.destroy();
    return new Fleet(database.url, () => database.close(), source, engineFor({ url: database.url, role: 'api' }));
  }

  async worker(settings: Partial<EngineSettings> = {}): Promise<ChildProcess> {
    const child = fork(join(__dirname, 'worker.cjs'), [JSON.stringify({ url: this.url, ...settings })], {
      execArgv: ['--no-warnings'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.workers.push(child);
    const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as unknown[];
    if (message !== 'ready') throw new Error(`The worker said ${String(message)} instead of ready.`);
    return child;
  }

  /** Resolves when the process is really gone. */
  async kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  async stop(child: ChildProcess): Promise<void> {
    child.send('stop');
    await once(child, 'exit');
  }

  async start<I extends object>(
    start: Partial<WorkflowStart<I>> & { id: string; workflow: string; input: I },
  ): Promise<void> {
    await this.source.transaction((manager) => this.engine.start(manager, { queue: 'main', priority: 5, ...start }));
  }

  marks(workflow?: string): Promise<Mark[]> {
    return this.source.query(
      'SELECT workflow, step, pid, version FROM marks WHERE $1::text IS NULL OR workflow = $1 ORDER BY seq',
      [workflow ?? null],
    );
  }

  /** Looks every 25 ms until the answer is true; fails with `what` after `ms`. */
  async until(what: string, answer: () => Promise<boolean>, ms = 20_000): Promise<void> {
    const end = Date.now() + ms;
    while (!(await answer())) {
      if (Date.now() > end) throw new Error(`Not within ${ms} ms: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** The state, and what the engine's library recorded as the error: without it a failed run tells nothing. */
  async end(id: string): Promise<{ readonly state: string; readonly error?: string }> {
    const [row] = await this.source.query<{ error: string | null }[]>(
      'SELECT error FROM dbos.workflow_output WHERE workflow_uuid = $1',
      [id],
    );
    return { state: await this.engine.state(id), ...(row?.error ? { error: row.error } : {}) };
  }

  async done(id: string, ms?: number): Promise<void> {
    await this.until(`${id} is over`, async () => !['queued', 'running'].includes(await this.engine.state(id)), ms);
  }

  async close(): Promise<void> {
    for (const worker of this.workers) await this.kill(worker);
    await this.engine.stop();
    await this.source.destroy();
    await this.closeDatabase();
  }
}
