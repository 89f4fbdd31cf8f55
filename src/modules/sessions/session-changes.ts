import { Injectable } from '@nestjs/common';
import { CacheService } from '../../shared/cache/cache.service.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';

/** Of all that is shown of a session; `{id}` is its id in lower case. */
export const SESSION_TAG = 'session:{id}';
/** Of lists of sessions; `{workspace}` is whose. */
export const SESSIONS_TAG = 'sessions:{workspace}';

/** Makes cached answers about sessions end. Called after the commit: before it, a reader would keep the older state anew. */
@Injectable()
export class SessionChanges {
  constructor(private readonly cache: CacheService) {}

  /** @param further tags of what went with the change */
  async changed(scope: WorkspaceScope, id: string, further: readonly string[] = []): Promise<void> {
    const { workspaceId } = scope;
    const tags = [SESSION_TAG.replace('{id}', id.toLowerCase()), SESSIONS_TAG.replace('{workspace}', workspaceId)];
    await this.cache.invalidateTags([...tags, ...further], workspaceId);
  }
}
