import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CursorSigner } from '../../http/cursor-signer.js';
import { FirstKeyNotice } from '../../http/first-key-notice.js';
import { CacheModule } from '../../shared/cache/cache.module.js';
import { ClockModule } from '../../shared/clock/clock.module.js';
import { DatabaseModule } from '../../shared/database/database.module.js';
import { IdempotencyModule } from '../../shared/idempotency/idempotency.module.js';
import { WorkflowModule } from '../../shared/workflow/workflow.module.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeyEdges, ApiKeysService } from './api-keys.service.js';
import { AuditController } from './audit.controller.js';
import { AuditMonths } from './audit-months.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';
import { CursorKey } from './cursor-key.js';
import { ApiKeyEntity } from './entities/api-key.entity.js';
import { FirstKey } from './first-key.js';
import { IdentityController } from './identity.controller.js';
import { IdentityRepository } from './identity.repository.js';
import { IdentityService } from './identity.service.js';
import { Installation } from './installation.js';
import { WorkspaceAdministration } from './workspace-administration.service.js';
import { WorkspacesController } from './workspaces.controller.js';
import { WorkspacesListService } from './workspaces-list.service.js';
import { WorkspacesRepository } from './workspaces.repository.js';
import { WorkspacesService } from './workspaces.service.js';

/** Workspaces, keys, roles and the audit log; gives the edge its guard and lists their cursor signer. */
@Module({
  imports: [
    CacheModule,
    ClockModule,
    DatabaseModule,
    IdempotencyModule,
    WorkflowModule,
    TypeOrmModule.forFeature([ApiKeyEntity]),
  ],
  controllers: [IdentityController, ApiKeysController, WorkspacesController, AuditController],
  providers: [
    IdentityRepository,
    IdentityService,
    ApiKeysRepository,
    ApiKeyEdges,
    ApiKeysService,
    WorkspacesRepository,
    WorkspacesService,
    WorkspaceAdministration,
    WorkspacesListService,
    AuditRepository,
    AuditService,
    AuditMonths,
    FirstKey,
    FirstKeyNotice,
    CursorKey,
    Installation,
    CursorSigner,
  ],
  exports: [IdentityService, WorkspacesService, AuditService, FirstKeyNotice, CursorSigner],
})
export class IdentityModule {}
