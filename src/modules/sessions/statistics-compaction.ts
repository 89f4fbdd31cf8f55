import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CostsService } from '../../shared/costs/costs.service.js';
import { WorkflowEngine } from '../../shared/workflow/workflow-engine.js';
import { SessionStatisticsRepository } from './session-statistics.repository.js';

/** Deltas of one transaction: a tenth of a second. */
const BATCH = 5000;
/** Batches of one turn; what is left waits for the next, and is counted all the same. */
const MOST_BATCHES = 40;

/**
 * Keeps the statistics quick: folds deltas into roll-ups with the engine's reconcile, so every ten seconds in one process of the fleet. Nothing is
 * wrong without it or after a crash in the middle, only slower.
 */
@Injectable()
export class StatisticsCompaction implements OnModuleInit {
  constructor(
    private readonly engine: WorkflowEngine,
    private readonly sessions: SessionStatisticsRepository,
    private readonly costs: CostsService,
  ) {}

  onModuleInit(): void {
    this.engine.onReconcile(async () => {
      await this.fold((batch) => this.sessions.compact(batch));
      await this.fold((batch) => this.costs.compact(batch));
    });
  }

  private async fold(compact: (batch: number) => Promise<number>): Promise<void> {
    for (let batches = 0; batches < MOST_BATCHES && (await compact(BATCH)) === BATCH; batches += 1);
  }
}
