import type { DBOSClient } from '@dbos-inc/dbos-sdk';
import { Logger } from '@nestjs/common';
import type { WorkflowRepository } from './workflow.repository.js';

/** Finished workflows stay this long for operators, then leave the engine's schema. */
const KEEP_FINISHED_MS = 7 * 24 * 3600 * 1000;
const CLEAN_EVERY_MS = 3600 * 1000;
const RECONCILE_EVERY_MS = 10_000;
const BATCH = 500;
const UNFINISHED = ['ENQUEUED', 'PENDING', 'DELAYED'] as const;

export interface ReaperTimes {
  readonly deadAfterMs: number;
  readonly monotonicMs: () => number;
  readonly now: () => Date;
}

/** `<workflow version>:<unique>`: so that the versions alive can be read from the heartbeats. */
export function executorVersion(executorId: string): string {
  return executorId.slice(0, executorId.lastIndexOf(':'));
}

/**
 * Gives the work of processes that are gone to those that live. One process at a time does it, after each of its
 * heartbeats: what a dead executor was running is queued again (its finished steps are kept); what belongs to a version that
 * nobody runs any more is cancelled, so that the features' reconcile hooks start it anew from their own rows.
 *
 * A frozen executor counts as dead. When it wakes, the engine refuses its checkpoints (the row has another owner) and the
 * features' own fences refuse its writes.
 */
export class Reaper {
  private readonly logger = new Logger('WorkflowReaper');
  private readonly orphans = new Set<string>();
  private cleanedAt = Number.NEGATIVE_INFINITY;
  private reconciledAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly client: DBOSClient,
    private readonly repository: WorkflowRepository,
    private readonly version: string,
    private readonly hooks: readonly (() => Promise<void>)[],
    private readonly times: ReaperTimes,
  ) {}

  /** One pass; does nothing when another process is at it. */
  async pass(): Promise<void> {
    await this.repository.asReaper(async () => {
      const beats = await this.repository.beats(this.times.deadAfterMs);
      const alive = new Set(beats.filter((beat) => beat.alive).map((beat) => beat.executorId));
      const versions = new Set([...alive].map(executorVersion)).add(this.version);
      for (const beat of beats) if (!beat.alive) await this.takeOver(beat.executorId, versions);
      await this.adoptOrphans(new Set(beats.map((beat) => beat.executorId)), versions);
      const stranded = await this.clearStranded(versions);
      await this.reconcile(stranded);
      await this.clean();
    });
  }

  private async takeOver(executorId: string, versions: ReadonlySet<string>): Promise<void> {
    const work = await this.client.listWorkflows({ executorId, status: 'PENDING', limit: BATCH, loadInput: false });
    const rest = work.filter((one) => versions.has(one.applicationVersion ?? this.version));
    await this.resume(rest);
    if (rest.length > 0) this.logger.warn(`Took over ${rest.length} workflows of ${executorId}, which is gone`);
    if (work.length < BATCH) await this.repository.removeBeat(executorId, this.times.deadAfterMs);
  }

  /** Running work whose executor has no heartbeat row at all, seen in two passes: its row was lost, not late. */
  private async adoptOrphans(known: ReadonlySet<string>, versions: ReadonlySet<string>): Promise<void> {
    const running = await this.client.listWorkflows({ status: 'PENDING', limit: 10 * BATCH, loadInput: false });
    const lost = running.filter((one) => one.executorId !== undefined && !known.has(one.executorId));
    const again = lost.filter(
      (one) => this.orphans.has(`${one.workflowID}@${one.executorId}`) && versions.has(one.applicationVersion ?? ''),
    );
    this.orphans.clear();
    for (const one of lost) this.orphans.add(`${one.workflowID}@${one.executorId}`);
    await this.resume(again);
  }

  /** Back to the queue each came from, so that its limits hold for resumed work too. */
  private async resume(work: readonly { workflowID: string; queueName?: string }[]): Promise<void> {
    const queues = new Map<string | undefined, string[]>();
    for (const one of work) queues.set(one.queueName, [...(queues.get(one.queueName) ?? []), one.workflowID]);
    for (const [queueName, ids] of queues) await this.client.resumeWorkflows(ids, { queueName });
  }

  private async clearStranded(versions: ReadonlySet<string>): Promise<boolean> {
    const registered = await this.client.listApplicationVersions();
    // Work that names no version is claimed only by the newest one registered: it must be one that somebody runs.
    const newest = registered[0]?.versionName;
    if (newest !== undefined && !versions.has(newest)) await this.client.setLatestApplicationVersion(this.version);
    const gone = registered.map((one) => one.versionName).filter((name) => !versions.has(name));
    if (gone.length === 0) return false;
    const stranded = await this.client.listWorkflows({
      applicationVersion: gone,
      status: [...UNFINISHED],
      limit: BATCH,
      loadInput: false,
    });
    if (stranded.length === 0) return false;
    await this.client.cancelWorkflows(stranded.map((one) => one.workflowID));
    this.logger.warn(`Cancelled ${stranded.length} workflows of versions nobody runs: ${gone.join(', ')}`);
    return true;
  }

  private async reconcile(atOnce: boolean): Promise<void> {
    const now = this.times.monotonicMs();
    if (!atOnce && now - this.reconciledAt < RECONCILE_EVERY_MS) return;
    this.reconciledAt = now;
    for (const hook of this.hooks) {
      try {
        await hook();
      } catch (error) {
        this.logger.error('A reconcile hook failed', error instanceof Error ? error.stack : String(error));
      }
    }
  }

  private async clean(): Promise<void> {
    const now = this.times.monotonicMs();
    if (now - this.cleanedAt < CLEAN_EVERY_MS) return;
    const completedBefore = new Date(this.times.now().getTime() - KEEP_FINISHED_MS).toISOString();
    const status = ['SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'] as const;
    const old = await this.client.listWorkflows({
      completedBefore,
      status: [...status],
      limit: BATCH,
      loadInput: false,
    });
    if (old.length > 0) await this.client.deleteWorkflows(old.map((one) => one.workflowID));
    // A full batch means there is more: go on with the next pass.
    if (old.length < BATCH) this.cleanedAt = now;
  }
}
