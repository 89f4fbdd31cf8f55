import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lines that are moved in one go, while nobody else reads or writes the log: less than a second. */
const MOST_MOVED = 100_000;

/**
 * A month of the audit log that began without a partition, because no process ran to make it, gets one all the same: its lines move
 * there from the default partition. Until now they, and all that followed in that month, stayed behind and could not leave by DROP TABLE.
 */
export class AuditMonthsFilled1700000000006 implements MigrationInterface {
  name = 'AuditMonthsFilled1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(WITH_MOVE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(WITHOUT_MOVE);
  }
}

/**
 * Detached, the default partition is a table without the trigger that refuses changes, behind a lock that lets nobody at it; attached
 * again it has the trigger, and is checked to hold nothing of the month.
 */
const WITH_MOVE = `CREATE OR REPLACE FUNCTION make_audit_months(ahead integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
  made integer := 0;
  first timestamptz;
  next timestamptz;
  name text;
  waiting integer;
BEGIN
  -- One after the other: what is read here first is locked for good later, and two who do so wait for each other.
  PERFORM pg_advisory_xact_lock(hashtextextended('make_audit_months', 4713));
  FOR step IN 0 .. least(greatest(ahead, 0), 24) LOOP
    first := (date_trunc('month', now() AT TIME ZONE 'UTC') + step * interval '1 month') AT TIME ZONE 'UTC';
    next := ((first AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    name := 'audit_log_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
    CONTINUE WHEN to_regclass(name) IS NOT NULL;
    SELECT count(*) INTO waiting FROM (SELECT FROM audit_log_default WHERE at >= first AND at < next LIMIT ${MOST_MOVED} + 1) AS lines;
    -- Too many for one short transaction: the month stays in the default partition.
    CONTINUE WHEN waiting > ${MOST_MOVED};
    BEGIN
      IF waiting > 0 THEN
        ALTER TABLE audit_log DETACH PARTITION audit_log_default;
      END IF;
      EXECUTE format('CREATE TABLE %I PARTITION OF audit_log FOR VALUES FROM (%L) TO (%L)', name, first, next);
      IF waiting > 0 THEN
        EXECUTE format('INSERT INTO %I SELECT * FROM audit_log_default WHERE at >= %L AND at < %L', name, first, next);
        EXECUTE format('DELETE FROM audit_log_default WHERE at >= %L AND at < %L', first, next);
        ALTER TABLE audit_log ATTACH PARTITION audit_log_default DEFAULT;
      END IF;
      made := made + 1;
    EXCEPTION
      -- The first line of that month was written this moment: it moves the next time.
      WHEN check_violation THEN NULL;
    END;
  END LOOP;
  RETURN made;
END $$`;

/** As 0003 made it. */
const WITHOUT_MOVE = `CREATE OR REPLACE FUNCTION make_audit_months(ahead integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
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
END $$`;
