import { Module, type OnModuleInit } from '@nestjs/common';
import { CacheModule } from '../../shared/cache/cache.module.js';
import { ClockModule } from '../../shared/clock/clock.module.js';
import { CostsModule } from '../../shared/costs/costs.module.js';
import { DatabaseModule } from '../../shared/database/database.module.js';
import { IdempotencyModule } from '../../shared/idempotency/idempotency.module.js';
import { MetricsModule } from '../../shared/metrics/metrics.module.js';
import { SessionGauge } from '../../shared/metrics/workflow.metrics.js';
import { WorkflowModule } from '../../shared/workflow/workflow.module.js';
import { CodeAnalysisModule } from '../code-analysis/code-analysis.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ResearchModule } from '../research/research.module.js';
import { ActiveSessions } from './active-sessions.js';
import { BriefReader } from './brief-reader.js';
import { DecisionsService, DecisionTraces } from './decisions.service.js';
import { DocumentInputService } from './document-input.service.js';
import { DocumentStream } from './document-stream.js';
import { DocumentNodes } from './document.nodes.js';
import { DocumentsController } from './documents.controller.js';
import { DocumentsRepository } from './documents.repository.js';
import { DocumentsService } from './documents.service.js';
import { EventsController } from './events.controller.js';
import { GapsController } from './gaps.controller.js';
import { GapsRepository } from './gaps.repository.js';
import { NodeRunner } from './node-runner.js';
import { PlanNodes } from './plan.nodes.js';
import { PlanService } from './plan.service.js';
import { ResearchNodes } from './research.nodes.js';
import { SessionChanges } from './session-changes.js';
import { CreationSources, SessionCreation } from './session-creation.js';
import { SessionEstimator } from './session-estimator.js';
import { SessionEventsRepository } from './session-events.repository.js';
import { SessionEvidenceRepository } from './session-evidence.repository.js';
import { LifecycleSources, SessionLifecycle } from './session-lifecycle.js';
import { SessionNodesRepository } from './session-nodes.repository.js';
import { SessionReconciler } from './session-reconciler.js';
import { SessionStatisticsRepository } from './session-statistics.repository.js';
import { SessionStatisticsService } from './session-statistics.service.js';
import { SessionStore } from './session-store.js';
import { SessionStream } from './session-stream.js';
import { SessionViewRepository } from './session-view.repository.js';
import { SessionNodes, SessionWorkflows } from './session-workflows.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsListRepository } from './sessions-list.repository.js';
import { SessionsListService } from './sessions-list.service.js';
import { SessionQueries } from './sessions.queries.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { StatisticsCompaction } from './statistics-compaction.js';

const ROWS = [
  SessionChanges,
  SessionsRepository,
  SessionsListRepository,
  SessionNodesRepository,
  SessionEventsRepository,
  SessionEvidenceRepository,
  GapsRepository,
  DocumentsRepository,
  SessionViewRepository,
  SessionStatisticsRepository,
  SessionStore,
];
const WORK = [
  SessionLifecycle,
  NodeRunner,
  PlanNodes,
  ResearchNodes,
  DocumentInputService,
  DocumentNodes,
  SessionNodes,
  SessionWorkflows,
  SessionReconciler,
  StatisticsCompaction,
];
const CALLS = [
  BriefReader,
  CreationSources,
  ActiveSessions,
  LifecycleSources,
  SessionCreation,
  SessionEstimator,
  SessionsListService,
  SessionQueries,
  SessionsService,
  PlanService,
  DecisionTraces,
  DecisionsService,
  DocumentsService,
  SessionStatisticsService,
  SessionStream,
  DocumentStream,
];

/** Sessions: brief → workflow → decisions → document. */
@Module({
  imports: [
    CacheModule,
    ClockModule,
    CostsModule,
    DatabaseModule,
    MetricsModule,
    WorkflowModule,
    IdempotencyModule,
    IdentityModule,
    ResearchModule,
    CodeAnalysisModule,
  ],
  controllers: [SessionsController, GapsController, DocumentsController, EventsController],
  providers: [...ROWS, ...WORK, ...CALLS],
  exports: [SessionsService, SessionStatisticsService],
})
export class SessionsModule implements OnModuleInit {
  constructor(
    private readonly gauge: SessionGauge,
    private readonly sessions: SessionsRepository,
  ) {}

  onModuleInit(): void {
    this.gauge.countedBy(async () => Object.fromEntries(await this.sessions.countByStatus()));
  }
}
