import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { CursorSigner } from '../../http/cursor-signer.js';
import { bindingOf, type CursorPage, type OffsetPage } from '../../http/pagination.js';
import { readPage } from '../../http/read-page.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { AppError } from '../../shared/errors/app-error.js';
import { JobsService } from '../../shared/jobs/jobs.service.js';
import { codeAnalysisErrors } from './code-analyses.errors.js';
import { CodeAnalysesRepository } from './code-analyses.repository.js';
import type { AnalysisAnswer, EndpointsQuery } from './code-analyses.schemas.js';
import type { AnalysisRecord } from './code-analyses.types.js';
import type { Endpoint, StackEntry } from './code-analysis.types.js';
import { EndpointsListRepository, type EndpointRow } from './endpoints-list.repository.js';

type Status = AnalysisAnswer['status'];

/** What callers are shown of analyses. */
@Injectable()
export class CodeAnalysisQueries {
  constructor(
    private readonly analyses: CodeAnalysesRepository,
    private readonly endpointRows: EndpointsListRepository,
    private readonly jobs: JobsService,
    private readonly signer: CursorSigner,
    private readonly config: Config,
  ) {}

  /** @throws AppError 404 `analysis_unknown` */
  async view(scope: WorkspaceScope, id: string): Promise<AnalysisAnswer> {
    const analysis = await this.analyses.find(scope, id);
    if (analysis === undefined) throw codeAnalysisErrors.unknown();
    return viewOf(analysis, await this.statusOf(scope, analysis));
  }

  /** @throws AppError 404 `analysis_unknown`, 409 `analysis_not_complete` */
  async stack(scope: WorkspaceScope, id: string): Promise<readonly StackEntry[]> {
    return (await this.complete(scope, id)).stack ?? [];
  }

  /** @throws those of `stack` and of `readPage` */
  async endpoints(
    scope: WorkspaceScope,
    id: string,
    query: EndpointsQuery,
  ): Promise<OffsetPage<Endpoint> | CursorPage<Endpoint>> {
    await this.complete(scope, id);
    const { page, perPage, cursor, limit, ...filter } = query;
    return readPage({ page, perPage, cursor, limit }, this.config.http, this.signer, {
      binding: bindingOf(scope.workspaceId, { list: 'endpoints', id: id.toLowerCase(), ...filter }, 'seq'),
      list: (window) => this.endpointRows.list(scope, id, filter, window),
      count: (cap) => this.endpointRows.count(scope, id, filter, cap),
      answerOf: ({ key: _key, ...endpoint }: EndpointRow): Endpoint => endpoint,
    });
  }

  private async complete(scope: WorkspaceScope, id: string): Promise<AnalysisRecord> {
    const analysis = await this.analyses.find(scope, id);
    if (analysis === undefined) throw codeAnalysisErrors.unknown();
    const status = await this.statusOf(scope, analysis);
    if (status !== 'completed') throw codeAnalysisErrors.notComplete(status);
    return analysis;
  }

  /** An analysis is complete by its own row; until then its job says how it stands. */
  private async statusOf(scope: WorkspaceScope, { completedAt, jobId }: AnalysisRecord): Promise<Status> {
    if (completedAt !== null) return 'completed';
    const job = await this.jobs.get(scope, jobId).catch((error: unknown) => {
      // Jobs are removed long after their end.
      if (error instanceof AppError && error.code === 'job_not_found') return undefined;
      throw error;
    });
    // It became complete between the two reads.
    if (job?.status === 'done') return 'completed';
    return job?.status ?? 'failed';
  }
}

function viewOf(analysis: AnalysisRecord, status: Status): AnalysisAnswer {
  const { id, contentSha256, files, bytes, filesByType, leftOut, leftOutFiles, endpoints, skipped, completedAt } =
    analysis;
  return {
    id,
    status,
    contentSha256,
    files,
    bytes,
    filesByType: { ...filesByType },
    leftOut: { ...leftOut },
    leftOutFiles: [...leftOutFiles],
    ...(endpoints === null ? {} : { endpoints }),
    ...(skipped === null ? {} : { skipped: [...skipped] }),
    job: `/v1/jobs/${analysis.jobId}`,
    createdAt: analysis.createdAt.toISOString(),
    ...(completedAt === null ? {} : { completedAt: completedAt.toISOString() }),
  };
}
