import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RequestIdentity } from '../../http/request-identity.js';
import { IdSource } from '../../shared/clock/clock.js';
import { IdempotencyService } from '../../shared/idempotency/idempotency.service.js';
import type { IdempotentAnswer, StoredAnswer } from '../../shared/idempotency/idempotency.types.js';
import { JobsService } from '../../shared/jobs/jobs.service.js';
import { AuditService } from '../identity/audit.service.js';
import { CodeAnalysesRepository } from './code-analyses.repository.js';
import type { Intake } from './code-analyses.types.js';
import { CODE_ANALYSIS_JOB, type CodeAnalysisInput } from './code-analysis-run.js';
import { shownLeftOut } from './code-intake.js';
import { countsOf } from './intake/select-files.js';

const ROUTE = 'POST /v1/code-analyses';

/** A new analysis: its row, files, job, audit line and idempotency key commit together. */
@Injectable()
export class CodeAnalysisCreation {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly repository: CodeAnalysesRepository,
    private readonly jobs: JobsService,
    private readonly audit: AuditService,
    private readonly ids: IdSource,
  ) {}

  /**
   * @param key value of `Idempotency-Key`: the same one and the same code make one analysis
   * @returns body `{ jobId, analysisId }`
   * @throws those of IdempotencyService.run
   */
  create(caller: RequestIdentity, intake: Intake, key: string | undefined): Promise<IdempotentAnswer> {
    const request = { scope: caller.scope, route: ROUTE, key, payload: { contentSha256: intake.contentSha256 } };
    return this.idempotency.run(request, (manager) => this.store(manager, caller, intake));
  }

  private async store(
    manager: EntityManager,
    { scope, keyId }: RequestIdentity,
    intake: Intake,
  ): Promise<StoredAnswer> {
    const id = this.ids.next();
    const input: CodeAnalysisInput = { analysisId: id };
    const jobId = await this.jobs.submit(manager, scope, { kind: CODE_ANALYSIS_JOB, input });
    const leftOut = { leftOut: countsOf(intake.leftOut), leftOutFiles: shownLeftOut(intake.leftOut) };
    await this.repository.insert(manager, scope, { id, jobId, actor: keyId, intake, leftOut });
    await this.audit.record(manager, {
      scope,
      actor: keyId,
      action: 'code-analysis.created',
      subject: `code-analysis/${id}`,
      details: { files: intake.files.length, contentSha256: intake.contentSha256 },
    });
    return { status: 202, headers: {}, body: { jobId, analysisId: id } };
  }
}
