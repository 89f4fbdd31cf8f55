import { Module } from '@nestjs/common';
import { CacheModule } from '../shared/cache/cache.module.js';
import { ClockModule } from '../shared/clock/clock.module.js';
import { DatabaseModule } from '../shared/database/database.module.js';
import { MetricsModule } from '../shared/metrics/metrics.module.js';
import { RedisModule } from '../shared/redis/redis.module.js';
import { PerformanceReporter, ReportSources } from './performance-reporter.js';

/** The JSON report, for the two addresses that show it. */
@Module({
  imports: [CacheModule, ClockModule, DatabaseModule, MetricsModule, RedisModule],
  providers: [ReportSources, PerformanceReporter],
  exports: [PerformanceReporter],
})
export class PerformanceReportModule {}
