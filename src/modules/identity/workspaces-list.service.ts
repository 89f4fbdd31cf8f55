import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { CursorSigner } from '../../http/cursor-signer.js';
import { bindingOf, type CursorPage, type OffsetPage, type PageQuery } from '../../http/pagination.js';
import { type PageRow, readPage } from '../../http/read-page.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { runsInstallation } from './identity.types.js';
import { workspaceAnswerOf } from './workspace-administration.service.js';
import { WorkspacesRepository, type WorkspaceRow } from './workspaces.repository.js';
import type { WorkspaceAnswer } from './workspaces.schemas.js';

/** Pages of workspaces, the oldest first. */
@Injectable()
export class WorkspacesListService {
  constructor(
    private readonly rows: WorkspacesRepository,
    private readonly signer: CursorSigner,
    private readonly config: Config,
  ) {}

  /** All for who runs the installation, else the own one. @throws those of `readPage` */
  list(caller: RequestIdentity, query: PageQuery): Promise<OffsetPage<WorkspaceAnswer> | CursorPage<WorkspaceAnswer>> {
    const only = runsInstallation(caller) ? undefined : caller.workspaceId;
    return readPage(query, this.config.http, this.signer, {
      binding: bindingOf(caller.workspaceId, { list: 'workspaces' }, 'createdAt'),
      list: (window) => this.rows.list(only, window),
      count: (cap) => this.rows.count(only, cap),
      answerOf: ({ key: _key, ...row }: WorkspaceRow & PageRow) => workspaceAnswerOf(row),
    });
  }
}
