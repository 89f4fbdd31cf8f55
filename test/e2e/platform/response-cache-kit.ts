import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { DataSource } from 'typeorm';
import { hashSecret, keyText, makeApiKey } from '../../../src/modules/identity/api-key.js';
import type { KeyRole } from '../../../src/http/request-identity.js';
import type { Answer, TestApp } from '../../support/app.js';

export const DEFAULT_WORKSPACE = '00000000-0000-7000-8000-000000000001';
export const OTHER_WORKSPACE = '00000000-0000-7000-8000-0000000000bb';

/** Makes a workspace unless it is there. */
export async function addWorkspace(web: TestApp, id: string): Promise<void> {
  await database(web).query(`INSERT INTO workspaces (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    id,
    `w-${id}`,
  ]);
}

/** Makes a key of a workspace and gives the headers of a call with it. */
export async function addKey(web: TestApp, workspaceId: string, id: string, role: KeyRole): Promise<Caller> {
  const key = makeApiKey(id);
  await database(web).query(
    `INSERT INTO api_keys (workspace_id, id, name, role, secret_sha256) VALUES ($1, $2, $2, $3, $4)`,
    [workspaceId, id, role, hashSecret(key.secret)],
  );
  return { name: `${role} ${id}`, workspaceId, headers: { authorization: `Bearer ${keyText(key)}` } };
}

export interface Caller {
  readonly name: string;
  readonly workspaceId: string;
  readonly headers: Readonly<Record<string, string>>;
}

const database = (web: TestApp) => web.app.get(DataSource, { strict: false });

/** The body as it was before it was coded. */
export function decoded({ headers, rawPayload }: Answer): string {
  const coding = headers['content-encoding'];
  if (coding === 'br') return brotliDecompressSync(rawPayload).toString();
  return (coding === 'gzip' ? gunzipSync(rawPayload) : rawPayload).toString();
}

/** `hit`, or why not: the part of Cache-Status after our name. */
export function statusOf({ headers }: Answer): string {
  return String(headers['cache-status'] ?? 'none').replace(/^techspec; /, '');
}
