import type { QueryRunner } from 'typeorm';
import type { ConcurrentMigration } from './all-migrations.js';
import { COUNT_BATCH, DOWN, FUNCTIONS, SESSION_COLUMNS, TABLES, TRIGGERS } from './0005-statistics-sql.js';

/** Sessions of one statement: the lock on each is held for milliseconds. */
const BATCH = 1000;
const COMPACTED = 20_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Statistics of sessions and of money, as sums that are kept: docs/database.md. Outside of a transaction, since sessions that are there are
 * counted in batches while others come and go; each statement may run a second time, after a crash.
 */
export class Statistics1700000000005 implements ConcurrentMigration {
  name = 'Statistics1700000000005';
  readonly transaction = false;
  readonly indexes = [];

  async up(runner: QueryRunner): Promise<void> {
    const columns = Object.entries(SESSION_COLUMNS).map(([name, type]) => `ADD COLUMN IF NOT EXISTS ${name} ${type}`);
    // These wait for whoever works on the table, and everybody else for them: better they give up and are run again.
    await runner.query(`SET lock_timeout = '5s'`);
    await runner.query(`ALTER TABLE sessions ${columns.join(', ')}`);
    for (const statement of [...TABLES, ...FUNCTIONS, ...TRIGGERS]) await runner.query(statement);
    await runner.query(`RESET lock_timeout`);
    await this.count(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }

  private async count(runner: QueryRunner): Promise<void> {
    let last = { workspace_id: BEFORE_ALL, id: BEFORE_ALL };
    for (let batches = 1; ; batches += 1) {
      const rows = (await runner.query(COUNT_BATCH, [last.workspace_id, last.id, BATCH])) as (typeof last)[];
      if (rows[0] === undefined) break;
      last = rows[0];
      if (batches % (COMPACTED / BATCH) === 0) await this.compact(runner);
    }
    await this.compact(runner);
  }

  private async compact(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT compact_session_statistics(${2 * COMPACTED})`);
  }
}
