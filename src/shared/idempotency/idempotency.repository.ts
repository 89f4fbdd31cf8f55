import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { WorkspaceScope } from '../database/workspace-scope.js';
import type { StoredAnswer } from './idempotency.types.js';

export interface KeyRow {
  readonly requestSha256: string;
  /** Absent while the first request has not committed its answer. */
  readonly answer?: StoredAnswer;
}

interface RawKeyRow {
  readonly request_sha256: string;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: unknown;
}

/**
 * Rows of `idempotency_keys`. Expiry is decided by the database's time, so that a process with a wrong clock neither
 * forgets nor keeps a key.
 */
@Injectable()
export class IdempotencyRepository {
  /** Takes the key for this transaction; false: another transaction holds it right now. Never waits. */
  async tryTake(manager: EntityManager, scope: WorkspaceScope, route: string, key: string): Promise<boolean> {
    const rows: { taken: boolean }[] = await manager.query(
      `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 4711)) AS taken`,
      [`${scope.workspaceId}\n${route}\n${key}`],
    );
    return rows[0]?.taken === true;
  }

  async find(manager: EntityManager, scope: WorkspaceScope, route: string, key: string): Promise<KeyRow | undefined> {
    const rows: RawKeyRow[] = await manager.query(
      `SELECT request_sha256, status, headers, body FROM idempotency_keys
        WHERE workspace_id = $1 AND route = $2 AND key = $3 AND expires_at > now()`,
      [scope.workspaceId, route, key],
    );
    const row = rows[0];
    if (!row) return undefined;
    if (row.status === null) return { requestSha256: row.request_sha256 };
    return {
      requestSha256: row.request_sha256,
      answer: { status: row.status, headers: row.headers ?? {}, body: row.body },
    };
  }

  /** Keeps the answer for `hours`; an expired row of the same key is replaced. */
  async store(
    manager: EntityManager,
    key: { scope: WorkspaceScope; route: string; key: string; requestSha256: string; hours: number },
    answer: StoredAnswer,
  ): Promise<void> {
    await manager.query(
      `INSERT INTO idempotency_keys AS k (workspace_id, route, key, request_sha256, status, headers, body, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, now() + make_interval(hours => $8))
       ON CONFLICT (workspace_id, route, key) DO UPDATE
         SET request_sha256 = excluded.request_sha256, status = excluded.status, headers = excluded.headers,
             body = excluded.body, created_at = now(), expires_at = excluded.expires_at
       WHERE k.expires_at <= now()`,
      [
        key.scope.workspaceId,
        key.route,
        key.key,
        key.requestSha256,
        answer.status,
        JSON.stringify(answer.headers),
        JSON.stringify(answer.body),
        key.hours,
      ],
    );
  }

  /** Removes at most `limit` expired keys of all workspaces; returns how many. */
  async sweep(manager: EntityManager, limit: number): Promise<number> {
    const rows: { n: number }[] = await manager.query(
      `WITH gone AS (
         DELETE FROM idempotency_keys WHERE ctid IN (
           SELECT ctid FROM idempotency_keys WHERE expires_at <= now() ORDER BY expires_at LIMIT $1
         ) RETURNING 1)
       SELECT count(*)::int AS n FROM gone`,
      [limit],
    );
    return rows[0]?.n ?? 0;
  }
}
