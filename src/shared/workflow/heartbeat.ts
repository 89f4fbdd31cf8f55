import type { DBOSClient } from '@dbos-inc/dbos-sdk';
import { Logger } from '@nestjs/common';
import { within } from './backoff.js';
import type { Reaper } from './reaper.js';
import type { WorkflowRepository } from './workflow.repository.js';

/** The engine's library waits for a database that is away without end; a process that stops does not. */
const HAND_BACK_MS = 3000;

export interface HeartbeatOptions {
  readonly executorId: string;
  readonly role: string;
  readonly everyMs: number;
}

/** Says that this executor lives, and after each beat looks for those that don't. A database that is away is waited for. */
export class Heartbeat {
  private readonly logger = new Logger('WorkflowEngine');
  private timer?: NodeJS.Timeout;
  private ended = false;
  private missed = false;
  private reaping?: Promise<void>;

  constructor(
    private readonly options: HeartbeatOptions,
    private readonly repository: WorkflowRepository,
    private readonly reaper: Reaper,
  ) {}

  /** Beats until it once succeeds, then runs `launch`, then goes on for ever. */
  async start(launch: () => Promise<void>): Promise<void> {
    await this.firstBeat();
    if (this.ended) return;
    this.next();
    await launch();
  }

  /** Hands back what this executor still runs and takes its heartbeat away; without a database others find out by time. */
  async end(client: DBOSClient): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await within(HAND_BACK_MS, this.handBack(client)).catch((error: unknown) =>
      this.logger.warn(`Work could not be handed back and will be taken over in seconds: ${String(error)}`),
    );
  }

  private async handBack(client: DBOSClient): Promise<void> {
    await this.reaping?.catch(() => undefined);
    const { executorId } = this.options;
    const work = await client.listWorkflows({ executorId, status: 'PENDING', loadInput: false });
    for (const one of work) await client.resumeWorkflow(one.workflowID, { queueName: one.queueName });
    await this.repository.removeBeat(executorId);
  }

  private async firstBeat(): Promise<void> {
    while (!this.ended && !(await this.beat())) {
      await new Promise<void>((resolve) => (this.timer = setTimeout(resolve, Math.min(1000, this.options.everyMs))));
    }
  }

  private next(): void {
    if (this.ended) return;
    this.timer = setTimeout(() => void this.tick(), this.options.everyMs);
  }

  private async tick(): Promise<void> {
    if (await this.beat()) this.reap();
    this.next();
  }

  /** Beside the beats, never in their way: a slow pass must not make this executor look dead. */
  private reap(): void {
    if (this.reaping || this.ended) return;
    this.reaping = this.reaper
      .pass()
      .catch((error: unknown) => this.logger.warn(`Looking for work to take over failed: ${String(error)}`))
      .finally(() => (this.reaping = undefined));
  }

  private async beat(): Promise<boolean> {
    try {
      await this.repository.beat(this.options.executorId, this.options.role);
      if (this.missed) this.logger.log('Heartbeats are written again');
      this.missed = false;
      return true;
    } catch (error) {
      if (!this.missed) this.logger.warn(`A heartbeat could not be written: ${String(error)}`);
      this.missed = true;
      return false;
    }
  }
}
