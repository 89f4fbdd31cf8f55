import { createHmac, randomBytes } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CursorSigner } from '../../http/cursor-signer.js';
import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';
import { IdentityRepository } from './identity.repository.js';
import { DEFAULT_WORKSPACE_ID } from './identity.types.js';

/**
 * Gives cursors a key that all processes of one database share without another setting: derived from the stored hash of
 * the oldest admin key, which no caller sees. Runs after the first key was made.
 */
@Injectable()
export class CursorKey implements OnApplicationBootstrap {
  constructor(
    private readonly repository: IdentityRepository,
    private readonly signer: CursorSigner,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const hash = await this.repository.oldestKeyHash(mintWorkspaceScope(DEFAULT_WORKSPACE_ID));
    this.signer.use(
      createHmac('sha256', hash ?? randomBytes(32))
        .update('techspec cursor 1')
        .digest(),
    );
  }
}
