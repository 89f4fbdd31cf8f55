import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PageRow } from '../../http/read-page.js';
import { Keyset, type PageWindow } from '../../shared/database/keyset.js';
import { defineQuery, NO_ID } from '../../shared/database/named-queries.js';
import type { Statement } from '../../shared/database/query-profiler.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { AuditEntry, AuditRecord } from './identity.types.js';

export interface AuditFilter {
  readonly sessionId?: string;
  readonly after?: string;
  readonly before?: string;
}

export type AuditRow = Omit<AuditEntry, 'at'> & { readonly at: Date } & PageRow;

const byTime = (descending: boolean) =>
  new Keyset([
    { sql: 'at', type: 'timestamptz', descending },
    { sql: 'id', type: 'uuid', descending },
  ]);
const ORDERS = { oldestFirst: byTime(false), newestFirst: byTime(true) } as const;
export type AuditOrder = keyof typeof ORDERS;

const FIRST_PAGE = { backwards: false, limit: 50 };

defineQuery({
  name: 'audit.of-workspace',
  about: 'The newest lines of the audit log of the workspace',
  statement: (scope) => listStatement(scope, {}, 'newestFirst', FIRST_PAGE),
});
defineQuery({
  name: 'audit.of-session',
  about: 'The audit log of the session that was changed last',
  statement: async (scope, ask) => {
    const rows = await ask<{ id: string }>(
      `SELECT session_id AS id FROM audit_log WHERE workspace_id = $1 AND session_id IS NOT NULL ORDER BY at DESC LIMIT 1`,
      [scope.workspaceId],
    );
    return listStatement(scope, { sessionId: rows[0]?.id ?? NO_ID }, 'oldestFirst', FIRST_PAGE);
  },
});

/** Months that have a partition before they begin. */
const MONTHS_AHEAD = 2;

/** Rows of `audit_log`: added and read, never changed, which the database refuses itself. */
@Injectable()
export class AuditRepository {
  constructor(private readonly database: DataSource) {}

  async add(manager: EntityManager, id: string, record: AuditRecord): Promise<void> {
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

  /** Of one session served by idx_audit_session_timestamp, of the workspace by the primary key. */
  list(scope: WorkspaceScope, filter: AuditFilter, order: AuditOrder, window: PageWindow): Promise<AuditRow[]> {
    const { text, parameters } = listStatement(scope, filter, order, window);
    return this.database.query<AuditRow[]>(text, [...parameters]);
  }

  async count(scope: WorkspaceScope, filter: AuditFilter, cap: number): Promise<number> {
    const { where, parameters } = conditions(scope, filter);
    const rows = await this.database.query<{ n: number }[]>(
      `SELECT count(*)::int AS n FROM (
         SELECT 1 FROM audit_log WHERE ${where.join(' AND ')} LIMIT $${parameters.push(cap + 1)}) AS counted`,
      parameters,
    );
    return rows[0]?.n ?? 0;
  }

  /** Partitions of this month and the next ones, by the database's clock. @returns how many were made */
  async makeMonths(): Promise<number> {
    const rows = await this.database.query<{ made: number }[]>('SELECT make_audit_months($1) AS made', [MONTHS_AHEAD]);
    return rows[0]?.made ?? 0;
  }
}

function conditions(scope: WorkspaceScope, filter: AuditFilter): { where: string[]; parameters: unknown[] } {
  const parameters: unknown[] = [scope.workspaceId];
  const where = ['workspace_id = $1'];
  const add = (value: string | undefined, condition: (place: string) => string) => {
    if (value !== undefined) where.push(condition(`$${parameters.push(value)}`));
  };
  add(filter.sessionId, (place) => `session_id = ${place}::uuid`);
  add(filter.after, (place) => `at > ${place}::timestamptz`);
  add(filter.before, (place) => `at < ${place}::timestamptz`);
  return { where, parameters };
}

function listStatement(scope: WorkspaceScope, filter: AuditFilter, order: AuditOrder, window: PageWindow): Statement {
  const { where, parameters } = conditions(scope, filter);
  const place = (value: unknown) => `$${parameters.push(value)}`;
  const { backwards, limit, offset = 0, after } = window;
  const keyset = ORDERS[order];
  if (after) where.push(keyset.behind(after, backwards, place));
  const text = `SELECT id, at, actor, action, subject, details, ${keyset.key} AS key FROM audit_log
    WHERE ${where.join(' AND ')} ORDER BY ${keyset.orderBy(backwards)} LIMIT ${place(limit)} OFFSET ${place(offset)}`;
  return { text, parameters };
}
