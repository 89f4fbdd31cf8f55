import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { CursorSigner } from '../../http/cursor-signer.js';
import { bindingOf, type CursorPage, type OffsetPage } from '../../http/pagination.js';
import { readPage } from '../../http/read-page.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { SessionsListRepository, type SessionSummary, type SortColumn } from './sessions-list.repository.js';
import type { ListQuery, SessionSort } from './sessions.schemas.js';

/** Pages of sessions, by number or by cursor; the newest first unless asked otherwise. */
@Injectable()
export class SessionsListService {
  constructor(
    private readonly rows: SessionsListRepository,
    private readonly signer: CursorSigner,
    private readonly config: Config,
  ) {}

  /** @throws AppError 422 for a page that is too large, a foreign cursor, or cursor and page together */
  list(scope: WorkspaceScope, query: ListQuery): Promise<OffsetPage<SessionSummary> | CursorPage<SessionSummary>> {
    const { sort = '-createdAt', page, perPage, cursor, limit, ...filter } = query;
    const { column, descending } = orderOf(sort);
    return readPage({ page, perPage, cursor, limit }, this.config.http, this.signer, {
      binding: bindingOf(scope.workspaceId, filter, sort),
      list: ({ backwards, after: [value, id] = [], ...window }) =>
        this.rows.list(scope, {
          ...window,
          filter,
          column,
          descending: descending !== backwards,
          ...(value !== undefined && id !== undefined ? { after: [value, id] as const } : {}),
        }),
      count: (cap) => this.rows.count(scope, filter, cap),
      keyOf: (item) => [keyOf(item, column), item.id],
    });
  }
}

function orderOf(sort: SessionSort): { column: SortColumn; descending: boolean } {
  const descending = sort.startsWith('-');
  return { column: sort.replace('-', '') as SortColumn, descending };
}

/** The driver gives times as `Date`; the column is written with milliseconds, so nothing is lost in the text. */
function keyOf(item: SessionSummary, column: SortColumn): string {
  return column === 'createdAt' ? new Date(item.createdAt).toISOString() : item.name;
}
