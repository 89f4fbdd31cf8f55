import { Injectable } from '@nestjs/common';
import { DeclaredReads } from '../../shared/database/declared-reads.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { SessionStatus } from './sessions.types.js';

export interface SessionFilter {
  readonly status?: SessionStatus;
  readonly model?: string;
  readonly q?: string;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
}

/** Columns a list can be sorted by; the id makes the order total. */
export type SortColumn = 'createdAt' | 'name';

export interface ListRequest {
  readonly filter: SessionFilter;
  readonly column: SortColumn;
  readonly descending: boolean;
  readonly limit: number;
  readonly offset?: number;
  /** Rows strictly after this one in the asked order: value of the sort column, then id. */
  readonly after?: readonly [value: string, id: string];
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

/** Sort names become SQL through this map alone. Times are compared at the millisecond a client sees. */
const COLUMNS: Readonly<Record<SortColumn, { readonly sql: string; readonly type: string }>> = {
  createdAt: { sql: 'created_at', type: 'timestamptz' },
  name: { sql: 'name', type: 'text' },
};

const TEXT = `to_tsvector('simple', name || ' ' || coalesce(brief ->> 'requirements', ''))`;

/** Lists of `sessions`, which may be a moment old. */
@Injectable()
export class SessionsListRepository {
  constructor(private readonly reads: DeclaredReads) {}

  async list(scope: WorkspaceScope, request: ListRequest): Promise<readonly SessionSummary[]> {
    const { where, parameters } = conditions(scope, request.filter);
    const { sql, type } = COLUMNS[request.column];
    const order = request.descending ? 'DESC' : 'ASC';
    if (request.after) {
      const [value, id] = request.after;
      const comparison = request.descending ? '<' : '>';
      where.push(`(${sql}, id) ${comparison} ($${parameters.push(value)}::${type}, $${parameters.push(id)}::uuid)`);
    }
    const limit = `LIMIT $${parameters.push(request.limit)} OFFSET $${parameters.push(request.offset ?? 0)}`;
    return this.reads.read((reader) =>
      reader.query(
        `SELECT id, name, status, progress, run, brief ->> 'projectType' AS "projectType", model, priority,
                created_at AS "createdAt", updated_at AS "updatedAt", finished_at AS "finishedAt"
           FROM sessions WHERE ${where.join(' AND ')} ORDER BY ${sql} ${order}, id ${order} ${limit}`,
        parameters,
      ),
    );
  }

  /** How many there are, counted no further than `cap` + 1. */
  async count(scope: WorkspaceScope, filter: SessionFilter, cap: number): Promise<number> {
    const { where, parameters } = conditions(scope, filter);
    const rows = await this.reads.read<{ n: number }[]>((reader) =>
      reader.query(
        `SELECT count(*)::int AS n FROM (
           SELECT 1 FROM sessions WHERE ${where.join(' AND ')} LIMIT $${parameters.push(cap + 1)}) AS counted`,
        parameters,
      ),
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
