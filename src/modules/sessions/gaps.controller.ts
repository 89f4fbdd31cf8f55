import { Body, Controller, Get, Header, Param, Patch, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Limit } from '../../http/limit.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { ASK_AGAIN, ResponseCache } from '../../http/response-cache.decorator.js';
import { Requires } from '../../http/requires.decorator.js';
import { DecisionsService } from './decisions.service.js';
import { PlanService } from './plan.service.js';
import { decisionAnswer, decisionsAnswer, gapAnswer, gapsAnswer, planAnswer } from './session-answers.schemas.js';
import { SESSION_TAG } from './session-changes.js';
import { SessionQueries } from './sessions.queries.js';
import { decisionSchema, GAP_ID, planPatchSchema, SESSION_ID } from './sessions.schemas.js';
import type { PatchPlan, TakeDecision } from './sessions.schemas.js';

/** Workers change it node by node. */
const KEPT = { ttl: 30, scope: 'workspace', tags: [SESSION_TAG], shared: true } as const;

/** Open questions of a session: its gaps, its plan and what people decide. */
@ApiTags('sessions')
@Limit('default')
@Controller('v1/sessions/:id')
export class GapsController {
  constructor(
    private readonly queries: SessionQueries,
    private readonly plans: PlanService,
    private readonly decisions: DecisionsService,
  ) {}

  @Get('gaps')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache(KEPT)
  @ApiOperation({ summary: 'Gaps of the current run with status, rule, evidence, options and scores' })
  @ApiResponse({ status: 200, description: 'All gaps', standardSchema: gapsAnswer })
  async gaps(@Identity() identity: RequestIdentity, @Param('id', SESSION_ID) id: string) {
    return { items: await this.queries.gaps(identity.scope, id) };
  }

  @Get('gaps/:gapId')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache(KEPT)
  @ApiOperation({ summary: 'One gap' })
  @ApiResponse({ status: 200, description: 'The gap', standardSchema: gapAnswer })
  gap(
    @Identity() identity: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Param('gapId', GAP_ID) gapId: string,
  ) {
    return this.queries.gap(identity.scope, id, gapId);
  }

  @Patch('plan')
  @Requires('operator')
  @ApiOperation({ summary: 'Pin, forbid, drop or add gaps while the session waits for its plan; resume approves it' })
  @ApiResponse({ status: 200, description: 'The gaps as they are now', standardSchema: planAnswer })
  @ApiResponse({ status: 409, description: 'The session does not wait for its plan' })
  async plan(
    @Identity() identity: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Body({ schema: planPatchSchema }) patch: PatchPlan,
  ) {
    await this.queries.session(identity.scope, id);
    return { gaps: await this.plans.change(identity, id, patch) };
  }

  @Get('decisions')
  @Requires('viewer')
  @Header(...ASK_AGAIN)
  @ResponseCache(KEPT)
  @ApiOperation({ summary: 'Decisions of the current run' })
  @ApiResponse({ status: 200, description: 'By whom, when and why', standardSchema: decisionsAnswer })
  async decided(@Identity() identity: RequestIdentity, @Param('id', SESSION_ID) id: string) {
    return { items: await this.queries.decisions(identity.scope, id) };
  }

  @Post('decisions')
  @Requires('operator')
  @ApiOperation({ summary: 'Decide a gap; the last open one lets the session go on' })
  @ApiResponse({ status: 201, description: 'Taken', standardSchema: decisionAnswer })
  @ApiResponse({ status: 409, description: 'The session does not wait for decisions, or the gap is decided' })
  async decide(
    @Identity() identity: RequestIdentity,
    @Param('id', SESSION_ID) id: string,
    @Body({ schema: decisionSchema }) input: TakeDecision,
  ) {
    await this.queries.session(identity.scope, id);
    return this.decisions.take(identity, id, input);
  }
}
