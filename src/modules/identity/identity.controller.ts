import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Limit } from '../../http/limit.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import { ResponseCache } from '../../http/response-cache.decorator.js';
import { KEY_ROLES, type RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import { IdentityService } from './identity.service.js';

const whoami = z
  .object({
    keyId: z.string(),
    role: z.enum(KEY_ROLES),
    workspace: z.object({ id: z.uuid(), name: z.string() }),
  })
  .meta({
    example: {
      keyId: 'firstkey',
      role: 'admin',
      workspace: { id: '00000000-0000-7000-8000-000000000001', name: 'default' },
    },
  });

@ApiTags('identity')
@Limit('default')
@Controller()
export class IdentityController {
  constructor(private readonly identities: IdentityService) {}

  /** The key the call was made with: never its secret. */
  @Get('whoami')
  @Requires('viewer')
  @ResponseCache({ ttl: 30, scope: 'key' })
  @ApiOperation({ summary: 'Who the API key belongs to' })
  @ApiResponse({ status: 200, description: 'Key, role and workspace', standardSchema: whoami })
  async whoami(@Identity() identity: RequestIdentity): Promise<z.infer<typeof whoami>> {
    const name = await this.identities.workspaceName(identity);
    return { keyId: identity.keyId, role: identity.role, workspace: { id: identity.workspaceId, name } };
  }
}
