import { Module } from '@nestjs/common';
import { PerformanceReportModule } from '../../http/performance-report.module.js';
import { CacheModule } from '../../shared/cache/cache.module.js';
import { DatabaseModule } from '../../shared/database/database.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { CacheAdministration } from './cache-administration.service.js';
import { CacheController } from './cache.controller.js';
import { DashboardController } from './dashboard.controller.js';
import { QueriesController } from './queries.controller.js';

/** What operators see and do: the performance report, the cache's statistics, invalidation by hand, queries and their plans. */
@Module({
  imports: [CacheModule, DatabaseModule, IdentityModule, PerformanceReportModule],
  controllers: [DashboardController, CacheController, QueriesController],
  providers: [CacheAdministration],
})
export class DashboardModule {}
