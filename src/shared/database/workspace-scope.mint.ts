import type { WorkspaceScope } from './workspace-scope.js';

/** Makes the scope of a workspace whose caller has been authenticated, or whose work is already recorded. */
export function mintWorkspaceScope(workspaceId: string): WorkspaceScope {
  return Object.freeze({ workspaceId }) as WorkspaceScope;
}
