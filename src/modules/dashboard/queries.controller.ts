import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Identity } from '../../http/identity.decorator.js';
import { Limit } from '../../http/limit.decorator.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { Requires } from '../../http/requires.decorator.js';
import { namedQueries } from '../../shared/database/named-queries.js';
import { type NamedPlan, QueryPlans } from '../../shared/database/query-plans.js';
import { QueryProfiler } from '../../shared/database/query-profiler.js';
import { queriesView } from './queries-view.js';
import {
  type PlanQuery,
  planQuerySchema,
  QUERY_NAME,
  queriesOutput,
  type QueriesOutput,
  queryPlanOutput,
} from './queries.schemas.js';

/** What the database is asked and how it goes about it; of the process that answers. */
@ApiTags('dashboard')
@Limit('default')
@Controller('v1/dashboard/queries')
export class QueriesController {
  constructor(
    private readonly profiler: QueryProfiler,
    private readonly plans: QueryPlans,
  ) {}

  @Get()
  @Requires('operator')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Queries that took the most time, and those whose plan can be asked for',
    description:
      'Of all workspaces, without any value of theirs: texts with ? and …, counts and times of this process.',
  })
  @ApiResponse({ status: 200, description: 'Since the start of the process', standardSchema: queriesOutput })
  queries(): QueriesOutput {
    return queriesView(this.profiler, namedQueries());
  }

  @Get(':name/plan')
  @Requires('operator')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'The plan of a named query, for your workspace',
    description:
      'How the server would run it, or with `analyze=true` how it ran it just now: in a read-only transaction and for at most 1.5 s. ' +
      'Only queries of the program that have a name; no text of yours reaches the database.',
  })
  @ApiResponse({ status: 200, description: 'The plan', standardSchema: queryPlanOutput })
  @ApiResponse({ status: 504, description: 'It ran longer than 1.5 s: leave analyze=true out' })
  plan(
    @Identity() { scope }: RequestIdentity,
    @Param('name', QUERY_NAME) name: string,
    @Query({ schema: planQuerySchema }) { analyze }: PlanQuery,
  ): Promise<NamedPlan> {
    return this.plans.named(name, scope, analyze === 'true');
  }
}
