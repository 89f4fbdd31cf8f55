import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Limit } from '../../http/limit.decorator.js';
import { IdempotencyKey } from '../../http/idempotency-key.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import { linkHeader, pageQuery, type PageQuery } from '../../http/pagination.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import { WorkspaceAdministration } from './workspace-administration.service.js';
import { WorkspacesListService } from './workspaces-list.service.js';
import {
  madeWorkspaceAnswer,
  workspaceAnswer,
  workspaceInput,
  workspacePage,
  type WorkspaceInput,
} from './workspaces.schemas.js';

const workspaceId = z.uuid({ error: 'must be the id of a workspace, a UUID' });

/** Workspaces of the installation; everything belongs to one. */
@ApiTags('identity')
@Limit('default')
@Controller('v1/workspaces')
@Requires('admin')
export class WorkspacesController {
  constructor(
    private readonly workspaces: WorkspaceAdministration,
    private readonly lists: WorkspacesListService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Make a workspace with its first admin key (admins of the first workspace)' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Replays the first answer, without the secret' })
  @ApiResponse({ status: 201, description: 'Made', standardSchema: madeWorkspaceAnswer })
  @ApiResponse({ status: 409, description: 'The name is taken' })
  async create(
    @Identity() identity: RequestIdentity,
    @Body({ schema: workspaceInput }) input: WorkspaceInput,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.workspaces.create(identity, input, key);
    void reply.status(answer.status).headers(answer.headers).header('cache-control', 'private, no-store');
    if (answer.replayed) void reply.header('idempotent-replayed', 'true');
    return answer.body;
  }

  @Get()
  @ApiOperation({ summary: 'All workspaces for admins of the first one, else the own' })
  @ApiResponse({ status: 200, description: 'A page, the oldest first', standardSchema: workspacePage })
  async list(
    @Identity() identity: RequestIdentity,
    @Query({ schema: pageQuery }) query: PageQuery,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.lists.list(identity, query);
    const link = linkHeader(url, page);
    if (link) void reply.header('link', link);
    return page;
  }

  @Get(':id')
  @ApiOperation({ summary: 'One workspace' })
  @ApiResponse({ status: 200, description: 'The workspace', standardSchema: workspaceAnswer })
  find(@Identity() identity: RequestIdentity, @Param('id', { schema: workspaceId }) id: string) {
    return this.workspaces.find(identity, id);
  }
}
