import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Clock, Randomness } from '../../shared/clock/clock.js';
import { WorkflowEngine } from '../../shared/workflow/workflow-engine.js';
import { ReleaseCheck } from './release-check.js';

const HOUR_MS = 3_600_000;
/** Between two packages, at most; at least it is the engine's interval of ten seconds. */
const PAUSE_MS = 30_000;
/** Between two looks when nothing was due, at most. */
const IDLE_MS = 600_000;

/**
 * Has the releases of researched packages checked (RELEASE_CHECK_HOURS). It is begun by the engine's reconcile, so in one
 * process of the fleet that runs workers, and goes on beside it: a slow registry must not hold up the take-over of dead
 * processes. One request at a time, with a pause of random length after each.
 */
@Injectable()
export class ReleaseWatch implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger('research');
  private notBefore = 0;
  private running?: Promise<void>;
  private stopped = false;

  constructor(
    private readonly engine: WorkflowEngine,
    private readonly releases: ReleaseCheck,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly random: Randomness,
  ) {}

  onModuleInit(): void {
    if (this.config.research.releaseCheckHours === 0) return;
    this.engine.onReconcile(() => this.begin());
  }

  /** The database goes next: a check that is under way is waited for, and none begins. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private begin(): Promise<void> {
    if (!this.stopped && this.running === undefined && this.clock.monotonicMs() >= this.notBefore)
      this.running = this.checkOne().finally(() => (this.running = undefined));
    return Promise.resolve();
  }

  private async checkOne(): Promise<void> {
    let asked = false;
    try {
      asked = await this.releases.next(this.config.research.releaseCheckHours * HOUR_MS);
    } catch (error) {
      this.log.warn({ err: error }, 'the releases of researched packages could not be checked; tried again later');
    }
    this.notBefore = this.clock.monotonicMs() + this.random.next() * (asked ? PAUSE_MS : IDLE_MS);
  }
}
