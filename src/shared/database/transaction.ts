import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { sqlState } from './database-errors.js';
import { runAs } from './database-use.js';

export interface TransactionOptions {
  /** Longest single statement, in milliseconds, whatever it is for; default: that of its use. */
  readonly statementTimeoutMs?: number;
  /** Runs again after a deadlock or a serialization failure, which PostgreSQL ends by choosing a victim. Default 2. */
  readonly retries?: number;
}

/** PostgreSQL's codes for "nothing is wrong with you, try again". */
const TRY_AGAIN = ['40001', '40P01'];

/**
 * Runs `work` in one transaction: all of it or nothing. `work` may run again from its start, so it does nothing but
 * database work (no outside call belongs into a transaction anyway).
 */
export async function runInTransaction<T>(
  source: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const once = () =>
    source.transaction(async (manager) => {
      if (options.statementTimeoutMs === undefined) return await work(manager);
      await manager.query(`SELECT set_config('statement_timeout', $1, true)`, [String(options.statementTimeoutMs)]);
      // The server's limit holds alone, as it does for workers.
      return await runAs('worker', () => work(manager));
    });
  return retried(once, options.retries ?? 2);
}

/** Runs `work`, which is all or nothing, again after a deadlock or a serialization failure. */
export async function retried<T>(work: () => Promise<T>, retries: number): Promise<T> {
  for (let left = retries; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left <= 0 || !TRY_AGAIN.includes(sqlState(error) ?? '')) throw error;
    }
  }
}

/** `runInTransaction` for services: they say what is atomic and hand the manager on, and know nothing else of the driver. */
@Injectable()
export class Transactions {
  constructor(private readonly source: DataSource) {}

  run<T>(work: (manager: EntityManager) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return runInTransaction(this.source, work, options);
  }
}
