import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Limit } from '../../http/limit.decorator.js';
import { charge } from '../../http/request-limits.js';
import { IdempotencyKey } from '../../http/idempotency-key.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import { linkHeader, pageQuery, type PageQuery } from '../../http/pagination.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { ASK_AGAIN, ResponseCache } from '../../http/response-cache.decorator.js';
import { Requires } from '../../http/requires.decorator.js';
import {
  auditAnswer,
  estimateAnswer,
  sessionAnswer,
  sessionPageAnswer,
  statusAnswer,
} from './session-answers.schemas.js';
import { SESSION_TAG, SESSIONS_TAG } from './session-changes.js';
import { SessionCreation } from './session-creation.js';
import { SessionEstimator } from './session-estimator.js';
import { SessionsListService } from './sessions-list.service.js';
import { SessionQueries } from './sessions.queries.js';
import {
  createQuerySchema,
  createSessionSchema,
  listQuerySchema,
  SESSION_ID,
  viewQuerySchema,
} from './sessions.schemas.js';
import type { CreateQuery, CreateSession, Include, ListQuery } from './sessions.schemas.js';
import { SessionsService } from './sessions.service.js';
import type { SessionHead } from './sessions.types.js';

const WRONG_STATE = { status: 409, description: 'The status of the session does not allow it' } as const;
const LOCATION = { location: { description: 'Address of the session', schema: { type: 'string' as const } } };

@ApiTags('sessions')
@Limit('default')
@Controller('v1/sessions')
export class SessionsController {
  constructor(
    private readonly creation: SessionCreation,
    private readonly estimator: SessionEstimator,
    private readonly lists: SessionsListService,
    private readonly queries: SessionQueries,
    private readonly sessions: SessionsService,
  ) {}

  @Post()
  @Requires('operator')
  @ApiOperation({ summary: 'Start a session from a brief, or estimate it with dryRun=true' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Replays the first answer for 24 hours' })
  @ApiResponse({ status: 201, description: 'Started', headers: LOCATION, standardSchema: sessionAnswer })
  @ApiResponse({ status: 200, description: 'The estimate (dryRun=true)', standardSchema: estimateAnswer })
  async create(
    @Identity() identity: RequestIdentity,
    @Body({ schema: createSessionSchema }) input: CreateSession,
    @Query({ schema: createQuerySchema }) query: CreateQuery,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    if (query.dryRun === 'true') {
      void reply.status(200);
      return this.estimator.estimate(identity.scope, input);
    }
    await charge(reply.request, 'run');
    const answer = await this.creation.create(identity, input, key);
    void reply.status(answer.status).headers(answer.headers);
    if (answer.replayed) void reply.header('idempotent-replayed', 'true');
    return answer.body;
  }

  @Get()
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache({ ttl: 'sessionList', scope: 'workspace', tags: [SESSIONS_TAG], shared: true })
  @ApiOperation({ summary: 'Sessions of the workspace, by page number or by cursor' })
  @ApiResponse({ status: 200, description: 'A page of sessions', standardSchema: sessionPageAnswer })
  async list(
    @Identity() identity: RequestIdentity,
    @Query({ schema: listQuerySchema }) query: ListQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.lists.list(identity.scope, query);
    const link = linkHeader(addressOf(query), page);
    if (link) void reply.header('link', link);
    return page;
  }

  @Get(':id')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache({ ttl: 30, scope: 'workspace', tags: [SESSION_TAG], shared: true })
  @ApiOperation({ summary: 'One session with its nodes, cost and savings' })
  @ApiResponse({ status: 200, description: 'The session', standardSchema: sessionAnswer })
  view(
    @Identity() identity: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Query({ schema: viewQuerySchema }) query: { include?: string },
  ) {
    return this.queries.view(identity.scope, id, (query.include?.split(',') ?? []) as Include[]);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Pause it at the next node' })
  @ApiResponse({ status: 200, description: 'Paused', standardSchema: statusAnswer })
  @ApiResponse(WRONG_STATE)
  async pause(@Identity() identity: RequestIdentity, @Param('id', SESSION_ID) id: string) {
    return statusOf(await this.sessions.pause(identity, id));
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Continue a paused session, or approve the plan of one that waits for it' })
  @ApiResponse({ status: 200, description: 'Goes on', standardSchema: statusAnswer })
  @ApiResponse(WRONG_STATE)
  async resume(@Identity() identity: RequestIdentity, @Param('id', SESSION_ID) id: string) {
    return statusOf(await this.sessions.resume(identity, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({ summary: 'Stop it for good; what is stored stays' })
  @ApiResponse({ status: 200, description: 'Cancelled', standardSchema: statusAnswer })
  @ApiResponse(WRONG_STATE)
  async cancel(@Identity() identity: RequestIdentity, @Param('id', SESSION_ID) id: string) {
    return statusOf(await this.sessions.cancel(identity, id));
  }

  @Post(':id/rerun')
  @Limit('run')
  @HttpCode(202)
  @Requires('operator')
  @ApiOperation({
    summary: 'Run a session that is over once more: refreshes what is stale, makes a new document version',
  })
  @ApiResponse({ status: 202, description: 'Started', standardSchema: statusAnswer })
  @ApiResponse(WRONG_STATE)
  async rerun(@Identity() identity: RequestIdentity, @Param('id', SESSION_ID) id: string) {
    return statusOf(await this.sessions.rerun(identity, id));
  }

  @Delete(':id')
  @HttpCode(204)
  @Requires('admin')
  @ApiOperation({ summary: 'Remove a session with everything that only it used' })
  @ApiResponse({ status: 204, description: 'Removed' })
  @ApiResponse(WRONG_STATE)
  remove(@Identity() identity: RequestIdentity, @Param('id', SESSION_ID) id: string): Promise<void> {
    return this.sessions.remove(identity, id);
  }

  @Get(':id/audit')
  @Requires('viewer')
  @ApiOperation({ summary: 'What happened, when, by whom' })
  @ApiResponse({ status: 200, description: 'Lines of the audit log, oldest first', standardSchema: auditAnswer })
  async audit(
    @Identity() identity: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Query({ schema: pageQuery }) query: PageQuery,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.queries.auditOf(identity.scope, id, query);
    const link = linkHeader(url, page);
    if (link) void reply.header('link', link);
    return page;
  }
}

function addressOf(query: ListQuery): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/v1/sessions?${new URLSearchParams(given.sort(([a], [b]) => (a < b ? -1 : 1))).toString()}`;
}

function statusOf({ id, status, run, progress }: SessionHead) {
  return { id, status, run, progress };
}
