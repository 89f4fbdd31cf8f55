import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { ClientBase, Pool } from 'pg';
import type { EntityManager } from 'typeorm';
import { Config } from '../../config/config.js';
import { Clock, IdSource } from '../clock/clock.js';
import { DatabaseConnection } from '../database/database-connection.js';
import { pause, within } from './backoff.js';
import {
  DbosRuntime,
  ENGINE_APPLICATION,
  ENGINE_SCHEMA,
  enginePriority,
  type EngineBody,
  NO_ADDRESS,
} from './dbos-runtime.js';
import { EngineGate } from './engine-gate.js';
import { EngineLogger } from './engine-logger.js';
import { enginePool } from './engine-pool.js';
import { EngineRun, type FinishedChild, type RunHost, type RunPlace } from './engine-run.js';
import { Heartbeat } from './heartbeat.js';
import { Reaper } from './reaper.js';
import { StepLimit } from './step-limit.js';
import {
  type QueueDefinition,
  WorkflowEngine,
  type WorkflowRun,
  type WorkflowStart,
  type WorkflowState,
} from './workflow-engine.js';
import { describeEnd, workflowState } from './workflow-state.js';
import { WorkflowRepository } from './workflow.repository.js';

/** Of the 25 s a process has to stop, steps in flight get this long. */
const STOP_GRACE_MS = 8000;
/** Whoever presses Ctrl-C waits: what is in flight is begun again at the next start. */
const INTERRUPT_GRACE_MS = 500;
const CLOSE_MS = 2000;
const NO_LANE = 'common';

/**
 * WorkflowEngine on DBOS. States: defining → launched (`onApplicationBootstrap`, after every module's `onModuleInit`) →
 * stopped. With role `api` it only enqueues, cancels and looks; with `worker` and `all` it also executes, beats and reaps.
 */
@Injectable()
export class DbosWorkflowEngine
  extends WorkflowEngine
  implements OnApplicationBootstrap, BeforeApplicationShutdown, RunHost
{
  readonly gate = new EngineGate();
  private readonly logger = new Logger('WorkflowEngine');
  private readonly queues = new Map<string, QueueDefinition>();
  private readonly limits = new Map<string, StepLimit>();
  private readonly bodies = new Map<string, EngineBody>();
  private readonly hooks: (() => Promise<void>)[] = [];
  private readonly pool: Pool;
  private readonly repository: WorkflowRepository;
  private readonly client: Promise<DBOSClient>;
  private runtime?: DbosRuntime;
  private heartbeat?: Heartbeat;
  private stopped?: Promise<void>;

  constructor(
    private readonly config: Config,
    connection: DatabaseConnection,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {
    super();
    this.pool = enginePool(connection.url, config.role === 'api' ? 'api' : 'worker', (error) =>
      this.logger.warn(`The engine lost a connection: ${error.message}`),
    );
    this.repository = new WorkflowRepository(this.pool);
    this.client = DBOSClient.create({
      systemDatabaseUrl: NO_ADDRESS,
      systemDatabasePool: this.pool,
      systemDatabaseSchemaName: ENGINE_SCHEMA,
      applicationName: ENGINE_APPLICATION,
      logger: new EngineLogger(),
    });
  }

  queue(definition: QueueDefinition): void {
    this.stillDefining();
    this.queues.set(definition.name, definition);
  }

  limit(definition: QueueDefinition): void {
    this.limits.set(definition.name, new StepLimit(definition, this.repository));
  }

  define<I extends object>(name: string, body: (input: I, run: WorkflowRun) => Promise<void>): void {
    this.stillDefining();
    if (this.bodies.has(name)) throw new Error(`Two workflows are defined under the name "${name}".`);
    this.bodies.set(name, async (input, place) => {
      await this.gate.pass();
      const id = DBOS.workflowID;
      if (id === undefined) throw new Error('A workflow ran outside of the engine.');
      await body(input as I, new EngineRun(id, place, this));
    });
  }

  onReconcile(hook: () => Promise<void>): void {
    this.hooks.push(hook);
  }

  onApplicationBootstrap(): void {
    this.launch();
  }

  /** Starts executing in the background, unless the role is `api`; see `ready` to wait for it. */
  launch(): void {
    if (this.config.role === 'api' || this.runtime) return;
    void this.begin().catch((error: unknown) => this.logger.error('The workflow engine did not start', String(error)));
  }

  /** Resolves when this process executes (at once for `api`). */
  async ready(): Promise<void> {
    while (this.config.role !== 'api' && this.runtime === undefined && !this.stopped) await pause(5);
    await this.runtime?.launch();
  }

  async start<I extends object>(manager: EntityManager, start: WorkflowStart<I>): Promise<void> {
    const runner = manager.queryRunner;
    if (!runner?.isTransactionActive) throw new Error('Work is started within a transaction of the caller only.');
    const connection = (await runner.connect()) as ClientBase;
    const client = await this.client;
    const place: RunPlace = { lane: start.lane ?? NO_LANE, priority: start.priority };
    await client.enqueueInTransaction<EngineBody>(
      connection,
      {
        workflowName: start.workflow,
        queueName: start.queue,
        workflowID: start.id,
        priority: enginePriority(start.priority),
        queuePartitionKey: place.lane,
      },
      start.input,
      place,
    );
  }

  async cancel(workflowId: string): Promise<void> {
    await (await this.client).cancelWorkflow(workflowId, { cancelChildren: true });
  }

  async state(workflowId: string): Promise<WorkflowState> {
    return (await this.states([workflowId])).get(workflowId) ?? 'unknown';
  }

  async states(workflowIds: readonly string[]): Promise<ReadonlyMap<string, WorkflowState>> {
    const states = new Map<string, WorkflowState>(workflowIds.map((id) => [id, 'unknown']));
    if (workflowIds.length === 0) return states;
    const client = await this.client;
    const found = await client.listWorkflows({ workflowIDs: [...workflowIds], loadInput: false, loadOutput: false });
    for (const one of found) states.set(one.workflowID, workflowState(one.status));
    return states;
  }

  load(): Promise<readonly { readonly queue: string; readonly queued: number; readonly running: number }[]> {
    return this.repository.load([...this.queues.keys()]);
  }

  limitOf(name: string): StepLimit {
    const limit = this.limits.get(name);
    if (limit === undefined) throw new Error(`No limit is declared under the name "${name}".`);
    return limit;
  }

  async startChild(workflow: string, queue: string, id: string, input: object, place: RunPlace): Promise<void> {
    await this.executing().startChild(workflow)(id, queue, input, place);
  }

  async finished(ids: readonly string[], signal: AbortSignal): Promise<readonly FinishedChild[]> {
    const client = await this.client;
    for (;;) {
      const found = await client.listWorkflows({ workflowIDs: [...ids], loadInput: false });
      const ends = new Map(found.map((one) => [one.workflowID, describeEnd(one.status, one.error)]));
      if (ids.every((id) => ends.get(id) !== undefined)) return ids.map((id) => ({ id, ...ends.get(id) }));
      await this.gate.interruptible((closing) =>
        pause(this.config.workflow.pollMs, AbortSignal.any([closing, signal])),
      );
    }
  }

  beforeApplicationShutdown(signal?: string): Promise<void> {
    return this.stop(signal === 'SIGINT' ? INTERRUPT_GRACE_MS : STOP_GRACE_MS);
  }

  stop(graceMs = STOP_GRACE_MS): Promise<void> {
    return (this.stopped ??= this.end(graceMs));
  }

  private async begin(): Promise<void> {
    const { workflow, workflowVersion, role } = this.config;
    const executorId = `${workflowVersion}:${this.ids.next()}`;
    const client = await this.client;
    this.runtime = new DbosRuntime({
      pool: this.pool,
      client,
      executorId,
      version: workflowVersion,
      pollMs: workflow.pollMs,
      queues: [...this.queues.values()],
      bodies: this.bodies,
    });
    const reaper = new Reaper(client, this.repository, workflowVersion, this.hooks, {
      deadAfterMs: workflow.deadAfterMs,
      monotonicMs: () => this.clock.monotonicMs(),
      now: () => this.clock.now(),
    });
    this.heartbeat = new Heartbeat({ executorId, role, everyMs: workflow.heartbeatMs }, this.repository, reaper);
    // The first beat is written before anything is claimed: work without a living executor would be taken away.
    await this.heartbeat.start(() => this.executing().launch());
  }

  /** Order matters: stop claiming, let steps write their checkpoints, hand back the rest, and only then close the pool. */
  private async end(graceMs: number): Promise<void> {
    this.gate.close();
    // The library waits for the poll it is in; on a database that is away that may take its time.
    await within(CLOSE_MS, this.runtime?.stop() ?? Promise.resolve()).catch(() => undefined);
    const left = await this.gate.drain(graceMs);
    if (left > 0) this.logger.warn(`${left} steps did not finish in ${graceMs} ms; another process begins them again`);
    const client = await this.client;
    await this.heartbeat?.end(client);
    for (const limit of this.limits.values()) limit.close();
    await client.destroy();
    // A statement that hangs on a dead database must not keep the process.
    await within(CLOSE_MS, this.pool.end()).catch(() => undefined);
  }

  private executing(): DbosRuntime {
    if (this.runtime === undefined) throw new Error('The workflow engine of this process does not execute.');
    return this.runtime;
  }

  private stillDefining(): void {
    if (this.runtime) throw new Error('Queues and workflows are defined before the application starts (onModuleInit).');
  }
}
