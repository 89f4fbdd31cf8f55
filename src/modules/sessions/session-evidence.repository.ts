import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { PUBLIC_WORKSPACE_ID } from '../identity/identity.types.js';
import type { Sha256 } from '../research/research.types.js';

/**
 * Rows of `session_evidence`: which stored pieces a session rests on, its own workspace's or public ones. The link
 * keeps a piece from being removed with another session that used it too.
 */
@Injectable()
export class SessionEvidenceRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Links pieces by hash; where both workspaces hold the same bytes the session's own copy is meant. */
  async link(
    manager: EntityManager,
    scope: WorkspaceScope,
    sessionId: string,
    hashes: readonly Sha256[],
  ): Promise<void> {
    if (hashes.length === 0) return;
    await manager.query(
      `INSERT INTO session_evidence (workspace_id, session_id, evidence_workspace_id, sha256)
       SELECT DISTINCT ON (e.sha256) $1::uuid, $2::uuid, e.workspace_id, e.sha256 FROM evidence e
        WHERE e.workspace_id IN ($1, $4) AND e.sha256 = ANY($3)
        ORDER BY e.sha256, (e.workspace_id = $1) DESC
       ON CONFLICT DO NOTHING`,
      [scope.workspaceId, sessionId, hashes, PUBLIC_WORKSPACE_ID],
    );
  }

  /** Pieces of the session's own workspace that no other session refers to. */
  async onlyUsedBy(manager: EntityManager, scope: WorkspaceScope, sessionId: string): Promise<readonly Sha256[]> {
    const rows: { sha256: Sha256 }[] = await manager.query(
      `SELECT own.sha256 FROM session_evidence own
        WHERE own.workspace_id = $1 AND own.session_id = $2 AND own.evidence_workspace_id = $1
          AND NOT EXISTS (SELECT 1 FROM session_evidence other
                           WHERE other.evidence_workspace_id = $1 AND other.sha256 = own.sha256
                             AND (other.workspace_id, other.session_id) <> ($1, $2))
        ORDER BY own.sha256`,
      [scope.workspaceId, sessionId],
    );
    return rows.map((row) => row.sha256);
  }

  async list(scope: WorkspaceScope, sessionId: string): Promise<readonly Sha256[]> {
    const rows: { sha256: Sha256 }[] = await this.dataSource.query(
      `SELECT DISTINCT sha256 FROM session_evidence WHERE workspace_id = $1 AND session_id = $2 ORDER BY sha256`,
      [scope.workspaceId, sessionId],
    );
    return rows.map((row) => row.sha256);
  }
}
