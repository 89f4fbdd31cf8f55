import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../clock/clock.js';
import { WorkflowEngine } from '../workflow/workflow-engine.js';
import { JobsRepository } from './jobs.repository.js';

const CLEAN_EVERY_MS = 3600 * 1000;
/** Rows of one statement: short enough to be in nobody's way. */
const BATCH = 500;

/**
 * Finished jobs leave after RETENTION_DAYS. It comes with the engine's reconcile, so in one process of the fleet at a time
 * and never within a request. The least, a day after the end, is longer than an `Idempotency-Key` is kept (24 h from the
 * call), so the address that a replayed answer gives is still there.
 */
@Injectable()
export class JobRetention implements OnModuleInit {
  private cleanedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly engine: WorkflowEngine,
    private readonly repository: JobsRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.engine.onReconcile(async () => void (await this.clean()));
  }

  /** Removes one batch; gives how many went. Does nothing for an hour after there was no full batch. */
  async clean(): Promise<number> {
    const now = this.clock.monotonicMs();
    if (now - this.cleanedAt < CLEAN_EVERY_MS) return 0;
    const removed = await this.repository.removeFinished(this.config.data.retentionDays, BATCH);
    if (removed < BATCH) this.cleanedAt = now;
    return removed;
  }
}
