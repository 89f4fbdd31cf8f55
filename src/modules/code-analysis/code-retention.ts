import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock } from '../../shared/clock/clock.js';
import { WorkflowEngine } from '../../shared/workflow/workflow-engine.js';
import { CodeRetentionRepository } from './code-retention.repository.js';

const CLEAN_EVERY_MS = 3600 * 1000;
/** Analyses, and contents of files, of one statement. */
const ANALYSES = 20;
const CONTENTS = 200;

/**
 * Files that were sent in leave CODE_RETENTION_DAYS after they were last sent; what was found in them stays. It comes with the
 * engine's reconcile, so in one process of the fleet at a time and never within a request.
 */
@Injectable()
export class CodeRetention implements OnModuleInit {
  private cleanedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly engine: WorkflowEngine,
    private readonly repository: CodeRetentionRepository,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.engine.onReconcile(async () => void (await this.clean()));
  }

  /** One batch; gives how many contents went. Does nothing for an hour after there was no full batch. */
  async clean(): Promise<number> {
    const now = this.clock.monotonicMs();
    if (now - this.cleanedAt < CLEAN_EVERY_MS) return 0;
    const { codeRetentionDays: days } = this.config.data;
    const emptied = await this.repository.emptyAnalyses(days, ANALYSES);
    const removed = await this.repository.removeContents(days, CONTENTS);
    if (emptied < ANALYSES && removed < CONTENTS) this.cleanedAt = now;
    return removed;
  }
}
