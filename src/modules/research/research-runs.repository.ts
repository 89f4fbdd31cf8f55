import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { runInTransaction } from '../../shared/database/transaction.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { Category, ResearchResult, Sha256 } from './research.types.js';

/** What was researched when, and what came out: the trace behind a cached answer. */
@Injectable()
export class ResearchRunsRepository {
  constructor(private readonly dataSource: DataSource) {}

  async insert(
    scope: WorkspaceScope,
    run: {
      readonly id: string;
      readonly category: Category;
      readonly requestSha256: Sha256;
      readonly result: ResearchResult;
    },
  ): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO research_runs (workspace_id, id, category, request_sha256, result) VALUES ($1, $2, $3, $4, $5)`,
      [scope.workspaceId, run.id, run.category, run.requestSha256, JSON.stringify(run.result)],
    );
  }

  /** For what must be written together with something of another module, such as a job. */
  async inTransaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return runInTransaction(this.dataSource, work);
  }
}
