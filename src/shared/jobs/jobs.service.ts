import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../../config/config.js';
import { IdSource } from '../clock/clock.js';
import type { WorkspaceScope } from '../database/workspace-scope.js';
import { mintWorkspaceScope } from '../database/workspace-scope.mint.js';
import { pause } from '../workflow/backoff.js';
import { WorkflowEngine } from '../workflow/workflow-engine.js';
import { type JobPlace, JobRunner } from './job-runner.js';
import { jobErrors, setAside } from './jobs.errors.js';
import { JobsRepository, type UnfinishedJob } from './jobs.repository.js';
import {
  isOver,
  type Job,
  type JobHandler,
  type JobQueue,
  type JobRequest,
  MAX_JOB_TRIES,
  MAX_JOB_WAIT_MS,
} from './jobs.types.js';

const WORKFLOW = 'job';
/** An unfinished job without a sign of life for this long is compared with the engine. */
const SILENT_MS = 30_000;
const PAGE = 500;
const FIRST_LOOK_MS = 40;
const LAST_LOOK_MS = 500;
const DEFAULT_PRIORITY = 5;
/** Jobs at once in a process, for the queues without a setting of their own. */
const PER_PROCESS = 4;

interface Kind {
  readonly queue: JobQueue;
  readonly handler: JobHandler<object>;
}

/**
 * Long calls as durable jobs. The row in `jobs` is the truth: queued → running → done | failed | cancelled. The engine only
 * brings a worker to it, under the id `job:<id>` (`job:<id>:2` … when it had to be started anew).
 */
@Injectable()
export class JobsService implements OnModuleInit {
  private readonly kinds = new Map<string, Kind>();
  private readonly queues = new Set<JobQueue>();

  constructor(
    private readonly engine: WorkflowEngine,
    private readonly repository: JobsRepository,
    private readonly runner: JobRunner,
    private readonly ids: IdSource,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.engine.define<JobPlace>(WORKFLOW, (place, run) =>
      run.step('run', (context) => this.runner.run(place, context, (kind) => this.kindOf(kind).handler), {
        retries: MAX_JOB_TRIES - 1,
      }),
    );
    this.engine.onReconcile(() => this.reconcile());
  }

  /**
   * Tells how jobs of a kind are done; in `onModuleInit` of the feature, in every role. The queue `sessions` is declared by
   * its feature, the others here.
   */
  define<I extends object>(kind: string, queue: JobQueue, handler: JobHandler<I>): void {
    if (this.kinds.has(kind)) throw new Error(`Two handlers are defined for jobs of the kind "${kind}".`);
    this.kinds.set(kind, { queue, handler: handler as unknown as JobHandler<object> });
    if (this.queues.has(queue) || queue === 'sessions') return;
    this.queues.add(queue);
    const { gapConcurrency, fleetGapConcurrency } = this.config.research;
    this.engine.queue(
      queue === 'research'
        ? { name: queue, perProcess: gapConcurrency, fleet: fleetGapConcurrency || undefined }
        : { name: queue, perProcess: PER_PROCESS },
    );
  }

  /** The job exists if and only if the caller's transaction commits. @returns its id */
  async submit<I extends object>(
    manager: EntityManager,
    scope: WorkspaceScope,
    request: JobRequest<I>,
  ): Promise<string> {
    const { queue } = this.kindOf(request.kind);
    const job = { id: this.ids.next(), kind: request.kind, queue, priority: request.priority ?? DEFAULT_PRIORITY };
    await this.repository.insert(manager, scope, { ...job, input: request.input });
    await this.begin(manager, { ...job, workspaceId: scope.workspaceId }, 1);
    return job.id;
  }

  /** @throws AppError `job_not_found`, also for a job of somebody else's */
  async get(scope: WorkspaceScope, id: string): Promise<Job> {
    const job = await this.repository.find(scope, id);
    if (job === undefined) throw jobErrors.notFound();
    return job;
  }

  /**
   * A running try ends at its next sign of progress, and whatever it still does is not counted. Cancelling twice is well.
   * @throws AppError `job_not_found`, `job_over` (done or failed)
   */
  async cancel(scope: WorkspaceScope, id: string): Promise<Job> {
    const cancelled = await this.repository.cancel(scope, id);
    const job = await this.get(scope, id);
    if (job.status !== 'cancelled') throw jobErrors.over(job.status);
    if (cancelled) for (const workflowId of workflowIds(id)) await this.engine.cancel(workflowId);
    return job;
  }

  /** The job as soon as it is over, or as it is after `ms` (at most 8 s). @throws AppError `job_not_found` */
  async waitFor(scope: WorkspaceScope, id: string, ms: number): Promise<Job> {
    const end = performance.now() + Math.min(ms, MAX_JOB_WAIT_MS);
    for (let look = FIRST_LOOK_MS; ; look = Math.min(LAST_LOOK_MS, look * 1.5)) {
      const job = await this.get(scope, id);
      const left = end - performance.now();
      if (isOver(job.status) || left <= 0) return job;
      await pause(Math.min(look, left));
    }
  }

  /** Starts anew what its row says is unfinished but the engine has lost: cancelled with its version, or failed within. */
  async reconcile(): Promise<void> {
    let page: UnfinishedJob[] = [];
    do {
      page = await this.repository.silent(SILENT_MS, page.at(-1), PAGE);
      const states = await this.engine.states(page.flatMap((job) => workflowIds(job.id)));
      for (const job of page) {
        const begun = workflowIds(job.id).map((id) => states.get(id) ?? 'unknown');
        if (begun.some((state) => state === 'queued' || state === 'running')) continue;
        await this.beginAgain(job, begun.findLastIndex((state) => state !== 'unknown') + 2);
      }
    } while (page.length === PAGE);
  }

  private async beginAgain(job: UnfinishedJob, begin: number): Promise<void> {
    const scope = mintWorkspaceScope(job.workspaceId);
    if (begin > MAX_JOB_TRIES) await this.repository.giveUp(scope, job.id, setAside());
    else await this.repository.whileUnfinished(scope, job.id, (manager) => this.begin(manager, job, begin));
  }

  private async begin(manager: EntityManager, job: UnfinishedJob, begin: number): Promise<void> {
    await this.engine.start<JobPlace>(manager, {
      workflow: WORKFLOW,
      queue: job.queue,
      id: begin === 1 ? `job:${job.id}` : `job:${job.id}:${begin}`,
      input: { workspaceId: job.workspaceId, id: job.id },
      priority: job.priority,
      lane: job.workspaceId,
    });
  }

  private kindOf(kind: string): Kind {
    const found = this.kinds.get(kind);
    if (found === undefined) throw new Error(`No handler is defined for jobs of the kind "${kind}".`);
    return found;
  }
}

function workflowIds(id: string): string[] {
  return Array.from({ length: MAX_JOB_TRIES }, (_, index) => (index === 0 ? `job:${id}` : `job:${id}:${index + 1}`));
}
