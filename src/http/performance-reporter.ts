import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { CacheService } from '../shared/cache/cache.service.js';
import { Clock } from '../shared/clock/clock.js';
import { DatabasePool } from '../shared/database/pool-statistics.js';
import { HttpMetrics } from '../shared/metrics/http.metrics.js';
import { RedisService } from '../shared/redis/redis.service.js';
import { performanceReport } from './performance-report.js';
import type { PerformanceReport } from './performance-report.schema.js';

/** What the parts of the program count, at one moment. */
@Injectable()
export class ReportSources {
  constructor(
    readonly requests: HttpMetrics,
    readonly cache: CacheService,
    readonly redis: RedisService,
    readonly database: DatabasePool,
  ) {}
}

/** Makes the JSON report from counters in memory: it asks no server, so it answers while Redis or the database is away. */
@Injectable()
export class PerformanceReporter {
  constructor(
    private readonly sources: ReportSources,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  report(): PerformanceReport {
    const { requests, cache, redis, database } = this.sources;
    return performanceReport({
      version: this.config.version,
      now: this.clock.now(),
      uptimeSeconds: process.uptime(),
      requests: requests.totals(),
      cache: cache.statistics(),
      redis: redis.statistics(),
      database: database.statistics(),
    });
  }
}
