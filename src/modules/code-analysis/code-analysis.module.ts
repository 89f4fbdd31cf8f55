import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CacheModule } from '../../shared/cache/cache.module.js';
import { ClockModule } from '../../shared/clock/clock.module.js';
import { DatabaseModule } from '../../shared/database/database.module.js';
import { IdempotencyModule } from '../../shared/idempotency/idempotency.module.js';
import { JobsModule } from '../../shared/jobs/jobs.module.js';
import { MetricsModule } from '../../shared/metrics/metrics.module.js';
import { WorkflowModule } from '../../shared/workflow/workflow.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { CodeAnalysesController } from './code-analyses.controller.js';
import { CodeAnalysesRepository } from './code-analyses.repository.js';
import { CodeAnalyses } from './code-analyses.service.js';
import { CodeAnalysisCreation } from './code-analysis-creation.js';
import { CodeAnalysisQueries } from './code-analysis-queries.js';
import { CodeAnalysisRun } from './code-analysis-run.js';
import { CodeAnalysisService } from './code-analysis.service.js';
import { CodeIntake } from './code-intake.js';
import { CodeRetentionRepository } from './code-retention.repository.js';
import { CodeRetention } from './code-retention.js';
import { EndpointsListRepository } from './endpoints-list.repository.js';
import { AnalysedFileEntity } from './entities/analysed-file.entity.js';
import { EndpointEntity } from './entities/endpoint.entity.js';
import { FileContentEntity } from './entities/file-content.entity.js';
import { Findings } from './findings.js';

/** Code that is sent in or read from a folder, and what it is made of. */
@Module({
  imports: [
    CacheModule,
    ClockModule,
    DatabaseModule,
    IdempotencyModule,
    IdentityModule,
    JobsModule,
    MetricsModule,
    WorkflowModule,
    TypeOrmModule.forFeature([AnalysedFileEntity, EndpointEntity, FileContentEntity]),
  ],
  controllers: [CodeAnalysesController],
  providers: [
    CodeAnalysisService,
    CodeIntake,
    CodeAnalyses,
    CodeAnalysisCreation,
    CodeAnalysisRun,
    CodeAnalysisQueries,
    CodeAnalysesRepository,
    EndpointsListRepository,
    CodeRetention,
    CodeRetentionRepository,
    Findings,
  ],
  exports: [CodeAnalysisService],
})
export class CodeAnalysisModule {}
