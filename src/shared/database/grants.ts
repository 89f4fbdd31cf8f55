import type pg from 'pg';

/** Written once and read: not even the program may change what was recorded. With all its partitions. */
const APPEND_ONLY = `
  SELECT string_agg(relid::regclass::text, ', ') AS tables FROM pg_partition_tree('audit_log')`;

/** Lets the program's role work with rows of our tables, and with nothing else: no DDL, no change of the audit log. */
export async function grantToApplication(client: pg.Client, role: string): Promise<void> {
  const name = client.escapeIdentifier(role);
  await client.query(`GRANT USAGE ON SCHEMA public TO ${name}`);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${name}`);
  await client.query(`GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO ${name}`);
  const { rows } = await client.query<{ tables: string }>(APPEND_ONLY);
  if (rows[0]) await client.query(`REVOKE UPDATE, DELETE ON ${rows[0].tables} FROM ${name}`);
  await client.query(`REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM ${name}`);
}
