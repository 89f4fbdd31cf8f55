import { Injectable } from '@nestjs/common';
import type { PageRow } from '../../http/read-page.js';
import { DeclaredReads } from '../../shared/database/declared-reads.js';
import { Keyset, type PageWindow } from '../../shared/database/keyset.js';
import { defineQuery, NO_ID } from '../../shared/database/named-queries.js';
import type { Statement } from '../../shared/database/query-profiler.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import type { Endpoint } from './code-analysis.types.js';

export interface EndpointFilter {
  readonly method?: string;
  readonly framework?: string;
}

export type EndpointRow = Endpoint & PageRow;

/** As the linker sorts them: by path. */
const ORDER = new Keyset([{ sql: 'seq', type: 'integer' }]);

defineQuery({
  name: 'endpoints.list',
  about: 'The first endpoints of the newest code analysis',
  statement: async (scope, ask) => {
    const rows = await ask<{ id: string }>(
      `SELECT id FROM code_analyses WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1`,
      [scope.workspaceId],
    );
    return listStatement(scope, rows[0]?.id ?? NO_ID, {}, { backwards: false, limit: 50 });
  },
});

/** Pages of `endpoints`, which never change. */
@Injectable()
export class EndpointsListRepository {
  constructor(private readonly reads: DeclaredReads) {}

  list(scope: WorkspaceScope, id: string, filter: EndpointFilter, window: PageWindow): Promise<readonly EndpointRow[]> {
    const { text, parameters } = listStatement(scope, id, filter, window);
    return this.reads.read((reader) => reader.query(text, [...parameters]));
  }

  /** How many there are, counted no further than `cap` + 1. */
  async count(scope: WorkspaceScope, id: string, filter: EndpointFilter, cap: number): Promise<number> {
    const { where, parameters } = conditions(scope, id, filter);
    const rows = await this.reads.read<{ n: number }[]>((reader) =>
      reader.query(
        `SELECT count(*)::int AS n FROM (SELECT 1 FROM endpoints WHERE ${where.join(' AND ')} LIMIT $${parameters.push(cap + 1)}) AS counted`,
        parameters,
      ),
    );
    return rows[0]?.n ?? 0;
  }
}

function listStatement(scope: WorkspaceScope, id: string, filter: EndpointFilter, window: PageWindow): Statement {
  const { where, parameters } = conditions(scope, id, filter);
  const { backwards, limit, offset = 0, after } = window;
  const place = (value: unknown) => `$${parameters.push(value)}`;
  if (after) where.push(ORDER.behind(after, backwards, place));
  const text = `SELECT method, path, params, file, line, framework, confidence, via, ${ORDER.key} AS key
       FROM endpoints WHERE ${where.join(' AND ')}
      ORDER BY ${ORDER.orderBy(backwards)} LIMIT ${place(limit)} OFFSET ${place(offset)}`;
  return { text, parameters };
}

function conditions({ workspaceId }: WorkspaceScope, id: string, { method, framework }: EndpointFilter) {
  const parameters: unknown[] = [workspaceId, id];
  const where = ['workspace_id = $1', 'analysis_id = $2'];
  if (method !== undefined) where.push(`method = $${parameters.push(method)}`);
  if (framework !== undefined) where.push(`framework = $${parameters.push(framework)}`);
  return { where, parameters };
}
