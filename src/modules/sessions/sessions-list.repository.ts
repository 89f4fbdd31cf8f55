import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PageRow } from '../../http/read-page.js';
import { Keyset, type PageWindow } from '../../shared/database/keyset.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { SessionSort } from './sessions.schemas.js';
import type { SessionStatus } from './sessions.types.js';

export interface SessionFilter {
  readonly status?: SessionStatus;
  readonly model?: string;
  readonly q?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
}

/** A row of the list with its place in the order. */
export type SessionRow = SessionSummary & PageRow;

export interface ListRequest {
  readonly filter: SessionFilter;
  readonly sort: SessionSort;
  readonly window: PageWindow;
}

export interface SessionSummary {
  readonly id: string;
  readonly name: string;
  readonly status: SessionStatus;
  readonly progress: number;
  readonly run: number;
  readonly projectType: string;
  readonly model: string | null;
  readonly priority: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly finishedAt: string | null;
}

const orderBy = (sql: string, type: string, descending: boolean) =>
  new Keyset([
    { sql, type, descending },
    { sql: 'id', type: 'uuid', descending },
  ]);

/** Sort names become SQL through this map alone; the id makes each order total. */
const ORDERS: Readonly<Record<SessionSort, Keyset>> = {
  createdAt: orderBy('created_at', 'timestamptz', false),
  '-createdAt': orderBy('created_at', 'timestamptz', true),
  name: orderBy('name', 'text', false),
  '-name': orderBy('name', 'text', true),
};

const TEXT = `to_tsvector('simple', name || ' ' || coalesce(brief ->> 'requirements', ''))`;

/** Lists of `sessions`. */
@Injectable()
export class SessionsListRepository {
  constructor(private readonly dataSource: DataSource) {}

  async list(scope: WorkspaceScope, { filter, sort, window }: ListRequest): Promise<readonly SessionRow[]> {
    const { where, parameters } = conditions(scope, filter);
    const { backwards, limit, offset = 0, after } = window;
    const order = ORDERS[sort];
    const place = (value: unknown) => `$${parameters.push(value)}`;
    if (after) where.push(order.behind(after, backwards, place));
    return this.dataSource.query(
      `SELECT id, name, status, progress, run, brief ->> 'projectType' AS "projectType", model, priority,
              created_at AS "createdAt", updated_at AS "updatedAt", finished_at AS "finishedAt", ${order.key} AS key
         FROM sessions WHERE ${where.join(' AND ')}
        ORDER BY ${order.orderBy(backwards)} LIMIT ${place(limit)} OFFSET ${place(offset)}`,
      parameters,
    );
  }

  /** How many there are, counted no further than `cap` + 1. */
  async count(scope: WorkspaceScope, filter: SessionFilter, cap: number): Promise<number> {
    const { where, parameters } = conditions(scope, filter);
    const rows: { n: number }[] = await this.dataSource.query(
      `SELECT count(*)::int AS n FROM (
         SELECT 1 FROM sessions WHERE ${where.join(' AND ')} LIMIT $${parameters.push(cap + 1)}) AS counted`,
      parameters,
    );
    return rows[0]?.n ?? 0;
  }
}

function conditions(scope: WorkspaceScope, filter: SessionFilter): { where: string[]; parameters: unknown[] } {
  const parameters: unknown[] = [scope.workspaceId];
  const where = ['workspace_id = $1'];
  const add = (value: string | undefined, condition: (place: string) => string) => {
    if (value !== undefined) where.push(condition(`$${parameters.push(value)}`));
  };
  add(filter.status, (place) => `status = ${place}`);
  add(filter.model, (place) => `model = ${place}`);
  add(filter.q, (place) => `${TEXT} @@ websearch_to_tsquery('simple', ${place})`);
  add(filter.createdAfter, (place) => `created_at > ${place}::timestamptz`);
  add(filter.createdBefore, (place) => `created_at < ${place}::timestamptz`);
  return { where, parameters };
}
