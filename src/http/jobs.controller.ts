import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Limit } from './limit.decorator.js';
import { AppError } from '../shared/errors/app-error.js';
import { JobsService } from '../shared/jobs/jobs.service.js';
import { type Job, JOB_QUEUES, JOB_STATUSES } from '../shared/jobs/jobs.types.js';
import { Identity } from './identity.decorator.js';
import { problemOf } from './problem.js';
import type { RequestIdentity } from './request-identity.js';
import { Requires } from './requires.decorator.js';

const jobId = z.uuid({ error: 'must be the id of a job, a UUID' });

export const jobAnswer = z
  .object({
    id: z.uuid(),
    kind: z.string(),
    queue: z.enum(JOB_QUEUES),
    status: z.enum(JOB_STATUSES),
    progress: z.int().min(0).max(100),
    attempt: z.int().min(1),
    priority: z.int().min(1).max(10),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().optional(),
    result: z.record(z.string(), z.unknown()).optional().meta({ description: 'When done, if it is small' }),
    resultUrl: z.string().optional().meta({ description: 'When done: where the result is' }),
    problem: z
      .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string(), code: z.string() })
      .optional()
      .meta({ description: 'When failed: why, as the call itself would have answered' }),
  })
  .meta({
    example: {
      id: '0190a0de-0000-7000-8000-000000000000',
      kind: 'research',
      queue: 'research',
      status: 'running',
      progress: 40,
      attempt: 1,
      priority: 5,
      createdAt: '2026-01-01T12:00:00.000Z',
      updatedAt: '2026-01-01T12:00:02.000Z',
    },
  });
type JobAnswer = z.infer<typeof jobAnswer>;

/** What became of a long call that answered 202. */
@ApiTags('jobs')
@Limit('default')
@Controller('v1/jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get(':id')
  @Requires('viewer')
  @ApiOperation({ summary: 'Status, progress and result or problem of a job' })
  @ApiResponse({ status: 200, description: 'The job', standardSchema: jobAnswer })
  async get(@Param('id', { schema: jobId }) id: string, @Identity() identity: RequestIdentity): Promise<JobAnswer> {
    return describe(await this.jobs.get(identity.scope, id));
  }

  @Delete(':id')
  @Requires('operator')
  @ApiOperation({ summary: 'Cancel a job; one that is over stays as it is (409)' })
  @ApiResponse({ status: 200, description: 'The cancelled job', standardSchema: jobAnswer })
  @ApiResponse({ status: 409, description: 'The job is over' })
  async cancel(@Param('id', { schema: jobId }) id: string, @Identity() identity: RequestIdentity): Promise<JobAnswer> {
    return describe(await this.jobs.cancel(identity.scope, id));
  }
}

/** A job as its owner sees it. */
export function describe({ error, createdAt, updatedAt, finishedAt, result, ...job }: Job): JobAnswer {
  return {
    ...job,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    ...(finishedAt ? { finishedAt: finishedAt.toISOString() } : {}),
    ...(result ? { result: { ...result } } : {}),
    ...(error ? { problem: problemFields(job.id, new AppError(error.kind, error.code, error.message)) } : {}),
  };
}

function problemFields(id: string, error: AppError): NonNullable<JobAnswer['problem']> {
  const { type, title, status, detail, code } = problemOf(error, `/v1/jobs/${id}`, '');
  return { type, title, status, detail, code };
}
