import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Limit } from '../../http/limit.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import { CacheAdministration } from './cache-administration.service.js';
import { type InvalidationInput, invalidationInput, invalidationOutput } from './cache.schemas.js';

/** Deletion of cached values by hand. */
@ApiTags('dashboard')
@Limit('default')
@Controller('v1/cache')
export class CacheController {
  constructor(private readonly administration: CacheAdministration) {}

  @Post('invalidate')
  @HttpCode(200)
  @Requires('operator')
  @ApiOperation({
    summary: 'Delete cached values by key, pattern or tags',
    description:
      'Values of your own workspace, on every process; with `public: true` (role admin) also those that all workspaces share. ' +
      'A load under way does not store its value either. Exactly one of `{ region, key }`, `{ region, pattern }` and `{ tags }`.',
  })
  @ApiResponse({ status: 200, description: 'How many values were there', standardSchema: invalidationOutput })
  async invalidate(
    @Identity() identity: RequestIdentity,
    @Body({ schema: invalidationInput }) body: InvalidationInput,
  ): Promise<z.infer<typeof invalidationOutput>> {
    return { invalidated: await this.administration.invalidate(identity, body) };
  }
}
