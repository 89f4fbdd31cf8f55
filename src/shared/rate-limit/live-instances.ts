import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { IdSource } from '../clock/clock.js';
import { InstancesRepository } from './instances.repository.js';

const BEAT_MS = 3000;
const DEAD_AFTER_MS = 10_000;

/** How many processes serve HTTP, as far as the database knows: each counts its share where no Redis counts for all. */
@Injectable()
export class LiveInstances implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('RateLimit');
  private readonly id: string;
  private timer?: NodeJS.Timeout;
  private known = 1;

  constructor(
    private readonly config: Config,
    private readonly rows: InstancesRepository,
    ids: IdSource,
  ) {
    this.id = ids.next();
  }

  get count(): number {
    return this.known;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.rateLimit.enabled || this.config.role === 'worker') return;
    await this.beat();
    this.timer = setInterval(() => void this.beat(), BEAT_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.timer === undefined) return;
    clearInterval(this.timer);
    await this.rows.leave(this.id).catch(() => undefined);
  }

  /** While the database is away the last number stays. */
  private async beat(): Promise<void> {
    try {
      this.known = Math.max(1, await this.rows.beat(this.id, DEAD_AFTER_MS));
    } catch (error) {
      this.logger.debug({ err: error }, 'the processes could not be counted');
    }
  }
}
