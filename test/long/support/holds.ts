import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from './ledger.js';

/**
 * Lets sessions stand still at a point of their life, from outside of the program: a trigger waits, in the transaction
 * that writes a node, for as long as the session's name has a row in `test_holds` (of gaps, at the first). A session named `fail …` loses the
 * output of its first node in its first run, so that the next one fails as on a bug.
 */
export class Holds {
  private constructor(private readonly ledger: Ledger) {}

  static async install(ledger: Ledger): Promise<Holds> {
    await ledger.rows(`CREATE TABLE test_holds (name text PRIMARY KEY, node text NOT NULL, state text NOT NULL)`);
    await ledger.rows(`
      CREATE FUNCTION test_hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      DECLARE session_name text := (SELECT name FROM sessions WHERE id = NEW.session_id);
      BEGIN
        IF session_name LIKE 'fail %' AND NEW.node = 'ingest' AND NEW.run = 1 THEN NEW.output := '{}'; END IF;
        WHILE EXISTS (SELECT 1 FROM test_holds h
                       WHERE h.name = session_name AND h.node = NEW.node AND h.state = NEW.state
                         AND NEW.gap_id IN ('', 'G-1')) LOOP
          PERFORM pg_sleep(0.05);
        END LOOP;
        RETURN NEW;
      END $$`);
    await ledger.rows(
      `CREATE TRIGGER test_hold BEFORE INSERT OR UPDATE ON session_nodes FOR EACH ROW EXECUTE FUNCTION test_hold()`,
    );
    return new Holds(ledger);
  }

  /** `running`: where the node begins; `done`: where its result is written. Say it before the session is there. */
  async at(name: string, node: string, state: 'running' | 'done'): Promise<void> {
    await this.ledger.rows('INSERT INTO test_holds VALUES ($1, $2, $3)', [name, node, state]);
  }

  /** Waits until so many sessions stand still. */
  async until(count: number, timeoutMs = 30_000): Promise<void> {
    for (const end = Date.now() + timeoutMs; ; await sleep(50)) {
      const [row] = await this.ledger.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
      );
      if (row?.n === count) return;
      if (Date.now() > end) throw new Error(`${row?.n} sessions stand still, not ${count}: ${await this.story()}`);
    }
  }

  private async story(): Promise<string> {
    const rows = await this.ledger.rows(
      `SELECT s.name, s.status, s.phase, (SELECT string_agg(node || ' ' || state, ', ') FROM session_nodes n
         WHERE n.session_id = s.id AND n.state <> 'done') AS nodes FROM sessions s JOIN test_holds h ON h.name = s.name`,
    );
    return JSON.stringify(rows);
  }

  async release(): Promise<void> {
    await this.ledger.rows('DELETE FROM test_holds');
  }
}
