import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../../config/config.js';
import { ListeningPool } from './checked-pool.js';
import type { WaitTotals } from './pool-waits.js';

/** Connections of the program's pool, as the pool itself counts them. */
export interface DatabasePoolStatistics extends WaitTotals {
  /** Lent to a query or a transaction at this moment. */
  readonly active: number;
  readonly idle: number;
  /** Kept open however idle. */
  readonly base: number;
  /** The most that are opened: base and overflow. */
  readonly max: number;
  /** Callers who wait for a connection. */
  readonly waiting: number;
}

const NO_POOL = { active: 0, idle: 0, max: 0, waiting: 0, checkouts: 0, waitedMs: 0, timeouts: 0 };

/** What the pool knows of itself; asks the server nothing. */
@Injectable()
export class DatabasePool {
  constructor(
    private readonly source: DataSource,
    private readonly config: Config,
  ) {}

  statistics(): DatabasePoolStatistics {
    const base = this.config.database.poolSize;
    const pool = this.pool();
    if (pool === undefined) return { ...NO_POOL, base };
    const { totalCount, idleCount, waitingCount, options, waits } = pool;
    return {
      base,
      active: totalCount - idleCount,
      idle: idleCount,
      max: options.max,
      waiting: waitingCount,
      ...waits.totals,
    };
  }

  /** @param listener told of each wait for a connection from now on, also of those in vain, in milliseconds */
  onWait(listener: (ms: number) => void): void {
    this.pool()?.waits.onWait(listener);
  }

  /** TypeORM types its pool as `any`; it is the one that data-source-options.ts names. */
  private pool(): ListeningPool | undefined {
    const { master } = this.source.driver as unknown as { readonly master?: unknown };
    return master instanceof ListeningPool ? master : undefined;
  }
}
