import { Injectable } from '@nestjs/common';
import type { UploadedBody } from '../../http/read-upload.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { AppError } from '../../shared/errors/app-error.js';
import { JobsService } from '../../shared/jobs/jobs.service.js';
import type { Job } from '../../shared/jobs/jobs.types.js';
import { CodeAnalysisCreation } from './code-analysis-creation.js';
import { CodeAnalysisRun } from './code-analysis-run.js';
import { CodeIntake } from './code-intake.js';

/** `replayed`: the analysis is that of an earlier call with the same Idempotency-Key. */
export type SubmitOutcome = { readonly replayed?: boolean; readonly analysisId: string } & (
  { readonly kind: 'complete' } | { readonly kind: 'job'; readonly job: Job }
);

/** How code is submitted. */
export interface Submission {
  /** How long the caller is willing to wait for the analysis (0: not at all; at most 8 s), asked when the job is made. */
  readonly waitMs: () => number;
  /** `Idempotency-Key`: the same one makes one analysis. */
  readonly key?: string;
}

/** Code sent in: from the cache at once, else as a durable job in a worker, waited for if the caller likes. */
@Injectable()
export class CodeAnalyses {
  constructor(
    private readonly intake: CodeIntake,
    private readonly run: CodeAnalysisRun,
    private readonly creation: CodeAnalysisCreation,
    private readonly jobs: JobsService,
  ) {}

  /**
   * What the cache holds is answered at once, whatever its key: nothing is made.
   * @throws AppError what is wrong with the upload (see CodeIntake), what the job failed with when it failed while it was waited
   *   for, and those of IdempotencyService.run
   */
  async submit(caller: RequestIdentity, body: UploadedBody, { waitMs, key }: Submission): Promise<SubmitOutcome> {
    const { scope } = caller;
    const intake = await this.intake.take(body);
    const known = await this.run.known(scope, intake.contentSha256);
    if (known !== undefined) return { kind: 'complete', analysisId: known };
    const { body: made, replayed } = await this.creation.create(caller, intake, key);
    const { jobId, analysisId } = made as { jobId: string; analysisId: string };
    const left = waitMs();
    const job = left > 0 ? await this.jobs.waitFor(scope, jobId, left) : await this.jobs.get(scope, jobId);
    if (job.status === 'failed' && job.error !== undefined)
      throw new AppError(job.error.kind, job.error.code, job.error.message);
    if (job.status === 'done') return { kind: 'complete', analysisId, replayed };
    return { kind: 'job', job, analysisId, replayed };
  }
}
