import { Controller, Get, Header, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../../config/config.js';
import { IdempotencyKey } from '../../http/idempotency-key.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import { Limit } from '../../http/limit.decorator.js';
import { linkHeader } from '../../http/pagination.js';
import { waitMsOf } from '../../http/prefer.js';
import { readUpload } from '../../http/read-upload.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { ASK_AGAIN, ResponseCache } from '../../http/response-cache.decorator.js';
import { Requires } from '../../http/requires.decorator.js';
import { Upload } from '../../http/uploads.js';
import {
  analysisAccepted,
  type AnalysisAccepted,
  analysisAnswer,
  type AnalysisAnswer,
  ANALYSIS_ID,
  endpointsAnswer,
  endpointsQuery,
  type EndpointsQuery,
  filesBody,
  stackAnswer,
} from './code-analyses.schemas.js';
import { CodeAnalyses } from './code-analyses.service.js';
import { CodeAnalysisQueries } from './code-analysis-queries.js';
import { intakeErrors } from './intake/intake.errors.js';
import { INTAKE_LIMITS } from './intake/intake.types.js';

const ANSWER_MS = 1000;
const NOT_COMPLETE = { status: 409, description: 'The analysis is not complete' } as const;
/** Once complete an analysis never changes, and before that the answer is a problem, which is not kept. */
const INFERRED = { ttl: 'apiInference', scope: 'workspace' } as const;

/** Code that is sent in, and what is found in it. */
@ApiTags('code analysis')
@Limit('default')
@Controller('v1/code-analyses')
export class CodeAnalysesController {
  constructor(
    private readonly analyses: CodeAnalyses,
    private readonly queries: CodeAnalysisQueries,
    private readonly config: Config,
  ) {}

  @Post()
  @Limit('upload')
  @Requires('operator')
  @Upload(filesBody)
  @ApiOperation({ summary: 'Analyse code: a zip or tar.gz as the part "file" of a form, or files as JSON' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same one makes one analysis, for 24 hours' })
  @ApiHeader({ name: 'Prefer', required: false, description: 'wait=N waits up to 8 seconds for the analysis' })
  @ApiResponse({ status: 200, description: 'The analysis, complete', standardSchema: analysisAnswer })
  @ApiResponse({
    status: 202,
    description: 'A worker does it; Location names the job',
    standardSchema: analysisAccepted,
  })
  async create(
    @Identity() identity: RequestIdentity,
    @Headers('prefer') prefer: string | undefined,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AnalysisAnswer | AnalysisAccepted> {
    const body = await readUpload(reply, INTAKE_LIMITS.uploadBytes, () => intakeErrors.uploadTooLarge(INTAKE_LIMITS));
    const waitMs = waitMsOf(prefer);
    if (waitMs > 0) void reply.header('preference-applied', `wait=${waitMs / 1000}`);
    // An upload takes its time, and what is left of the deadline is the answer's.
    const left = () => Math.min(waitMs, this.config.http.requestDeadlineMs - ANSWER_MS - reply.elapsedTime);
    const outcome = await this.analyses.submit(identity, body, { waitMs: left, key });
    if (outcome.replayed) void reply.header('idempotent-replayed', 'true');
    if (outcome.kind === 'complete') {
      void reply.status(200);
      return this.queries.view(identity.scope, outcome.analysisId);
    }
    const { id, status } = outcome.job;
    const location = `/v1/jobs/${id}`;
    void reply.status(202).headers({ location, 'retry-after': '1' });
    return { id, status, location, analysisId: outcome.analysisId };
  }

  @Get(':id')
  @Requires('viewer')
  @ApiOperation({ summary: 'How an analysis stands, what was analysed and what was left out' })
  @ApiResponse({ status: 200, description: 'The analysis', standardSchema: analysisAnswer })
  view(@Identity() identity: RequestIdentity, @Param('id', ANALYSIS_ID) id: string): Promise<AnalysisAnswer> {
    return this.queries.view(identity.scope, id);
  }

  @Get(':id/stack')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache({ ttl: 'codeAnalysis', scope: 'workspace' })
  @ApiOperation({ summary: 'Technologies, dependencies and languages, with the line that says so' })
  @ApiResponse({ status: 200, description: 'Sorted', standardSchema: stackAnswer })
  @ApiResponse(NOT_COMPLETE)
  async stack(@Identity() identity: RequestIdentity, @Param('id', ANALYSIS_ID) id: string) {
    return { items: await this.queries.stack(identity.scope, id) };
  }

  @Get(':id/endpoints')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache(INFERRED)
  @ApiOperation({ summary: 'API endpoints inferred from the code, by page number or by cursor' })
  @ApiResponse({ status: 200, description: 'A page, in the order of their paths', standardSchema: endpointsAnswer })
  @ApiResponse(NOT_COMPLETE)
  async endpoints(
    @Identity() identity: RequestIdentity,
    @Param('id', ANALYSIS_ID) id: string,
    @Query({ schema: endpointsQuery }) query: EndpointsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.queries.endpoints(identity.scope, id, query);
    const link = linkHeader(addressOf(id, query), page);
    if (link) void reply.header('link', link);
    return page;
  }
}

/** Made of what the answer depends on: it is kept for others who ask the same. */
function addressOf(id: string, query: EndpointsQuery): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const text = new URLSearchParams(given).toString();
  return `/v1/code-analyses/${id}/endpoints${text && `?${text}`}`;
}
