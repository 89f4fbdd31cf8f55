import { Body, Controller, Get, Headers, Put, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Identity } from '../../http/identity.decorator.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import { criteriaInput, criteriaOutput, type CriteriaInput } from './criteria.schemas.js';
import { CriteriaService, criteriaEtag } from './criteria.service.js';
import type { CriteriaSet } from './research.types.js';

/** The optimisation criteria by which options are compared. */
@ApiTags('criteria')
@Controller('v1/criteria')
export class CriteriaController {
  constructor(private readonly criteria: CriteriaService) {}

  @Get()
  @Requires('viewer')
  @ApiOperation({ summary: 'The criteria in force, with weights, scales and reasons' })
  @ApiResponse({
    status: 200,
    description: 'The newest version; its ETag is for If-Match',
    standardSchema: criteriaOutput,
  })
  @ApiResponse({ status: 304, description: 'Unchanged since the ETag of If-None-Match' })
  async current(
    @Identity() identity: RequestIdentity,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CriteriaSet | undefined> {
    const set = await this.criteria.current(identity.scope);
    const etag = criteriaEtag(set);
    void reply.headers({ etag, 'cache-control': 'private, no-cache' });
    const known = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
    if (known.includes(etag)) {
      void reply.status(304);
      return undefined;
    }
    return set;
  }

  @Put()
  @Requires('admin')
  @ApiOperation({ summary: 'Replace the criteria; options are compared anew without new research' })
  @ApiResponse({ status: 200, description: 'The new version', standardSchema: criteriaOutput })
  @ApiResponse({ status: 412, description: 'If-Match is missing or names an older version' })
  async replace(
    @Identity() identity: RequestIdentity,
    @Headers('if-match') ifMatch: string | undefined,
    @Body({ schema: criteriaInput }) body: CriteriaInput,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof criteriaOutput>> {
    const set = await this.criteria.replace(identity.scope, ifMatch, body, identity.keyId);
    void reply.headers({ etag: criteriaEtag(set), 'cache-control': 'private, no-cache' });
    return { version: set.version, criteria: [...set.criteria] };
  }
}
