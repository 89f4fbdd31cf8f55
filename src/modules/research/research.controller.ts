import { Body, Controller, Get, Headers, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Limit } from '../../http/limit.decorator.js';
import { charge } from '../../http/request-limits.js';
import { Config } from '../../config/config.js';
import { CodedForms } from '../../http/coded-forms.js';
import { IdempotencyKey } from '../../http/idempotency-key.decorator.js';
import { Identity } from '../../http/identity.decorator.js';
import type { RequestIdentity } from '../../http/request-identity.js';
import { waitMsOf } from '../../http/prefer.js';
import { ResponseCache } from '../../http/response-cache.decorator.js';
import { Requires } from '../../http/requires.decorator.js';
import { type ResearchAnswer, ResearchJobs } from './research-jobs.js';
import { requestOf } from './research-request.js';
import {
  candidateList,
  candidatesQuery,
  categoryList,
  categoryParam,
  jobAccepted,
  researchAnswer,
  researchBody,
  type ResearchBody,
} from './research.schemas.js';
import { ResearchService } from './research.service.js';
import type { Candidate, Category, CategoryDefinition } from './research.types.js';

/** The catalogue is part of the release: it changes with the process alone. */
const CATALOGUE = { ttl: 300, scope: 'public' } as const;

/** A remembered answer is written and coded once: its 15 to 150 kB of JSON cost more than all else about a call. */
interface WrittenAnswer {
  readonly text: string;
  readonly forms: CodedForms;
}

/** Options of one technology decision, with evidence, and the catalogue they come from. */
@ApiTags('research')
@Limit('default')
@Controller('v1/research')
export class ResearchController {
  private readonly written = new WeakMap<ResearchAnswer, WrittenAnswer>();

  constructor(
    private readonly research: ResearchService,
    private readonly jobs: ResearchJobs,
    private readonly config: Config,
  ) {}

  @Post()
  @Limit('search')
  @Requires('operator')
  @ApiOperation({ summary: 'Options for one category, from the cache at once or by a job' })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same one makes one job, for 24 hours' })
  @ApiResponse({ status: 200, description: 'The options, their facts and comparison', standardSchema: researchAnswer })
  @ApiResponse({ status: 202, description: 'A worker does it; Location names the job', standardSchema: jobAccepted })
  async ask(
    @Identity() identity: RequestIdentity,
    @Body({ schema: researchBody }) body: ResearchBody,
    @Headers('prefer') prefer: string | undefined,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | z.infer<typeof jobAccepted>> {
    const request = requestOf(body, this.research.vocabulary(), this.config.research.maxOptionsPerGap);
    const waitMs = waitMsOf(prefer);
    if (waitMs > 0) void reply.header('preference-applied', `wait=${waitMs / 1000}`);
    const outcome = await this.jobs.ask(identity.scope, request, {
      waitMs,
      key,
      beforeWork: () => charge(reply.request, 'search'),
    });
    if (outcome.replayed) void reply.header('idempotent-replayed', 'true');
    if (outcome.kind === 'answer') {
      const { text, forms } = this.writtenOf(outcome.answer);
      void reply.status(200).type('application/json; charset=utf-8');
      reply.codedForms = forms;
      return text;
    }
    const { id, status } = outcome.job;
    const location = `/v1/jobs/${id}`;
    void reply.status(202).headers({ location, 'retry-after': '1' });
    return { id, status, location };
  }

  private writtenOf(answer: ResearchAnswer): WrittenAnswer {
    const known = this.written.get(answer);
    if (known !== undefined) return known;
    const made = { text: JSON.stringify(answer), forms: new CodedForms() };
    this.written.set(answer, made);
    return made;
  }

  @Get('categories')
  @Requires('viewer')
  @ResponseCache(CATALOGUE)
  @ApiOperation({ summary: 'The 24 categories of decisions, and what each asks' })
  @ApiResponse({ status: 200, description: 'In fixed order', standardSchema: categoryList })
  categories(): { items: readonly CategoryDefinition[] } {
    return { items: this.research.definitions() };
  }

  @Get('categories/:id/candidates')
  @Requires('viewer')
  @ResponseCache(CATALOGUE)
  @ApiOperation({ summary: 'What the catalogue proposes for a category; notes are unverified' })
  @ApiResponse({ status: 200, description: 'In fixed order; fewer than two: empty', standardSchema: candidateList })
  candidates(
    @Param('id', { schema: categoryParam }) id: Category,
    @Query({ schema: candidatesQuery }) query: z.infer<typeof candidatesQuery>,
  ): { items: readonly Candidate[] } {
    return { items: this.research.candidatesOf(query.ecosystem).filter((candidate) => candidate.category === id) };
  }
}
