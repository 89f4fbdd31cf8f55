import type { QueryRunner } from 'typeorm';
import type { ConcurrentMigration } from './all-migrations.js';

/** Sessions of one statement: the lock on each is held for milliseconds. */
const BATCH = 1000;

/**
 * Pages of sessions by any of their filters at a million rows. Outside of a transaction, so that nobody who reads or writes
 * sessions waits for more than a moment; each statement may run a second time, after a crash.
 */
export class SessionLists1700000000004 implements ConcurrentMigration {
  name = 'SessionLists1700000000004';
  readonly transaction = false;
  readonly indexes = [...Object.keys(NEW), ...Object.keys(NEW).map((name) => `${name}_new`), 'idx_sessions_search'];

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of WORDS) await runner.query(statement);
    await this.fill(runner);
    await runner.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_sessions_search ON sessions USING gin (search)`);
    await replace(runner, NEW);
    // Room on each page for the next version of a row: progress then changes no index.
    await runner.query(`ALTER TABLE sessions SET (fillfactor = 80)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE sessions RESET (fillfactor)`);
    await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS idx_sessions_search`);
    await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS idx_sessions_name`);
    await replace(runner, OLD);
    await runner.query(`DROP TRIGGER IF EXISTS sessions_search ON sessions`);
    await runner.query(`DROP FUNCTION IF EXISTS sessions_search()`);
    await runner.query(`ALTER TABLE sessions DROP COLUMN IF EXISTS search`);
  }

  /** Sessions that were there before. */
  private async fill(runner: QueryRunner): Promise<void> {
    for (let filled = BATCH; filled === BATCH;) {
      const [, count] = (await runner.query(
        `UPDATE sessions SET name = name WHERE (workspace_id, id) IN (
           SELECT workspace_id, id FROM sessions WHERE search IS NULL LIMIT ${BATCH})`,
      )) as [unknown, number];
      filled = count;
    }
  }
}

/**
 * Words of the name and of the brief. The workspace is a word, too: an index of words alone would find the matches of all
 * workspaces first.
 */
const WORDS = [
  `ALTER TABLE sessions ADD COLUMN IF NOT EXISTS search tsvector`,
  `CREATE OR REPLACE FUNCTION sessions_search() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.search := array_to_tsvector(ARRAY['workspace:' || NEW.workspace_id])
    || to_tsvector('simple', NEW.name || ' ' || coalesce(NEW.brief ->> 'requirements', ''));
  RETURN NEW;
END $$`,
  `CREATE OR REPLACE TRIGGER sessions_search BEFORE INSERT OR UPDATE OF name, brief ON sessions
    FOR EACH ROW EXECUTE FUNCTION sessions_search()`,
];

/**
 * What a list filters by stands in the index that sorts it, so that only rows of the page are read from the table. No index has
 * a column that changes while a session runs, but its status.
 */
const NEW = {
  idx_sessions_created_desc: `(workspace_id, created_at DESC, id DESC) INCLUDE (status, model)`,
  idx_sessions_name: `(workspace_id, name, id) INCLUDE (status, model, created_at)`,
  idx_sessions_model_status: `(workspace_id, model, status, created_at DESC, id DESC)`,
  idx_sessions_unfinished: `(workspace_id, id) WHERE status IN ('queued', 'running')`,
};

const OLD = {
  idx_sessions_created_desc: `(workspace_id, created_at DESC, id DESC)`,
  idx_sessions_model_status: `(workspace_id, model, status)`,
  idx_sessions_unfinished: `(updated_at) WHERE status IN ('queued', 'running')`,
};

/** The old index serves until the new one is whole. */
async function replace(runner: QueryRunner, indexes: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, definition] of Object.entries(indexes)) {
    await runner.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name}_new ON sessions ${definition}`);
    await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    await runner.query(`ALTER INDEX ${name}_new RENAME TO ${name}`);
  }
}
