import { Injectable, Logger } from '@nestjs/common';
import type { WorkspaceScope } from '../database/workspace-scope.js';
import { mintWorkspaceScope } from '../database/workspace-scope.mint.js';
import { AppError } from '../errors/app-error.js';
import { isTransient } from '../workflow/backoff.js';
import { isDatabaseOutage } from '../workflow/database-outage.js';
import type { StepContext } from '../workflow/workflow-engine.js';
import { jobErrors, setAside } from './jobs.errors.js';
import { type Claim, JobsRepository } from './jobs.repository.js';
import { type JobFailure, type JobHandler, type JobRun, MAX_JOB_TRIES } from './jobs.types.js';

/** What the engine keeps of a job: where its row is. */
export interface JobPlace {
  readonly workspaceId: string;
  readonly id: string;
}

/**
 * One try of a job: claim → handler → result, each write fenced by the attempt that the claim gave. A try that its process
 * did not survive is counted by the next claim, so that a job which kills its process is set aside too.
 */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger('Jobs');

  constructor(private readonly repository: JobsRepository) {}

  /** @throws whatever the handler threw, when another try makes sense; the engine waits and calls again */
  async run(place: JobPlace, context: StepContext, handlerOf: (kind: string) => JobHandler<object>): Promise<void> {
    const scope = mintWorkspaceScope(place.workspaceId);
    const claim = await this.repository.claim(scope, place.id, MAX_JOB_TRIES);
    if (claim === undefined) {
      // Over (cancelled, say), or all its tries are spent; the first is left alone by the fence.
      await this.repository.giveUp(scope, place.id, setAside());
      return;
    }
    try {
      const result = await handlerOf(claim.kind)(claim.input, this.describe(scope, place.id, claim, context));
      await this.repository.finish(scope, place.id, claim.attempt, result);
    } catch (error) {
      await this.failed(scope, place.id, claim, error);
    }
  }

  private describe(scope: WorkspaceScope, id: string, { attempt }: Claim, context: StepContext): JobRun {
    const { repository } = this;
    return {
      id,
      scope,
      attempt,
      get signal() {
        return context.signal;
      },
      async progress(percent) {
        const whole = Math.min(100, Math.max(0, Math.round(percent)));
        if (!(await repository.progress(scope, id, attempt, whole))) throw jobErrors.notRunning();
      },
    };
  }

  private async failed(scope: WorkspaceScope, id: string, claim: Claim, error: unknown): Promise<void> {
    if (isDatabaseOutage(error)) throw error;
    const failure = this.failureOf(id, claim, error);
    if (!isTransient(error)) await this.repository.fail(scope, id, claim.attempt, failure);
    else if (claim.attempt >= MAX_JOB_TRIES) await this.repository.fail(scope, id, claim.attempt, setAside(failure));
    else throw error;
  }

  private failureOf(id: string, claim: Claim, error: unknown): JobFailure {
    if (error instanceof AppError) return { kind: error.kind, code: error.code, message: error.message };
    const stack = error instanceof Error ? error.stack : String(error);
    this.logger.error(`Try ${claim.attempt} of job ${id} (${claim.kind}) failed`, stack);
    return {
      kind: 'internal',
      code: 'internal_error',
      message: `It failed unexpectedly; it is logged under job ${id}.`,
    };
  }
}
