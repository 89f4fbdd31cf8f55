import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit log refuses changes itself, whoever asks, and is kept in one partition a month: old months leave by DROP TABLE, and
 * a reader of the newest lines touches one of them.
 */
export class AuditByMonth1700000000003 implements MigrationInterface {
  name = 'AuditByMonth1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  /** Lines of the months stay: they go back to the default partition. */
  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP = [
  // Ties of one moment are told by the id; the index serves pages of a session's lines in that order.
  `DROP INDEX idx_audit_session_timestamp`,
  `CREATE INDEX idx_audit_session_timestamp ON audit_log (workspace_id, session_id, at, id)`,
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'lines of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$`,
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
  // With the owner's rights, since the program has no DDL: it can make months, and nothing else.
  `CREATE FUNCTION make_audit_months(ahead integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
  made integer := 0;
  first timestamptz;
  name text;
BEGIN
  FOR step IN 0 .. least(greatest(ahead, 0), 24) LOOP
    first := (date_trunc('month', now() AT TIME ZONE 'UTC') + step * interval '1 month') AT TIME ZONE 'UTC';
    name := 'audit_log_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
    CONTINUE WHEN to_regclass(name) IS NOT NULL;
    BEGIN
      EXECUTE format('CREATE TABLE %I PARTITION OF audit_log FOR VALUES FROM (%L) TO (%L)', name, first,
        ((first AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
      made := made + 1;
    EXCEPTION
      -- The default partition has lines of that month already, and keeps the rest of them, too.
      WHEN check_violation THEN NULL;
      -- Another process was faster.
      WHEN duplicate_table THEN NULL;
    END;
  END LOOP;
  RETURN made;
END $$`,
  `SELECT make_audit_months(2)`,
];

const DOWN = [
  `DROP FUNCTION make_audit_months(integer)`,
  `DROP TRIGGER audit_log_append_only ON audit_log`,
  `DROP FUNCTION refuse_change()`,
  `DO $$
DECLARE
  month regclass;
BEGIN
  FOR month IN SELECT inhrelid::regclass FROM pg_inherits
    WHERE inhparent = 'audit_log'::regclass AND inhrelid <> 'audit_log_default'::regclass LOOP
    EXECUTE format('ALTER TABLE audit_log DETACH PARTITION %s', month);
    EXECUTE format('INSERT INTO audit_log_default SELECT * FROM %s', month);
    EXECUTE format('DROP TABLE %s', month);
  END LOOP;
END $$`,
  `DROP INDEX idx_audit_session_timestamp`,
  `CREATE INDEX idx_audit_session_timestamp ON audit_log (workspace_id, session_id, at)`,
];
