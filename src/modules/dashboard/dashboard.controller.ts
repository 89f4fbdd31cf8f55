import { Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Limit } from '../../http/limit.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import { type PerformanceReport, performanceReportSchema } from '../../http/performance-report.schema.js';
import { PerformanceReporter } from '../../http/performance-reporter.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import { CacheAdministration } from './cache-administration.service.js';
import { cacheView } from './cache-view.js';
import { cacheOutput, type CacheOutput, resetOutput } from './cache.schemas.js';

/** How one process is doing, for operators. The counters are those of the process that answers. */
@ApiTags('dashboard')
@Limit('default')
@Controller('v1/dashboard')
export class DashboardController {
  constructor(
    private readonly reporter: PerformanceReporter,
    private readonly administration: CacheAdministration,
  ) {}

  @Get('performance')
  @Requires('operator')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The JSON performance report, as GET /metrics gives it' })
  @ApiResponse({ status: 200, description: 'Counters of this process', standardSchema: performanceReportSchema })
  performance(): PerformanceReport {
    return this.reporter.report();
  }

  @Get('cache')
  @Requires('operator')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What the cache did, by region and by endpoint' })
  @ApiResponse({ status: 200, description: 'Since the start or the last reset', standardSchema: cacheOutput })
  cache(): CacheOutput {
    return cacheView(this.administration.statistics());
  }

  @Post('cache/reset')
  @HttpCode(200)
  @Requires('admin')
  @ApiOperation({
    summary: 'Let the statistics of the cache begin anew',
    description:
      'Those of the process that answers. Stored values stay, and the counters of GET /metrics go on rising.',
  })
  @ApiResponse({ status: 200, description: 'They begin now', standardSchema: resetOutput })
  async reset(@Identity() identity: RequestIdentity): Promise<z.infer<typeof resetOutput>> {
    return { since: (await this.administration.resetStatistics(identity)).toISOString() };
  }
}
