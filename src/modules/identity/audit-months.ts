import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../shared/clock/clock.js';
import { WorkflowEngine } from '../../shared/workflow/workflow-engine.js';
import { AuditRepository } from './audit.repository.js';

const LOOK_EVERY_MS = 24 * 3_600_000;

/**
 * Makes the audit log's next months before they begin, with the engine's reconcile: in one process of the fleet at a time. Lines
 * of a month that was never made are kept by the default partition.
 */
@Injectable()
export class AuditMonths implements OnModuleInit {
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly engine: WorkflowEngine,
    private readonly rows: AuditRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.engine.onReconcile(() => this.look());
  }

  private async look(): Promise<void> {
    const now = this.clock.monotonicMs();
    if (now - this.lookedAt < LOOK_EVERY_MS) return;
    await this.rows.makeMonths();
    this.lookedAt = now;
  }
}
