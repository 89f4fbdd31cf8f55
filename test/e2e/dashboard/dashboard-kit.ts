import pg from 'pg';
import type { KeyRole } from '../../../src/http/request-identity.js';
import { hashSecret } from '../../../src/modules/identity/api-key.js';
import { DEFAULT_WORKSPACE_ID } from '../../../src/modules/identity/identity.types.js';
import type { TestApp } from '../../support/app.js';

export const HOME = DEFAULT_WORKSPACE_ID;
export const ELSEWHERE = '00000000-0000-7000-8000-00000000e15e';

/** Rows of a question put to the database as its owner. */
export async function rowsOf<T extends object>(web: TestApp, sql: string, values: unknown[] = []): Promise<T[]> {
  const client = new pg.Client({ connectionString: web.database.ownerUrl });
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** A new key as the header of a call. */
export async function keyOf(web: TestApp, role: KeyRole, workspace = HOME): Promise<{ authorization: string }> {
  const id = `test${role}${workspace === HOME ? 'home' : 'else'}`;
  const secret = role.padEnd(43, 'x');
  await rowsOf(web, `INSERT INTO workspaces (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [workspace, 'other']);
  await rowsOf(
    web,
    `INSERT INTO api_keys (workspace_id, id, name, role, secret_sha256) VALUES ($1, $2, 'test', $3, $4)`,
    [workspace, id, role, hashSecret(secret)],
  );
  return { authorization: `Bearer tsk_${id}.${secret}` };
}
