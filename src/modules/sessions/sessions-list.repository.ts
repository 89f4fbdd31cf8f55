import { Injectable } from '@nestjs/common';
import type { PageRow } from '../../http/read-page.js';
import { DeclaredReads } from '../../shared/database/declared-reads.js';
import { Keyset, type PageWindow } from '../../shared/database/keyset.js';
import { defineQuery } from '../../shared/database/named-queries.js';
import type { Statement } from '../../shared/database/query-profiler.js';
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
    { sql: `s.${sql}`, type, descending },
    { sql: 's.id', type: 'uuid', descending },
  ]);

/** Sort names become SQL through this map alone, columns of `sessions s`; the id makes each order total. */
const ORDERS: Readonly<Record<SessionSort, Keyset>> = {
  createdAt: orderBy('created_at', 'timestamptz', false),
  '-createdAt': orderBy('created_at', 'timestamptz', true),
  name: orderBy('name', 'text', false),
  '-name': orderBy('name', 'text', true),
};

const NEWEST = { sort: '-createdAt', window: { backwards: false, limit: 50 } } as const;

defineQuery({
  name: 'sessions.list',
  about: 'The newest sessions of the workspace',
  statement: (scope) => listStatement(scope, { ...NEWEST, filter: {} }),
});
defineQuery({
  name: 'sessions.list-by-status',
  about: 'The newest completed sessions',
  statement: (scope) => listStatement(scope, { ...NEWEST, filter: { status: 'completed' } }),
});
defineQuery({
  name: 'sessions.search',
  about: 'Sessions with a word in their name or requirements',
  statement: (scope) => listStatement(scope, { ...NEWEST, filter: { q: 'service' } }),
});
defineQuery({
  name: 'sessions.count',
  about: 'How many sessions there are, up to 10,000',
  statement: (scope) => countStatement(scope, {}, 10_000),
});

/** Lists of `sessions`, which may be a moment old. */
@Injectable()
export class SessionsListRepository {
  constructor(private readonly reads: DeclaredReads) {}

  list(scope: WorkspaceScope, request: ListRequest): Promise<readonly SessionRow[]> {
    const { text, parameters } = listStatement(scope, request);
    return this.reads.read((reader) => reader.query(text, [...parameters]));
  }

  /** How many there are, counted no further than `cap` + 1. */
  async count(scope: WorkspaceScope, filter: SessionFilter, cap: number): Promise<number> {
    const { text, parameters } = countStatement(scope, filter, cap);
    const rows = await this.reads.read<{ n: number }[]>((reader) => reader.query(text, [...parameters]));
    return rows[0]?.n ?? 0;
  }
}

function listStatement(scope: WorkspaceScope, { filter, sort, window }: ListRequest): Statement {
  const { where, parameters } = conditions(scope, filter);
  const { backwards, limit, offset = 0, after } = window;
  const order = ORDERS[sort];
  const place = (value: unknown) => `$${parameters.push(value)}`;
  if (after) where.push(order.behind(after, backwards, place));
  // First the keys of the page, from an index alone as long as filters are in it; only then whole rows, as many as are shown.
  const text = `SELECT s.id, s.name, s.status, s.progress, s.run, s.brief ->> 'projectType' AS "projectType", s.model, s.priority,
            s.created_at AS "createdAt", s.updated_at AS "updatedAt", s.finished_at AS "finishedAt", page.key
       FROM (SELECT s.id, ${order.key} AS key FROM sessions s WHERE ${where.join(' AND ')}
              ORDER BY ${order.orderBy(backwards)} LIMIT ${place(limit)} OFFSET ${place(offset)}) AS page
       JOIN sessions s ON s.workspace_id = $1 AND s.id = page.id
      ORDER BY ${order.orderBy(backwards)}`;
  return { text, parameters };
}

function countStatement(scope: WorkspaceScope, filter: SessionFilter, cap: number): Statement {
  const { where, parameters } = conditions(scope, filter);
  const text = `SELECT count(*)::int AS n FROM (
       SELECT 1 FROM sessions WHERE ${where.join(' AND ')} LIMIT $${parameters.push(cap + 1)}) AS counted`;
  return { text, parameters };
}

function conditions(scope: WorkspaceScope, filter: SessionFilter): { where: string[]; parameters: unknown[] } {
  const parameters: unknown[] = [scope.workspaceId];
  const where = ['workspace_id = $1'];
  const add = (value: string | undefined, condition: (place: string) => string) => {
    if (value !== undefined) where.push(condition(`$${parameters.push(value)}`));
  };
  add(filter.status, (place) => `status = ${place}`);
  add(filter.model, (place) => `model = ${place}`);
  add(filter.q, (place) => `search @@ websearch_to_tsquery('simple', ${place})`);
  // The workspace is a word of each of its sessions: see migrations/0004-session-lists.ts.
  add(filter.q && `'workspace:${scope.workspaceId}'`, (place) => `search @@ ${place}::tsquery`);
  add(filter.createdAfter, (place) => `created_at > ${place}::timestamptz`);
  add(filter.createdBefore, (place) => `created_at < ${place}::timestamptz`);
  return { where, parameters };
}
