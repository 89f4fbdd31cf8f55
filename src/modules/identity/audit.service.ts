import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { IdSource } from '../../shared/clock/clock.js';
import type { WorkspaceScope } from '../../shared/database/workspace-scope.js';
import { IdentityRepository } from './identity.repository.js';
import type { AuditEntry, AuditRecord } from './identity.types.js';

/** What changed, when, by whom. Lines are only ever added. */
@Injectable()
export class AuditService {
  constructor(
    private readonly repository: IdentityRepository,
    private readonly ids: IdSource,
  ) {}

  /** Written in the caller's transaction: the change and its line are there together or not at all. */
  record(manager: EntityManager, record: AuditRecord): Promise<void> {
    return this.repository.addAudit(manager, this.ids.next(), record);
  }

  /** Lines of one session, oldest first, at most `limit`. */
  ofSession(scope: WorkspaceScope, sessionId: string, limit = 500): Promise<AuditEntry[]> {
    return this.repository.auditOfSession(scope, sessionId, limit);
  }
}
