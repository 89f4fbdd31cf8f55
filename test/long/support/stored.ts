import pg from 'pg';
import type { TestDatabase } from '../../support/database.js';
import type { RedisServer } from '../../support/redis.js';

/** Everything that any table holds, the engine's too, as text. */
export async function tablesOf(database: TestDatabase): Promise<[string, string][]> {
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const { rows: names } = await owner.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const found: [string, string][] = [];
  for (const { name } of names) {
    const { rows } = await owner.query<{ text: string }>(`SELECT to_jsonb(t)::text AS text FROM ${name} AS t`);
    found.push([name, rows.map(({ text }) => text).join('\n')]);
  }
  await owner.end();
  return found;
}

/** Each key with its value. */
export async function entriesOf(redis: RedisServer): Promise<[string, string][]> {
  const connection = await redis.client();
  const found: [string, string][] = [];
  for await (const keys of connection.scanIterator()) {
    for (const key of [keys].flat()) {
      const type = await connection.type(key);
      const read = {
        string: ['GET', key],
        hash: ['HGETALL', key],
        set: ['SMEMBERS', key],
        zset: ['ZRANGE', key, '0', '-1'],
        list: ['LRANGE', key, '0', '-1'],
      }[type];
      found.push([key, JSON.stringify(read ? await connection.sendCommand(read) : `unread ${type}`)]);
    }
  }
  return found;
}
