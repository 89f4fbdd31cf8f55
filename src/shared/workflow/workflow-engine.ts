import type { EntityManager } from 'typeorm';

/** A queue of the engine; limits are workflows at once. */
export interface QueueDefinition {
  readonly name: string;
  readonly perProcess: number;
  /** Over all processes; absent: no limit beyond the sum. */
  readonly fleet?: number;
}

/** What a step's work may look at while it runs. */
export interface StepContext {
  /** Fires within a second of the workflow's cancellation; hand it to whatever can be aborted. */
  readonly signal: AbortSignal;
  /** 1 for the first try of this execution. */
  readonly attempt: number;
}

export interface StepOptions {
  /** Extra tries with back-off (seconds doubled, full jitter); a mistake of the caller's is never retried. */
  readonly retries?: number;
}

/** One step of a bounded parallel set. `name` must be stable: it is how a replay recognises the step. */
export interface ParallelStep<T> extends StepOptions {
  readonly name: string;
  readonly work: (context: StepContext) => Promise<T>;
}

/** A step that failed after its tries; `code` is that of an AppError, else `internal`. */
export interface StepFailure {
  readonly code: string;
  readonly message: string;
}
export type StepOutcome<T> =
  | { readonly name: string; readonly value: T; readonly error?: undefined }
  | { readonly name: string; readonly value?: undefined; readonly error: StepFailure };

/**
 * Runs inside a workflow. A finished step is never run again; a crash repeats at most the steps in flight. The body must
 * call its steps in the same order on every run: branch only on its input and on results of its own steps.
 */
export interface WorkflowRun {
  readonly workflowId: string;
  /** `retries`: extra tries with back-off (seconds doubled, full jitter). Results must be small: ids and hashes. */
  step<T>(name: string, work: (context: StepContext) => Promise<T>, options?: StepOptions): Promise<T>;
  /**
   * Runs the steps in parallel in this process, as many at once as `limit` (WorkflowEngine.limit) leaves free, over all
   * workflows. Outcomes come in the order of the steps; one that fails gives its error, the others go on. About ten times
   * cheaper than `fanOut` (no polling, no rows of children), so the choice for work that is one step an item.
   */
  parallel<T>(limit: string, steps: readonly ParallelStep<T>[]): Promise<readonly StepOutcome<T>[]>;
  /**
   * Starts children on a queue and waits for all; a failed child gives its error instead of a value. Ids must be stable.
   * Children may run in any process; never use the queue of the parent, whose waiting would hold the slots they need.
   */
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
  /** 1-10, 10 is the most urgent; compared within a lane. */
  readonly priority: number;
  /** Whose work it is, a workspace id: a queue serves its lanes in random turn, so a long one starves no other. */
  readonly lane?: string;
}

export type WorkflowState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'unknown';

/**
 * Durable work behind a port of ours: define before the engine is launched (onModuleInit), start inside the caller's
 * transaction. What it is made of (DBOS, schema `dbos`) is known in shared/workflow alone.
 *
 * Steps are at-least-once. A worker that was frozen and wakes after its work was taken over may still finish the step it
 * was in: the engine refuses its checkpoint, but what the step itself wrote is fenced by the feature's own row alone. So
 * each writing transaction of a step first locks its row and checks run, attempt and status.
 */
export abstract class WorkflowEngine {
  abstract queue(definition: QueueDefinition): void;
  /** Declares how many steps of `parallel` run at once under this name. */
  abstract limit(definition: QueueDefinition): void;
  abstract define<I extends object>(name: string, body: (input: I, run: WorkflowRun) => Promise<void>): void;
  /**
   * The work exists if and only if the caller's transaction commits.
   * @throws Error when the manager has no open transaction
   */
  abstract start<I extends object>(manager: EntityManager, start: WorkflowStart<I>): Promise<void>;
  /** Stops it before its next step; one that is over stays as it is. Call it after the commit of the own row's change. */
  abstract cancel(workflowId: string): Promise<void>;
  /** `unknown`: never started, or finished more than 7 days ago. */
  abstract state(workflowId: string): Promise<WorkflowState>;
  /** The same for several at once; every id asked for is in the answer. */
  abstract states(workflowIds: readonly string[]): Promise<ReadonlyMap<string, WorkflowState>>;
  /**
   * Called about every 10 s in one process of the fleet, and right after work of a vanished version was cancelled: compares
   * the feature's own rows with `states` and starts anew, under a new id, what its row says is running but is not.
   * Must be idempotent.
   */
  abstract onReconcile(hook: () => Promise<void>): void;
  /** Queued and running workflows by queue, for metrics and operators. */
  abstract load(): Promise<readonly { readonly queue: string; readonly queued: number; readonly running: number }[]>;
  /** Stops claiming, lets steps in flight finish for `graceMs`, hands the rest to other processes. Idempotent. */
  abstract stop(graceMs?: number): Promise<void>;
}
