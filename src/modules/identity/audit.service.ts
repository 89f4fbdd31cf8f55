import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Config } from '../../config/config.js';
import { CursorSigner } from '../../http/cursor-signer.js';
import { bindingOf, type CursorPage, type OffsetPage, type PageQuery } from '../../http/pagination.js';
import { readPage } from '../../http/read-page.js';
import { IdSource } from '../../shared/clock/clock.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { type AuditFilter, type AuditOrder, AuditRepository, type AuditRow } from './audit.repository.js';
import type { AuditEntry, AuditRecord } from './identity.types.js';

type AuditPage = OffsetPage<AuditEntry> | CursorPage<AuditEntry>;

/** What changed, when, by whom. Lines are only ever added. */
@Injectable()
export class AuditService {
  constructor(
    private readonly rows: AuditRepository,
    private readonly ids: IdSource,
    private readonly signer: CursorSigner,
    private readonly config: Config,
  ) {}

  /** Written in the caller's transaction: the change and its line are there together or not at all. */
  record(manager: EntityManager, record: AuditRecord): Promise<void> {
    return this.rows.add(manager, this.ids.next(), record);
  }

  /** Lines of one session, oldest first. @throws those of `readPage` */
  ofSession(scope: WorkspaceScope, sessionId: string, query: PageQuery): Promise<AuditPage> {
    return this.page(scope, { sessionId }, 'oldestFirst', query);
  }

  /** Lines of the workspace, newest first. @throws those of `readPage` */
  ofWorkspace(scope: WorkspaceScope, filter: AuditFilter, query: PageQuery): Promise<AuditPage> {
    return this.page(scope, filter, 'newestFirst', query);
  }

  private page(scope: WorkspaceScope, filter: AuditFilter, order: AuditOrder, query: PageQuery): Promise<AuditPage> {
    return readPage(query, this.config.http, this.signer, {
      binding: bindingOf(scope.workspaceId, { list: 'audit', ...filter }, order),
      list: (window) => this.rows.list(scope, filter, order, window),
      count: (cap) => this.rows.count(scope, filter, cap),
      answerOf: ({ key: _key, at, ...entry }: AuditRow): AuditEntry => ({ ...entry, at: at.toISOString() }),
    });
  }
}
