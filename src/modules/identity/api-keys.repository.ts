import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Keyset, type PageWindow } from '../../shared/database/keyset.js';
import { defineQuery } from '../../shared/database/named-queries.js';
import type { Statement } from '../../shared/database/query-profiler.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { PageRow } from '../../http/read-page.js';
import type { KeyRole } from '../../http/request-identity.js';

/** A key as people see it: without its secret. */
export interface ApiKeyView {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

export interface NewApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly secretSha256: Buffer;
}

const COLUMNS = `id, name, role, created_at AS "createdAt", revoked_at AS "revokedAt"`;

const NEWEST_FIRST = new Keyset([
  { sql: 'created_at', type: 'timestamptz', descending: true },
  { sql: 'id', type: 'text', descending: true },
]);

defineQuery({
  name: 'api-keys.list',
  about: 'The newest API keys of the workspace',
  statement: (scope) => listStatement(scope, { backwards: false, limit: 50 }),
});

/** Rows of `api_keys`, for those who manage them; who a key belongs to is read by IdentityRepository. */
@Injectable()
export class ApiKeysRepository {
  constructor(private readonly database: DataSource) {}

  async add(manager: EntityManager, scope: WorkspaceScope, key: NewApiKey): Promise<ApiKeyView> {
    const rows = await manager.query<ApiKeyView[]>(
      `INSERT INTO api_keys (workspace_id, id, name, role, secret_sha256, created_at)
       VALUES ($1, $2, $3, $4, $5, clock_timestamp()) RETURNING ${COLUMNS}`,
      [scope.workspaceId, key.id, key.name, key.role, key.secretSha256],
    );
    return rows[0] as ApiKeyView;
  }

  async find(scope: WorkspaceScope, id: string): Promise<ApiKeyView | undefined> {
    const rows = await this.database.query<ApiKeyView[]>(
      `SELECT ${COLUMNS} FROM api_keys WHERE workspace_id = $1 AND id = $2`,
      [scope.workspaceId, id],
    );
    return rows[0];
  }

  /** The newest first. */
  list(scope: WorkspaceScope, window: PageWindow): Promise<(ApiKeyView & PageRow)[]> {
    const { text, parameters } = listStatement(scope, window);
    return this.database.query<(ApiKeyView & PageRow)[]>(text, [...parameters]);
  }

  async count(scope: WorkspaceScope, cap: number): Promise<number> {
    const rows = await this.database.query<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM (SELECT 1 FROM api_keys WHERE workspace_id = $1 LIMIT $2) AS counted`,
      [scope.workspaceId, cap + 1],
    );
    return rows[0]?.n ?? 0;
  }

  /** Ids of the valid admin keys, which nobody else changes until the transaction ends. */
  async lockAdmins(manager: EntityManager, scope: WorkspaceScope): Promise<readonly string[]> {
    const rows = await manager.query<{ id: string }[]>(
      `SELECT id FROM api_keys WHERE workspace_id = $1 AND role = 'admin' AND revoked_at IS NULL ORDER BY id FOR UPDATE`,
      [scope.workspaceId],
    );
    return rows.map(({ id }) => id);
  }

  /** Undefined when there is no such key; a key that was revoked before stays as it is. */
  async revoke(
    manager: EntityManager,
    scope: WorkspaceScope,
    id: string,
  ): Promise<'revoked' | 'revoked-before' | undefined> {
    const rows = await manager.query<{ revokedAt: Date | null; role: KeyRole }[]>(
      `SELECT revoked_at AS "revokedAt" FROM api_keys WHERE workspace_id = $1 AND id = $2 FOR UPDATE`,
      [scope.workspaceId, id],
    );
    if (rows[0] === undefined) return undefined;
    if (rows[0].revokedAt !== null) return 'revoked-before';
    await manager.query(`UPDATE api_keys SET revoked_at = clock_timestamp() WHERE workspace_id = $1 AND id = $2`, [
      scope.workspaceId,
      id,
    ]);
    return 'revoked';
  }
}

function listStatement(scope: WorkspaceScope, { backwards, limit, offset = 0, after }: PageWindow): Statement {
  const parameters: unknown[] = [scope.workspaceId, limit, offset];
  const behind = after && NEWEST_FIRST.behind(after, backwards, (value) => `$${parameters.push(value)}`);
  const text = `SELECT ${COLUMNS}, ${NEWEST_FIRST.key} AS key FROM api_keys WHERE workspace_id = $1 ${behind ? `AND ${behind}` : ''}
    ORDER BY ${NEWEST_FIRST.orderBy(backwards)} LIMIT $2 OFFSET $3`;
  return { text, parameters };
}
