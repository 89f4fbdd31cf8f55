import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CacheService } from '../../shared/cache/cache.service.js';
import type { CacheKey } from '../../shared/cache/cache.types.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { JobsService } from '../../shared/jobs/jobs.service.js';
import type { JobResult, JobRun } from '../../shared/jobs/jobs.types.js';
import { CodeMetrics } from '../../shared/metrics/code.metrics.js';
import type { Inference, SkippedFile } from './code-analysis.types.js';
import { codeAnalysisErrors } from './code-analyses.errors.js';
import { CodeAnalysesRepository } from './code-analyses.repository.js';
import { type AnalysisRecord, type CodeFindings, typeOfEndpoint } from './code-analyses.types.js';
import { Findings, type Texts } from './findings.js';
import { textOf } from './intake/text.js';

export const CODE_ANALYSIS_JOB = 'codeAnalysis';

export interface CodeAnalysisInput {
  readonly analysisId: string;
}

/** Seconds for an inference that lacks files; a complete one has its region's. */
const INCOMPLETE_TTL = ({ stats }: Inference): number | undefined => (stats.skipped.length > 0 ? 1 : undefined);

/** One analysis in a worker: files out of the database, findings into it. A try that is repeated finds it complete. */
@Injectable()
export class CodeAnalysisRun implements OnModuleInit {
  constructor(
    private readonly jobs: JobsService,
    private readonly repository: CodeAnalysesRepository,
    private readonly findings: Findings,
    private readonly cache: CacheService,
    private readonly metrics: CodeMetrics,
  ) {}

  onModuleInit(): void {
    this.jobs.define<CodeAnalysisInput>(CODE_ANALYSIS_JOB, 'codeAnalysis', (input, job) => this.run(input, job));
  }

  /** Id of a complete analysis of the same code, if the cache knows one. */
  known(scope: WorkspaceScope, contentSha256: string): Promise<string | undefined> {
    return this.cache.get<string>(analysisKey(scope, contentSha256));
  }

  /** @throws AppError `analysis_unknown`, `analysis_files_gone`, and what the analysis throws */
  private async run({ analysisId }: CodeAnalysisInput, job: JobRun): Promise<JobResult> {
    const { scope } = job;
    const analysis = await this.repository.find(scope, analysisId);
    if (analysis === undefined) throw codeAnalysisErrors.unknown();
    const skipped = analysis.skipped ?? (await this.analyse(analysis, job));
    // A file that took too long on a busy machine may be read the next time.
    if (skipped.length === 0) await this.cache.set(analysisKey(scope, analysis.contentSha256), analysisId);
    return { resultUrl: `/v1/code-analyses/${analysisId}` };
  }

  private async analyse(analysis: AnalysisRecord, job: JobRun): Promise<readonly SkippedFile[]> {
    const { scope } = job;
    const texts = await this.textsOf(scope, analysis);
    await job.progress(10);
    const stack = await this.findings.stack(texts);
    await job.progress(30);
    // By the code and not by the analysis: what was inferred of a project serves its next analysis, too.
    const { endpoints, stats } = await this.cache.getOrSet(
      inferenceKey(scope, analysis.contentSha256),
      () => this.findings.endpoints(texts),
      { ttl: INCOMPLETE_TTL },
    );
    await job.progress(90);
    const found = { stack, endpoints, skipped: stats.skipped };
    if (await this.repository.complete(scope, analysis.id, found)) this.count(analysis, found);
    return stats.skipped;
  }

  private async textsOf(scope: WorkspaceScope, analysis: AnalysisRecord): Promise<Texts> {
    const texts = new Map(analysis.lockFiles.map((path) => [path, '']));
    for await (const { path, bytes } of this.repository.files(scope, analysis.id)) texts.set(path, textOf(bytes));
    if (texts.size < analysis.files + analysis.lockFiles.length) throw codeAnalysisErrors.filesGone();
    return texts;
  }

  private count({ filesByType }: AnalysisRecord, { endpoints }: CodeFindings): void {
    this.metrics.analysed(filesByType);
    for (const endpoint of endpoints) this.metrics.endpoint(typeOfEndpoint(endpoint));
  }
}

function analysisKey({ workspaceId }: WorkspaceScope, contentSha256: string): CacheKey {
  return { region: 'codeAnalysis', owner: workspaceId, name: `code_analysis:${contentSha256}` };
}

function inferenceKey({ workspaceId }: WorkspaceScope, contentSha256: string): CacheKey {
  return { region: 'apiInference', owner: workspaceId, name: `api_inference:${contentSha256}` };
}
