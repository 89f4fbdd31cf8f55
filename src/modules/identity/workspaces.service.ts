import { Injectable } from '@nestjs/common';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { mintWorkspaceScope } from '../../shared/database/workspace-scope.mint.js';
import { IdentityRepository } from './identity.repository.js';

/** The workspaces themselves, for work that no caller asked for. */
@Injectable()
export class WorkspacesService {
  constructor(private readonly repository: IdentityRepository) {}

  /** Of the newest workspaces that somebody can call, at most `limit`. */
  async newestScopes(limit: number): Promise<readonly WorkspaceScope[]> {
    return (await this.repository.reachableWorkspaceIds(limit)).map(mintWorkspaceScope);
  }
}
