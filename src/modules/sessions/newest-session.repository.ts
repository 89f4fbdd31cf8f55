import { type Ask, NO_ID } from '../../shared/database/named-queries.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';

/** The workspace's newest session and its run, for plans of queries about one session; one that is not there without any. */
export async function newestSession(
  { workspaceId }: WorkspaceScope,
  ask: Ask,
): Promise<{ readonly id: string; readonly run: number }> {
  const rows = await ask<{ id: string; run: number }>(
    `SELECT id, run FROM sessions WHERE workspace_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1`,
    [workspaceId],
  );
  return rows[0] ?? { id: NO_ID, run: 1 };
}
