import { DBOS, DBOSWorkflowConflictError, Error as EngineErrors } from '@dbos-inc/dbos-sdk';
import { Logger } from '@nestjs/common';
import { AppError, type ErrorKind } from '../errors/app-error.js';
import { backoffMs, isTransient, pause } from './backoff.js';
import { isDatabaseOutage } from './database-outage.js';
import type { EngineGate } from './engine-gate.js';
import type { StepLimit } from './step-limit.js';
import type { ParallelStep, StepContext, StepOptions, StepOutcome, WorkflowRun } from './workflow-engine.js';

/** Waits for a database that is away grow to 4 s at most. */
const OUTAGE_BACKOFF = 3;

/** What a checkpoint holds: the value, or the failure in a form that a replay gives back unchanged. */
type Recorded<T> = { readonly value: T } | { readonly failure: { kind: ErrorKind; code: string; message: string } };

/** Travels with the input: children inherit it. */
export interface RunPlace {
  readonly lane: string;
  readonly priority: number;
}
export interface FinishedChild {
  readonly id: string;
  readonly error?: string;
}

/** What a run needs of the engine around it. */
export interface RunHost {
  readonly gate: EngineGate;
  limitOf(name: string): StepLimit;
  startChild(workflow: string, queue: string, id: string, input: object, place: RunPlace): Promise<void>;
  /** Polls until all are over; rejects when `signal` fires. */
  finished(ids: readonly string[], signal: AbortSignal): Promise<readonly FinishedChild[]>;
}

/** Whether the engine itself ended this execution (cancelled, or taken over): never to be treated as a step's failure. */
export function isExecutionEnd(error: unknown): boolean {
  return error instanceof DBOSWorkflowConflictError || error instanceof EngineErrors.DBOSWorkflowCancelledError;
}

/** One execution of a workflow's body on top of the engine's library. */
export class EngineRun implements WorkflowRun {
  private readonly logger = new Logger('WorkflowEngine');

  constructor(
    readonly workflowId: string,
    private readonly place: RunPlace,
    private readonly host: RunHost,
  ) {}

  async step<T>(name: string, work: (context: StepContext) => Promise<T>, options: StepOptions = {}): Promise<T> {
    const recorded = await this.checkpoint(name, work, options);
    if ('value' in recorded) return recorded.value;
    const { kind, code, message } = recorded.failure;
    throw new AppError(kind, code, message);
  }

  async parallel<T>(limitName: string, steps: readonly ParallelStep<T>[]): Promise<readonly StepOutcome<T>[]> {
    const limit = this.host.limitOf(limitName);
    const outcomes: StepOutcome<T>[] = [];
    const running: Promise<void>[] = [];
    let end: { readonly error: unknown } | undefined;
    const one = async (index: number, step: ParallelStep<T>, release: () => void) => {
      try {
        const recorded = await this.checkpoint(step.name, step.work, step);
        outcomes[index] =
          'value' in recorded
            ? { name: step.name, value: recorded.value }
            : { name: step.name, error: { code: recorded.failure.code, message: recorded.failure.message } };
      } catch (error) {
        end ??= { error };
      } finally {
        release();
      }
    };
    // Steps get their numbers when they are called: one after the other in the order given, whatever finishes first.
    for (const [index, step] of steps.entries()) {
      const release = await limit.acquire();
      if (end) {
        release();
        break;
      }
      running.push(one(index, step, release));
    }
    await Promise.all(running);
    if (end) throw end.error;
    return outcomes;
  }

  async fanOut<I extends object>(
    workflow: string,
    queue: string,
    children: readonly { readonly id: string; readonly input: I; readonly priority?: number }[],
  ): Promise<readonly FinishedChild[]> {
    for (const child of children) {
      await this.host.gate.pass();
      const place = { ...this.place, priority: child.priority ?? this.place.priority };
      await this.host.startChild(workflow, queue, child.id, child.input, place);
    }
    const ids = children.map((child) => child.id);
    return this.step(`wait:${workflow}`, ({ signal }) => this.host.finished(ids, signal));
  }

  /** A step whose failure is recorded as a value, so that a replay sees the same error as the first run. */
  private async checkpoint<T>(
    name: string,
    work: (context: StepContext) => Promise<T>,
    options: StepOptions,
  ): Promise<Recorded<T>> {
    await this.host.gate.pass();
    const leave = this.host.gate.enter();
    try {
      return await DBOS.runStep(() => this.attempts(name, work, options.retries ?? 0), { name });
    } finally {
      leave();
    }
  }

  private async attempts<T>(
    name: string,
    work: (context: StepContext) => Promise<T>,
    retries: number,
  ): Promise<Recorded<T>> {
    const status = DBOS.stepStatus;
    if (status === undefined) throw new Error('A step ran outside of a workflow.');
    let outages = 0;
    for (let attempt = 1; ;) {
      try {
        return { value: await work(stepContext(attempt, () => status.cancelSignal)) };
      } catch (error) {
        if (isExecutionEnd(error)) throw error;
        // While the database is away nothing can be recorded anyway: waiting for it costs no try.
        const away = isDatabaseOutage(error);
        if (!away && (attempt > retries || !isTransient(error))) return { failure: this.describe(name, error) };
        const wait = away ? backoffMs(Math.min(++outages, OUTAGE_BACKOFF)) : backoffMs(attempt++);
        await this.host.gate.interruptible((signal) => pause(wait, AbortSignal.any([signal, status.cancelSignal])));
      }
    }
  }

  /** What an unexpected error says may hold a path or a statement, so its text stays in the log. */
  private describe(name: string, error: unknown): { kind: ErrorKind; code: string; message: string } {
    if (error instanceof AppError) return { kind: error.kind, code: error.code, message: error.message };
    this.logger.error(
      `Step ${name} of ${this.workflowId} failed`,
      error instanceof Error ? error.stack : String(error),
    );
    return {
      kind: 'internal',
      code: 'internal',
      message: `The step "${name}" failed unexpectedly. Try again; if it stays, the log has the cause under ${this.workflowId}.`,
    };
  }
}

/** The signal is asked for only when it is looked at: watching it costs a query a second. */
function stepContext(attempt: number, cancelSignal: () => AbortSignal): StepContext {
  return {
    attempt,
    get signal() {
      return cancelSignal();
    },
  };
}
