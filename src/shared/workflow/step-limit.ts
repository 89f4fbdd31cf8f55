import type { PoolClient } from 'pg';
import { backoffMs, pause } from './backoff.js';
import { Semaphore } from './semaphore.js';
import type { QueueDefinition } from './workflow-engine.js';
import type { WorkflowRepository } from './workflow.repository.js';

const SLOT_RETRY_MS = 50;

/**
 * Bounds steps of `parallel`, here and over the fleet. A slot of the fleet is a session-level advisory lock, held by one
 * connection per process and limit: a process that dies gives its slots back with its connection, without any lease. If
 * that connection is lost while steps run, they go on, so the bound may be passed for as long as those steps take.
 */
export class StepLimit {
  private readonly local: Semaphore;
  private readonly held = new Set<number>();
  /** Takers go one by one: a connection may lock the same slot twice, so two must not ask at once. */
  private turn: Promise<unknown> = Promise.resolve();
  private client?: PoolClient;
  private closed = false;

  constructor(
    private readonly definition: QueueDefinition,
    private readonly repository: WorkflowRepository,
  ) {
    this.local = new Semaphore(definition.perProcess);
  }

  /** Waits for a place; the answer gives it back. */
  async acquire(): Promise<() => void> {
    await this.local.acquire();
    const fleet = this.definition.fleet;
    if (fleet === undefined) return () => this.local.release();
    const taken = this.turn.then(() => this.take(fleet));
    this.turn = taken;
    const free = await taken;
    return () => {
      free();
      this.local.release();
    };
  }

  /** Ends the connection, and with it whatever slots are held; whoever still waits for one waits for ever. */
  close(): void {
    this.closed = true;
    this.drop(this.client);
  }

  /** Never fails: as long as no slot can be had, for whatever reason, it asks again. */
  private async take(fleet: number): Promise<() => void> {
    // The more a process holds the longer it steps back, or one that is busy would retake each slot before another looks.
    await pause((this.held.size / fleet) * 2 * SLOT_RETRY_MS * Math.random());
    for (let attempt = 1; !this.closed; attempt++) {
      try {
        const client = (this.client ??= await this.connect());
        const slot = await this.repository.takeSlot(client, this.definition.name, fleet, [...this.held]);
        if (slot !== undefined) {
          this.held.add(slot);
          return () => this.free(client, slot);
        }
        attempt = 0;
        await pause(SLOT_RETRY_MS * (0.5 + Math.random()));
      } catch {
        // The database is away: so is everything else; come back with it.
        this.drop(this.client);
        await pause(backoffMs(Math.min(attempt, 3)));
      }
    }
    return new Promise(() => undefined);
  }

  private free(client: PoolClient, slot: number): void {
    if (client !== this.client) return;
    this.repository.freeSlot(client, this.definition.name, slot).then(
      () => this.held.delete(slot),
      () => this.drop(client),
    );
  }

  private async connect(): Promise<PoolClient> {
    const client = await this.repository.connect();
    client.on('error', () => this.drop(client));
    return client;
  }

  private drop(client: PoolClient | undefined): void {
    if (client === undefined || client !== this.client) return;
    this.client = undefined;
    this.held.clear();
    client.release(true);
  }
}
