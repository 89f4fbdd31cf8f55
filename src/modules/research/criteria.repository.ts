import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { runInTransaction } from '../../shared/database/transaction.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { CriteriaSet } from './research.types.js';

/** Versions of a workspace's criteria; rows are only ever added. */
@Injectable()
export class CriteriaRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The newest version; undefined when the workspace never replaced the default set. */
  async newest(scope: WorkspaceScope, manager?: EntityManager): Promise<CriteriaSet | undefined> {
    const rows: { version: number; body: Omit<CriteriaSet, 'version'> }[] = await (
      manager ?? this.dataSource.manager
    ).query(`SELECT version, body FROM criteria WHERE workspace_id = $1 ORDER BY version DESC LIMIT 1`, [
      scope.workspaceId,
    ]);
    const [row] = rows;
    return row && { version: row.version, criteria: row.body.criteria };
  }

  /**
   * Adds a version together with what `also` writes. `false`, and nothing is written, when somebody else has added this
   * version first.
   */
  async add(
    scope: WorkspaceScope,
    set: CriteriaSet,
    actor: string,
    also: (manager: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    return runInTransaction(this.dataSource, async (manager) => {
      const rows: unknown[] = await manager.query(
        `INSERT INTO criteria (workspace_id, version, body, created_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, version) DO NOTHING RETURNING version`,
        [scope.workspaceId, set.version, JSON.stringify({ criteria: set.criteria }), actor],
      );
      if (rows.length === 0) return false;
      await also(manager);
      return true;
    });
  }
}
