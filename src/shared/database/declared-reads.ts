import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { runAs } from './database-use.js';

/** What a declared read may do. */
export type Reader = Pick<EntityManager, 'query'>;

/** Statements that a replica answers; what locks rows or changes them in a WITH it would refuse itself. */
const READS = /^\s*(?:SELECT|WITH|VALUES|EXPLAIN|SHOW)\b/i;

/**
 * Reads that need not see what was written a moment ago: a replica may answer them. There is none yet, so they run on the pool of
 * all; declared, they have a shorter limit (1.5 s a statement) and a place where a replica comes in: TypeORM's `replication`.
 */
@Injectable()
export class DeclaredReads {
  constructor(private readonly source: DataSource) {}

  /**
   * Runs `work` on one connection that only reads.
   * @throws Error for a statement that does not begin like a read: a mistake of the program
   * @throws AppError `database_timeout` for a statement of a request that takes longer than a read may
   */
  async read<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner('slave');
    const query: Reader['query'] = (sql: string, parameters?: unknown[]) =>
      READS.test(sql)
        ? runner.manager.query(sql, parameters)
        : Promise.reject(new Error('A declared read does nothing but read: take the DataSource for this statement.'));
    try {
      return await runAs('read', () => work({ query }));
    } finally {
      await runner.release();
    }
  }
}
