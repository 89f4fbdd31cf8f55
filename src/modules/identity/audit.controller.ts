import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Identity } from '../../http/identity.decorator.js';
import { Limit } from '../../http/limit.decorator.js';
import { linkHeader } from '../../http/pagination.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import { auditPage, auditQuery, type AuditQuery } from './audit.schemas.js';
import { AuditService } from './audit.service.js';

/** The audit log of a workspace, for its admins. */
@ApiTags('identity')
@Limit('default')
@Controller('v1/audit')
@Requires('admin')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @ApiOperation({ summary: 'What happened in the workspace, when, by whom; the newest first' })
  @ApiResponse({ status: 200, description: 'A page of lines', standardSchema: auditPage })
  async list(
    @Identity() { scope }: RequestIdentity,
    @Query({ schema: auditQuery }) query: AuditQuery,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { sessionId, after, before, ...paging } = query;
    const page = await this.audit.ofWorkspace(scope, { sessionId, after, before }, paging);
    const link = linkHeader(url, page);
    if (link) void reply.header('link', link);
    return page;
  }
}
