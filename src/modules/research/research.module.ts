import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../../config/config.js';
import { CacheModule } from '../../shared/cache/cache.module.js';
import { WarmUpModule } from '../../shared/cache/warm-up.module.js';
import { Clock } from '../../shared/clock/clock.js';
import { ClockModule } from '../../shared/clock/clock.module.js';
import { DatabaseModule } from '../../shared/database/database.module.js';
import { EgressMetrics } from '../../shared/egress/egress.metrics.js';
import { EgressModule } from '../../shared/egress/egress.module.js';
import { MetricsModule } from '../../shared/metrics/metrics.module.js';
import { IdempotencyModule } from '../../shared/idempotency/idempotency.module.js';
import { JobsModule } from '../../shared/jobs/jobs.module.js';
import { WorkflowModule } from '../../shared/workflow/workflow.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { NpmConfig } from './clients/npm-config.js';
import { NPM_UPSTREAM, NpmRegistryClient, REGISTRY_LIMITS } from './clients/npm-registry.client.js';
import { CriteriaController } from './criteria.controller.js';
import { CriteriaRepository } from './criteria.repository.js';
import { CriteriaService } from './criteria.service.js';
import { EvidenceEntity } from './entities/evidence.entity.js';
import { EvidenceController } from './evidence.controller.js';
import { EvidenceRepository } from './evidence.repository.js';
import { EvidenceService } from './evidence.service.js';
import { FactsRepository } from './facts.repository.js';
import { GapResearcher } from './gap-researcher.js';
import { Analyst, NoAnalyst, NoPageFetcher, NoWebSearch, PageFetcher, WebSearch } from './ports.js';
import { ReleaseCheck } from './release-check.js';
import { ReleaseMarks } from './release-marks.js';
import { ReleaseWatch } from './release-watch.js';
import { ResearchController } from './research.controller.js';
import { ResearchJobs } from './research-jobs.js';
import { ResearchService } from './research.service.js';
import { ResearchWarmUp } from './research-warm-up.js';
import { DatasetSource } from './sources/dataset.source.js';
import { RegistrySource } from './sources/registry.source.js';

/** Candidates, evidence and criteria: everything a decision rests on. */
@Module({
  imports: [
    ClockModule,
    DatabaseModule,
    CacheModule,
    WarmUpModule,
    MetricsModule,
    EgressModule,
    IdempotencyModule,
    JobsModule,
    WorkflowModule,
    IdentityModule,
    TypeOrmModule.forFeature([EvidenceEntity]),
  ],
  controllers: [ResearchController, EvidenceController, CriteriaController],
  providers: [
    {
      provide: NpmRegistryClient,
      inject: [Config, Clock, EgressMetrics],
      useFactory: (config: Config, clock: Clock, recorder: EgressMetrics) => {
        recorder.declare(NPM_UPSTREAM);
        return new NpmRegistryClient(new NpmConfig(config.research.npm), { clock, recorder }, REGISTRY_LIMITS);
      },
    },
    { provide: WebSearch, useClass: NoWebSearch },
    { provide: PageFetcher, useClass: NoPageFetcher },
    { provide: Analyst, useClass: NoAnalyst },
    EvidenceRepository,
    EvidenceService,
    FactsRepository,
    RegistrySource,
    DatasetSource,
    ReleaseMarks,
    ReleaseCheck,
    ReleaseWatch,
    GapResearcher,
    ResearchService,
    ResearchJobs,
    CriteriaRepository,
    CriteriaService,
    ResearchWarmUp,
  ],
  exports: [ResearchService, EvidenceService, CriteriaService],
})
export class ResearchModule {}
