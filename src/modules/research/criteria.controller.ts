import { Body, Controller, Get, Headers, Put, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Limit } from '../../http/limit.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { ResponseCache } from '../../http/response-cache.decorator.js';
import { Requires } from '../../http/requires.decorator.js';
import { criteriaInput, criteriaOutput, type CriteriaInput } from './criteria.schemas.js';
import { CRITERIA_TAG, CriteriaService, criteriaEtag } from './criteria.service.js';
import type { CriteriaSet } from './research.types.js';

/**
 * Clients ask each time whether theirs are still the newest; no-transform, because the tag of a compressed form is weak,
 * which If-Match must refuse.
 */
const FRESHNESS = 'private, no-cache, no-transform';

/** The optimisation criteria by which options are compared. */
@ApiTags('criteria')
@Limit('default')
@Controller('v1/criteria')
export class CriteriaController {
  constructor(private readonly criteria: CriteriaService) {}

  @Get()
  @Requires('viewer')
  @ResponseCache({ ttl: 'criteria', scope: 'workspace', tags: [CRITERIA_TAG] })
  @ApiOperation({ summary: 'The criteria in force, with weights, scales and reasons' })
  @ApiResponse({
    status: 200,
    description: 'The newest version; its ETag is for If-Match',
    standardSchema: criteriaOutput,
  })
  async current(
    @Identity() identity: RequestIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CriteriaSet> {
    const set = await this.criteria.current(identity.scope);
    void reply.headers({ etag: criteriaEtag(set), 'cache-control': FRESHNESS });
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
    void reply.headers({ etag: criteriaEtag(set), 'cache-control': FRESHNESS });
    return { version: set.version, criteria: [...set.criteria] };
  }
}
