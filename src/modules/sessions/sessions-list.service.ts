import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { CursorSigner } from '../../http/cursor-signer.js';
import {
  bindingOf,
  COUNT_CAP,
  cursorPage,
  offsetPage,
  readPageRequest,
  type CursorPage,
  type CursorRequest,
  type OffsetPage,
  type OffsetRequest,
} from '../../http/pagination.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import {
  SessionsListRepository,
  type ListRequest,
  type SessionSummary,
  type SortColumn,
} from './sessions-list.repository.js';
import type { ListQuery, SessionSort } from './sessions.schemas.js';

type Listing = Pick<ListRequest, 'filter' | 'column' | 'descending'>;

/** Pages of sessions, by number or by cursor; the newest first unless asked otherwise. */
@Injectable()
export class SessionsListService {
  constructor(
    private readonly rows: SessionsListRepository,
    private readonly signer: CursorSigner,
    private readonly config: Config,
  ) {}

  /** @throws AppError 422 for a page that is too large, a foreign cursor, or cursor and page together */
  async list(
    scope: WorkspaceScope,
    query: ListQuery,
  ): Promise<OffsetPage<SessionSummary> | CursorPage<SessionSummary>> {
    const { sort = '-createdAt', page, perPage, cursor, limit, ...filter } = query;
    const listing = { filter, ...orderOf(sort) };
    const binding = bindingOf(scope.workspaceId, filter, sort);
    const request = readPageRequest({ page, perPage, cursor, limit }, this.config.http, this.signer, binding);
    return request.kind === 'offset'
      ? this.byNumber(scope, listing, request)
      : this.byCursor(scope, listing, request, binding);
  }

  private async byNumber(
    scope: WorkspaceScope,
    listing: Listing,
    request: OffsetRequest,
  ): Promise<OffsetPage<SessionSummary>> {
    const [items, total] = await Promise.all([
      this.rows.list(scope, { ...listing, limit: request.perPage, offset: request.offset }),
      this.rows.count(scope, listing.filter, COUNT_CAP),
    ]);
    return offsetPage(items, total, request);
  }

  private async byCursor(
    scope: WorkspaceScope,
    listing: Listing,
    request: CursorRequest,
    binding: string,
  ): Promise<CursorPage<SessionSummary>> {
    const backwards = request.position?.direction === 'prev';
    const [value, id] = request.position?.values ?? [];
    const rows = await this.rows.list(scope, {
      ...listing,
      descending: listing.descending !== backwards,
      limit: request.limit + 1,
      ...(value !== undefined && id !== undefined ? { after: [value, id] as const } : {}),
    });
    return cursorPage(
      rows,
      request,
      (item) => [keyOf(item, listing.column), item.id],
      (position) => this.signer.seal(position, binding),
    );
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
