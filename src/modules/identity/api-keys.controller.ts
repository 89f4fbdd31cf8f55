import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Limit } from '../../http/limit.decorator.js';
import { IdempotencyKey } from '../../http/idempotency-key.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import { linkHeader, pageQuery, type PageQuery } from '../../http/pagination.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import {
  API_KEY_ID,
  apiKeyAnswer,
  apiKeyInput,
  apiKeyPage,
  madeKeyAnswer,
  type ApiKeyInput,
} from './api-keys.schemas.js';
import { ApiKeysService } from './api-keys.service.js';

const NEVER_KEPT = ['cache-control', 'private, no-store'] as const;

/** Keys of the caller's workspace. */
@ApiTags('identity')
@Limit('default')
@Controller('v1/api-keys')
@Requires('admin')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Post()
  @ApiOperation({ summary: 'Make a key; its secret is told in this answer and never again' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Replays the first answer, without the secret' })
  @ApiResponse({ status: 201, description: 'Made', standardSchema: madeKeyAnswer })
  async create(
    @Identity() identity: RequestIdentity,
    @Body({ schema: apiKeyInput }) input: ApiKeyInput,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.keys.create(identity, input, key);
    void reply
      .status(answer.status)
      .headers(answer.headers)
      .header(...NEVER_KEPT);
    if (answer.replayed) void reply.header('idempotent-replayed', 'true');
    return answer.body;
  }

  @Get()
  @ApiOperation({ summary: 'Keys of the workspace, revoked ones too, the newest first' })
  @ApiResponse({ status: 200, description: 'A page of keys, without their secrets', standardSchema: apiKeyPage })
  async list(
    @Identity() { scope }: RequestIdentity,
    @Query({ schema: pageQuery }) query: PageQuery,
    @Req() { url }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.keys.list(scope, query);
    const link = linkHeader(url, page);
    if (link) void reply.header('link', link);
    return page;
  }

  @Get(':id')
  @ApiOperation({ summary: 'One key, without its secret' })
  @ApiResponse({ status: 200, description: 'The key', standardSchema: apiKeyAnswer })
  find(@Identity() { scope }: RequestIdentity, @Param('id', API_KEY_ID) id: string) {
    return this.keys.find(scope, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a key: within a second it opens nothing, on no process' })
  @ApiResponse({ status: 204, description: 'Revoked, now or before' })
  @ApiResponse({ status: 409, description: 'The last admin key, or the one of TECHSPEC_API_KEY' })
  async revoke(@Identity() identity: RequestIdentity, @Param('id', API_KEY_ID) id: string): Promise<void> {
    await this.keys.revoke(identity, id);
  }
}
