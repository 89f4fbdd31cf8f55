import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { DataSource } from 'typeorm';

/** Connections of the program's pool, as the pool itself counts them. */
export interface DatabasePoolStatistics {
  /** Lent to a query or a transaction at this moment. */
  readonly active: number;
  readonly idle: number;
  /** The most that are opened: base and overflow. */
  readonly max: number;
  /** Callers who wait for a connection. */
  readonly waiting: number;
}

/** What the pool knows of itself; asks the server nothing. */
@Injectable()
export class DatabasePool {
  constructor(private readonly source: DataSource) {}

  statistics(): DatabasePoolStatistics {
    // TypeORM types its pool as `any`; it is the one that data-source-options.ts names.
    const { master } = this.source.driver as unknown as { readonly master?: pg.Pool };
    if (master === undefined) return { active: 0, idle: 0, max: 0, waiting: 0 };
    const { totalCount, idleCount, waitingCount, options } = master;
    return { active: totalCount - idleCount, idle: idleCount, max: options.max, waiting: waitingCount };
  }
}
