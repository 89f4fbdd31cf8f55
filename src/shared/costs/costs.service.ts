import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CacheService } from '../cache/cache.service.js';
import type { WorkspaceScope } from '../database/workspace-scope.js';
import { CostsRepository } from './costs.repository.js';
import type { Cost, CostFilter, CostReport } from './costs.types.js';

/** Of cached answers that show money; `{workspace}` is whose. */
export const COSTS_TAG = 'costs:{workspace}';

/** What was paid to providers, and what the cache saved. Nothing in this installation pays anybody yet, so nothing records. */
@Injectable()
export class CostsService {
  constructor(
    private readonly rows: CostsRepository,
    private readonly cache: CacheService,
  ) {}

  /**
   * Records in the caller's transaction, with whatever tells of the call: both are there or neither. It takes the row lock of the sessions it
   * names. After the commit call `recorded`.
   * @throws Error for money that is not a whole number of micro-dollars from 0 on: a mistake of the program
   */
  async record(manager: EntityManager, scope: WorkspaceScope, costs: readonly Cost[]): Promise<void> {
    for (const { costMicroUsd, savedMicroUsd = 0, calls = 1 } of costs)
      if (![costMicroUsd, savedMicroUsd, calls].every((value) => Number.isSafeInteger(value) && value >= 0))
        throw new Error('Money is recorded in whole micro-dollars and calls, from 0 on.');
    if (costs.length > 0) await this.rows.add(manager, scope, costs);
  }

  /** Ends cached answers that show the money of before. */
  async recorded({ workspaceId }: WorkspaceScope): Promise<void> {
    await this.cache.invalidateTags([COSTS_TAG.replace('{workspace}', workspaceId)], workspaceId);
  }

  report(scope: WorkspaceScope, filter: CostFilter): Promise<CostReport> {
    return this.rows.report(scope, filter);
  }

  /** Folds deltas into roll-ups; see CostsRepository. */
  compact(batch: number): Promise<number> {
    return this.rows.compact(batch);
  }
}
