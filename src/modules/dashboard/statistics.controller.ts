import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Identity } from '../../http/identity.decorator.js';
import { Limit } from '../../http/limit.decorator.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import { ASK_AGAIN, ResponseCache } from '../../http/response-cache.decorator.js';
import { Clock } from '../../shared/clock/clock.js';
import { CostsService } from '../../shared/costs/costs.service.js';
import { SessionStatisticsService, STATISTICS_TAGS } from '../sessions/session-statistics.service.js';
import { costsOutput, type CostsOutput, type CostsQuery, costsQuery } from './costs.schemas.js';
import { costsView, daysOf } from './costs-view.js';
import { filterOf, statisticsView } from './statistics-view.js';
import {
  statisticsOutput,
  type StatisticsOutput,
  type StatisticsQuery,
  statisticsQuery,
} from './statistics.schemas.js';

/** Numbers of a workspace. Each answer is true at the moment it is given. */
@ApiTags('dashboard')
@Limit('default')
@Controller('v1/dashboard')
export class StatisticsController {
  constructor(
    private readonly sessions: SessionStatisticsService,
    private readonly costs: CostsService,
    private readonly clock: Clock,
  ) {}

  /** Kept only where each process hears of each change, and until then: as lists of sessions are. */
  @Get('stats')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache({ ttl: 'dashboard', scope: 'workspace', tags: [...STATISTICS_TAGS], shared: true })
  @ApiOperation({
    summary: 'Sessions by status, model, project type and time, with durations, quality, gaps, research and money',
    description:
      'Of the sessions that are there, as they are now, counted by the hour they were made in: what a list of sessions with the same filters ' +
      'would show, deleted ones not among them. A rerun makes its session queued again: duration, gaps and research are then those of the new run. ' +
      'A change is in the next answer.',
  })
  @ApiResponse({ status: 200, description: 'The statistics', standardSchema: statisticsOutput })
  async statistics(
    @Identity() { scope }: RequestIdentity,
    @Query({ schema: statisticsQuery }) query: StatisticsQuery,
  ): Promise<StatisticsOutput> {
    return statisticsView(query, await this.sessions.statistics(scope, filterOf(query), query.bucket));
  }

  @Get('costs')
  @Requires('viewer')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Money paid to providers and saved by the cache, by day, model, category and session',
    description:
      'As it was recorded when it was spent; nothing takes it back, the deletion of a session neither. Without a paid provider all sums are 0.',
  })
  @ApiResponse({ status: 200, description: 'The costs', standardSchema: costsOutput })
  async spent(
    @Identity() { scope }: RequestIdentity,
    @Query({ schema: costsQuery }) query: CostsQuery,
  ): Promise<CostsOutput> {
    const days = daysOf(query, this.clock.now());
    return costsView(days, await this.costs.report(scope, days));
  }
}
