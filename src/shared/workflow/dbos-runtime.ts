import { DBOS, type DBOSClient } from '@dbos-inc/dbos-sdk';
import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';
import { backoffMs, pause } from './backoff.js';
import { EngineLogger } from './engine-logger.js';
import type { RunPlace } from './engine-run.js';
import type { QueueDefinition } from './workflow-engine.js';

/** Owner of our rows in the engine's schema. */
export const ENGINE_APPLICATION = 'techspec';
export const ENGINE_SCHEMA = 'dbos';
/** The library wants an address even when it is given a pool; this one is never connected to. */
export const NO_ADDRESS = 'postgresql://pool@localhost/techspec';

/** Times the engine lets a workflow be begun again before it sets it aside; features set theirs aside long before. */
const MAX_BEGINS = 100;

export type EngineBody = (input: object, place: RunPlace) => Promise<void>;
export type StartChild = (id: string, queue: string, input: object, place: RunPlace) => Promise<void>;

export interface RuntimeOptions {
  readonly pool: Pool;
  readonly client: DBOSClient;
  readonly executorId: string;
  readonly version: string;
  readonly pollMs: number;
  readonly queues: readonly QueueDefinition[];
  readonly bodies: ReadonlyMap<string, EngineBody>;
}

/** Ours 10 = most urgent; the engine's lower = more urgent, and 0 is kept free. */
export function enginePriority(priority: number): number {
  return 11 - Math.min(10, Math.max(1, Math.round(priority)));
}

/** The executing half of the engine: one per process, since the library keeps its registry in statics. */
export class DbosRuntime {
  private readonly logger = new Logger('WorkflowEngine');
  private readonly children = new Map<string, StartChild>();
  private readonly stopping = new AbortController();
  private launching?: Promise<void>;

  constructor(private readonly options: RuntimeOptions) {}

  /** Resolves once this process executes; tries until the database is there, or until `stop`. */
  launch(): Promise<void> {
    return (this.launching ??= this.launchUntilDone());
  }

  startChild(workflow: string): StartChild {
    const start = this.children.get(workflow);
    if (start === undefined) throw new Error(`No workflow is defined under the name "${workflow}".`);
    return start;
  }

  /** Stops claiming at once; steps in flight go on and may still write their checkpoints. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.launching?.catch(() => undefined);
    await DBOS.shutdown({ deregister: true });
  }

  private async launchUntilDone(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.launchOnce();
        return;
      } catch (error) {
        await DBOS.shutdown({ deregister: true }).catch(() => undefined);
        this.logger.warn(`The workflow engine could not start and will try again: ${String(error)}`);
        await pause(250 + backoffMs(1), this.stopping.signal).catch(() => undefined);
      }
    }
  }

  private async launchOnce(): Promise<void> {
    const { pool, executorId, version } = this.options;
    // Before the launch: a queue registered later is noticed by the dispatcher only a second after.
    await this.registerQueues();
    DBOS.setConfig({
      name: ENGINE_APPLICATION,
      systemDatabaseUrl: NO_ADDRESS,
      systemDatabasePool: pool,
      systemDatabaseSchemaName: ENGINE_SCHEMA,
      executorID: executorId,
      applicationVersion: version,
      runMigrations: false,
      // Messages between workflows are not used, so the listening connection would only cost.
      useListenNotify: false,
      logger: new EngineLogger(),
    });
    this.registerWorkflows();
    await DBOS.launch();
  }

  private async registerQueues(): Promise<void> {
    for (const { name, perProcess, fleet } of this.options.queues) {
      const here = Math.min(perProcess, fleet ?? perProcess);
      await this.options.client.registerQueue(name, {
        workerConcurrency: here,
        // Setting it makes lanes (partitions): they are served in random order, each by priority, then by age.
        partitionWorkerConcurrency: here,
        globalConcurrency: fleet,
        minPollingIntervalMs: this.options.pollMs,
        onConflict: 'always_update',
      });
    }
  }

  private registerWorkflows(): void {
    this.children.clear();
    for (const [name, body] of this.options.bodies) {
      const registered = DBOS.registerWorkflow(body, { name, maxRecoveryAttempts: MAX_BEGINS });
      this.children.set(name, async (workflowID, queueName, input, place) => {
        await DBOS.startWorkflow(registered, {
          workflowID,
          queueName,
          enqueueOptions: { priority: enginePriority(place.priority), queuePartitionKey: place.lane },
        })(input, place);
      });
    }
  }
}
