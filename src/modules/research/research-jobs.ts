import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { AppError } from '../../shared/errors/app-error.js';
import { IdempotencyService } from '../../shared/idempotency/idempotency.service.js';
import { JobsService } from '../../shared/jobs/jobs.service.js';
import type { Job } from '../../shared/jobs/jobs.types.js';
import { CriteriaService } from './criteria.service.js';
import { ResearchService } from './research.service.js';
import type { Comparison } from './comparison.types.js';
import type { ResearchRequest, ResearchResult } from './research.types.js';

const KIND = 'research';
const ROUTE = 'POST /v1/research';

/** What `POST /v1/research` gives: facts of each option and their comparison by the criteria in force. */
export interface ResearchAnswer extends ResearchResult {
  readonly criteriaVersion: number;
  readonly comparison: Comparison;
}

/** `replayed`: the job is that of an earlier call with the same Idempotency-Key. */
export type ResearchOutcome = { readonly replayed?: boolean } & (
  { readonly kind: 'answer'; readonly answer: ResearchAnswer } | { readonly kind: 'job'; readonly job: Job }
);

/** How a question is asked. */
export interface Asking {
  /** How long the caller is willing to wait for a job (0: not at all; at most 8 s). */
  readonly waitMs: number;
  /** `Idempotency-Key`: the same one makes one job. */
  readonly key?: string;
  /** Called where the cache does not hold the answer, before anything is stored. */
  readonly beforeWork: () => Promise<void>;
}

/** Research on demand: from the cache at once, else as a durable job in a worker, waited for if the caller likes. */
@Injectable()
export class ResearchJobs implements OnModuleInit {
  /** A remembered answer is compared once per version of the criteria: the 1,000 draws cost more than the look-up. */
  private readonly answers = new WeakMap<ResearchResult, ResearchAnswer>();

  constructor(
    private readonly jobs: JobsService,
    private readonly research: ResearchService,
    private readonly criteria: CriteriaService,
    private readonly idempotency: IdempotencyService,
  ) {}

  onModuleInit(): void {
    this.jobs.define<ResearchRequest>(KIND, 'research', async (request, job) => {
      const result = await this.research.research(job.scope, request);
      return { result: await this.answerOf(job.scope, request, result) };
    });
  }

  /**
   * What the cache holds is answered at once, whatever its key: nothing is made.
   * @throws AppError what the job failed with, when it failed while it was waited for, and those of IdempotencyService.run
   */
  async ask(
    scope: WorkspaceScope,
    request: ResearchRequest,
    { waitMs, key, beforeWork }: Asking,
  ): Promise<ResearchOutcome> {
    const known = await this.research.cached(scope, request);
    if (known !== undefined) return { kind: 'answer', answer: await this.answerOf(scope, request, known) };
    await beforeWork();
    const { body, replayed } = await this.idempotency.run(
      { scope, route: ROUTE, key, payload: request },
      async (manager) => {
        const made = await this.jobs.submit(manager, scope, { kind: KIND, input: request });
        return { status: 202, headers: {}, body: { id: made } };
      },
    );
    const { id } = body as { id: string };
    const job = waitMs > 0 ? await this.jobs.waitFor(scope, id, waitMs) : await this.jobs.get(scope, id);
    if (job.status === 'failed' && job.error !== undefined) {
      throw new AppError(job.error.kind, job.error.code, job.error.message);
    }
    if (job.status !== 'done' || job.result === undefined) return { kind: 'job', job, replayed };
    return { kind: 'answer', answer: job.result as ResearchAnswer, replayed };
  }

  private async answerOf(
    scope: WorkspaceScope,
    request: ResearchRequest,
    result: ResearchResult,
  ): Promise<ResearchAnswer> {
    const criteria = await this.criteria.current(scope);
    const before = this.answers.get(result);
    if (before?.criteriaVersion === criteria.version) return before;
    const comparison = this.research.compare(scope, result, criteria, request.context);
    const answer = { ...result, criteriaVersion: criteria.version, comparison };
    this.answers.set(result, answer);
    return answer;
  }
}
