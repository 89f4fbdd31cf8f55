import type { EntityManager } from 'typeorm';

/** A queue of the engine; limits are workflows at once. */
export interface QueueDefinition {
  readonly name: string;
  readonly perProcess: number;
  /** Over all processes; absent: no limit beyond the sum. */
  readonly fleet?: number;
}

/** Runs inside a workflow. A finished step is never run again; a crash repeats at most the steps in flight. */
export interface WorkflowRun {
  readonly workflowId: string;
  /** `retries`: extra tries with back-off (seconds doubled, full jitter). Results must be small: ids and hashes. */
  step<T>(name: string, work: () => Promise<T>, options?: { readonly retries?: number }): Promise<T>;
  /** Starts children on a queue and waits for all; a failed child gives its error instead of a value. Ids must be stable. */
  fanOut<I extends object>(
    workflow: string,
    queue: string,
    children: readonly { readonly id: string; readonly input: I; readonly priority?: number }[],
  ): Promise<readonly { readonly id: string; readonly error?: string }[]>;
}

export interface WorkflowStart<I extends object> {
  readonly workflow: string;
  readonly queue: string;
  /** Unique for ever: a second start with the same id is the same work. */
  readonly id: string;
  readonly input: I;
  /** 1-10, 10 is the most urgent. */
  readonly priority: number;
}

/**
 * Durable work behind a port of ours: define before the engine is launched, start inside the caller's transaction.
 * What it is made of (DBOS, schema `dbos`) is known in shared/workflow alone.
 */
export abstract class WorkflowEngine {
  abstract queue(definition: QueueDefinition): void;
  abstract define<I extends object>(name: string, body: (input: I, run: WorkflowRun) => Promise<void>): void;
  /** The work exists if and only if the caller's transaction commits. */
  abstract start<I extends object>(manager: EntityManager, start: WorkflowStart<I>): Promise<void>;
  /** Stops it before its next step; one that is over stays as it is. */
  abstract cancel(workflowId: string): Promise<void>;
  /** `pending`, `done`, `failed`, `cancelled` or `unknown`. */
  abstract state(workflowId: string): Promise<'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'unknown'>;
}
