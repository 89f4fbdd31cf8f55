import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { CursorSigner } from '../../http/cursor-signer.js';
import { bindingOf, type CursorPage, type OffsetPage } from '../../http/pagination.js';
import { readPage } from '../../http/read-page.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { SessionsListRepository, type SessionRow, type SessionSummary } from './sessions-list.repository.js';
import type { ListQuery } from './sessions.schemas.js';

/** Pages of sessions, by number or by cursor; the newest first unless asked otherwise. */
@Injectable()
export class SessionsListService {
  constructor(
    private readonly rows: SessionsListRepository,
    private readonly signer: CursorSigner,
    private readonly config: Config,
  ) {}

  /** @throws AppError 400 for a foreign cursor, 422 for a page that is too large, or cursor and page together */
  list(scope: WorkspaceScope, query: ListQuery): Promise<OffsetPage<SessionSummary> | CursorPage<SessionSummary>> {
    const { sort = '-createdAt', page, perPage, cursor, limit, ...filter } = query;
    return readPage({ page, perPage, cursor, limit }, this.config.http, this.signer, {
      binding: bindingOf(scope.workspaceId, filter, sort),
      list: (window) => this.rows.list(scope, { filter, sort, window }),
      count: (cap) => this.rows.count(scope, filter, cap),
      answerOf: ({ key: _key, ...summary }: SessionRow): SessionSummary => summary,
    });
  }
}
