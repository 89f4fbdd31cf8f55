import pg from 'pg';
import { testDatabase } from '../../support/database.js';

async function once(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

describe('the database of a spec', () => {
  it('is migrated, is its own, and is gone when closed', async () => {
    const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
    await once(one.url, `INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'mine')`);
    expect(await once(one.url, 'SELECT name FROM workspaces ORDER BY name')).toEqual(
      ['default', 'mine', 'public'].map((name) => ({ name })),
    );
    expect(await once(other.url, `SELECT count(*)::int AS n FROM workspaces`)).toEqual([{ n: 2 }]);
    expect(await once(one.url, `SELECT count(*)::int AS n FROM dbos.workflow_status`)).toEqual([{ n: 0 }]);
    await one.close();
    const name = new URL(one.url).pathname.slice(1);
    expect(await once(other.ownerUrl, `SELECT FROM pg_database WHERE datname = '${name}'`)).toEqual([]);
    await other.close();
    await expect(once(other.url, 'SELECT 1')).rejects.toThrow();
  });

  it('lets the program change rows but neither tables nor the audit log', async () => {
    const database = await testDatabase();
    try {
      await expect(once(database.url, 'CREATE TABLE mine (id int)')).rejects.toThrow('permission denied');
      await expect(once(database.url, 'DROP TABLE sessions')).rejects.toThrow('must be owner');
      await expect(once(database.url, 'DELETE FROM audit_log')).rejects.toThrow('permission denied');
      await expect(once(database.url, 'DELETE FROM schema_migrations')).rejects.toThrow('permission denied');
    } finally {
      await database.close();
    }
  });
});
