import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrationSource } from '../../../src/shared/database/migrate.js';
import { dumpSchema } from '../../../src/shared/database/schema-dump.js';
import type { TestDatabase } from '../../support/database.js';
import { testDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';

const SCHEMA_FILE = join(PROJECT_ROOT, 'migrations', 'schema.sql');

describe('the schema', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await testDatabase();
    client = new pg.Client(database.ownerUrl);
    await client.connect();
  });

  afterAll(async () => {
    await client.end();
    await database.close();
  });

  it('is the one of migrations/schema.sql (UPDATE_SCHEMA=1 writes it)', async () => {
    const schema = await dumpSchema(client);
    if (process.env['UPDATE_SCHEMA'] === '1') writeFileSync(SCHEMA_FILE, schema);
    expect(schema).toBe(readFileSync(SCHEMA_FILE, 'utf8'));
  });

  it('is the same again after all migrations went down and up', async () => {
    const before = await dumpSchema(client);
    const source = await new DataSource(migrationSource(database.ownerUrl)).initialize();
    try {
      // TypeORM heeds `transaction = false` on the way up alone.
      for (const { transaction } of [...source.migrations].reverse())
        await source.undoLastMigration({ transaction: transaction === false ? 'none' : 'each' });
      expect(await dumpSchema(client)).not.toContain('CREATE TABLE sessions');
      await source.runMigrations({ transaction: 'each' });
    } finally {
      await source.destroy();
    }
    expect(await dumpSchema(client)).toBe(before);
  });

  it('is changed in the dump by any change of a table', async () => {
    const before = await dumpSchema(client);
    for (const change of [
      'ALTER TABLE jobs ADD COLUMN extra integer NOT NULL DEFAULT 7',
      'ALTER TABLE jobs ALTER COLUMN kind DROP NOT NULL',
      'ALTER TABLE jobs DROP CONSTRAINT jobs_status_check',
      'DROP INDEX idx_sessions_created_desc',
      'CREATE VIEW busy AS SELECT id FROM jobs',
    ]) {
      await client.query('BEGIN');
      await client.query(change);
      expect([change, await dumpSchema(client)]).not.toEqual([change, before]);
      await client.query('ROLLBACK');
    }
  });

  it('keeps every reference between business tables inside one workspace', async () => {
    const { rows } = await client.query<{ name: string; definition: string }>(
      `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND confrelid <> 'workspaces'::regclass`,
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const { definition } of rows) expect(definition).toMatch(/FOREIGN KEY \((evidence_)?workspace_id, /);
  });
});
