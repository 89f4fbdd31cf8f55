import { Module } from '@nestjs/common';
import { PerformanceReportModule } from '../../http/performance-report.module.js';
import { CacheModule } from '../../shared/cache/cache.module.js';
import { ClockModule } from '../../shared/clock/clock.module.js';
import { CostsModule } from '../../shared/costs/costs.module.js';
import { DatabaseModule } from '../../shared/database/database.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { CacheAdministration } from './cache-administration.service.js';
import { CacheController } from './cache.controller.js';
import { DashboardController } from './dashboard.controller.js';
import { QueriesController } from './queries.controller.js';
import { StatisticsController } from './statistics.controller.js';

/** Statistics and costs of a workspace; what operators see and do: the performance report, the cache's statistics, invalidation by hand, queries and their plans. */
@Module({
  imports: [
    CacheModule,
    ClockModule,
    CostsModule,
    DatabaseModule,
    IdentityModule,
    PerformanceReportModule,
    SessionsModule,
  ],
  controllers: [DashboardController, CacheController, QueriesController, StatisticsController],
  providers: [CacheAdministration],
})
export class DashboardModule {}
