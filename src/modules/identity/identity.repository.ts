import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { defineQuery, NO_ID } from '../../shared/database/named-queries.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { hashSecret, type ApiKey } from './api-key.js';
import { ApiKeyEntity } from './entities/api-key.entity.js';
import type { AuditEntry, AuditRecord } from './identity.types.js';

const AUDIT_OF_SESSION = `SELECT id, at, actor, action, subject, details FROM audit_log
  WHERE workspace_id = $1 AND session_id = $2 ORDER BY at, id LIMIT $3`;

defineQuery({
  name: 'audit.of-session',
  about: 'The audit log of the session that was changed last',
  statement: async ({ workspaceId }, ask) => {
    const rows = await ask<{ id: string }>(
      `SELECT session_id AS id FROM audit_log WHERE workspace_id = $1 AND session_id IS NOT NULL ORDER BY at DESC LIMIT 1`,
      [workspaceId],
    );
    return { text: AUDIT_OF_SESSION, parameters: [workspaceId, rows[0]?.id ?? NO_ID, 500] };
  },
});

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

  async addAudit(manager: EntityManager, id: string, record: AuditRecord): Promise<void> {
    await manager.query(
      // Not the transaction's start: changes that waited for one lock would be told in the order in which they came.
      `INSERT INTO audit_log (workspace_id, at, id, actor, action, subject, session_id, details)
       VALUES ($1, clock_timestamp(), $2, $3, $4, $5, $6, $7)`,
      [
        record.scope.workspaceId,
        id,
        record.actor,
        record.action,
        record.subject,
        record.sessionId ?? null,
        JSON.stringify(record.details ?? {}),
      ],
    );
  }

  /** When the first workspace was made, microseconds since 1970 as text; across workspaces, since it is of the installation. */
  async installedAt(): Promise<string> {
    const rows = await this.database.query<{ at: string }[]>(
      `SELECT (extract(epoch FROM min(created_at)) * 1000000)::bigint::text AS at FROM workspaces`,
    );
    return rows[0]?.at ?? '';
  }

  /** Oldest first; served by idx_audit_session_timestamp. */
  async auditOfSession(scope: WorkspaceScope, sessionId: string, limit: number): Promise<AuditEntry[]> {
    const rows = await this.database.query<(Omit<AuditEntry, 'at'> & { at: Date })[]>(AUDIT_OF_SESSION, [
      scope.workspaceId,
      sessionId,
      limit,
    ]);
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
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
