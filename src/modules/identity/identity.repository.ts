import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { hashSecret, type ApiKey } from './api-key.js';
import { ApiKeyEntity } from './entities/api-key.entity.js';

@Injectable()
export class IdentityRepository {
  constructor(private readonly database: DataSource) {}

  /** Without a scope: it is what a scope is made from. Revoked keys are not found. */
  async keyById(id: string): Promise<ApiKeyEntity | undefined> {
    const rows = await this.database.query<ApiKeyRow[]>(
      `SELECT workspace_id, id, name, role, secret_sha256 FROM api_keys WHERE id = $1 AND revoked_at IS NULL`,
      [id],
    );
    return rows[0] && toEntity(rows[0]);
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  /** True when this call made the key; false when another process was faster or it is there since long. */
  async addKey(manager: EntityManager, scope: WorkspaceScope, key: ApiKey, name: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `INSERT INTO api_keys (workspace_id, id, name, role, secret_sha256) VALUES ($1, $2, $3, 'admin', $4)
       ON CONFLICT (id) DO NOTHING RETURNING id`,
      [scope.workspaceId, key.id, name, hashSecret(key.secret)],
    );
    return rows.length > 0;
  }

  /** The key of the environment: its secret and its validity follow the setting. True when something changed. */
  async putKey(manager: EntityManager, scope: WorkspaceScope, key: ApiKey, name: string): Promise<boolean> {
    const rows = await manager.query<unknown[]>(
      `INSERT INTO api_keys AS k (workspace_id, id, name, role, secret_sha256) VALUES ($1, $2, $3, 'admin', $4)
       ON CONFLICT (id) DO UPDATE SET secret_sha256 = excluded.secret_sha256, revoked_at = NULL
         WHERE k.workspace_id = excluded.workspace_id
           AND (k.secret_sha256 <> excluded.secret_sha256 OR k.revoked_at IS NOT NULL)
       RETURNING id`,
      [scope.workspaceId, key.id, name, hashSecret(key.secret)],
    );
    return rows.length > 0;
  }

  async hasKey(scope: WorkspaceScope): Promise<boolean> {
    const rows = await this.database.query<unknown[]>(
      `SELECT 1 FROM api_keys WHERE workspace_id = $1 AND revoked_at IS NULL LIMIT 1`,
      [scope.workspaceId],
    );
    return rows.length > 0;
  }

  /** Workspaces that somebody has a valid key for, the newest first; across workspaces, since it is what scopes are made from. */
  async reachableWorkspaceIds(limit: number): Promise<readonly string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `SELECT DISTINCT workspace_id AS id FROM api_keys WHERE revoked_at IS NULL ORDER BY workspace_id DESC LIMIT $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  async workspaceName(scope: WorkspaceScope): Promise<string | undefined> {
    const rows = await this.database.query<{ name: string }[]>(`SELECT name FROM workspaces WHERE id = $1`, [
      scope.workspaceId,
    ]);
    return rows[0]?.name;
  }

  /** Hash of the oldest admin key, revoked or not: a value all processes of one database know and no caller does. */
  async oldestKeyHash(scope: WorkspaceScope): Promise<Buffer | undefined> {
    const rows = await this.database.query<{ secret_sha256: Buffer }[]>(
      `SELECT secret_sha256 FROM api_keys WHERE workspace_id = $1 AND role = 'admin' ORDER BY created_at, id LIMIT 1`,
      [scope.workspaceId],
    );
    return rows[0]?.secret_sha256;
  }

  /** When the first workspace was made, microseconds since 1970 as text; across workspaces, since it is of the installation. */
  async installedAt(): Promise<string> {
    const rows = await this.database.query<{ at: string }[]>(
      `SELECT (extract(epoch FROM min(created_at)) * 1000000)::bigint::text AS at FROM workspaces`,
    );
    return rows[0]?.at ?? '';
  }
}

interface ApiKeyRow {
  readonly workspace_id: string;
  readonly id: string;
  readonly name: string;
  readonly role: ApiKeyEntity['role'];
  readonly secret_sha256: Buffer;
}

function toEntity(row: ApiKeyRow): ApiKeyEntity {
  const { workspace_id: workspaceId, secret_sha256: secretSha256, id, name, role } = row;
  return Object.assign(new ApiKeyEntity(), { workspaceId, id, name, role, secretSha256, revokedAt: null });
}
