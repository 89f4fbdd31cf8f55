import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { loadConfig } from '../../../src/config/load-config.js';
import { describe as describeJob, jobAnswer } from '../../../src/http/jobs.controller.js';
import { Clock, IdSource } from '../../../src/shared/clock/clock.js';
import type { WorkspaceScope } from '../../../src/shared/database/workspace-scope.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { AppError } from '../../../src/shared/errors/app-error.js';
import { JobRunner } from '../../../src/shared/jobs/job-runner.js';
import { JobsRepository } from '../../../src/shared/jobs/jobs.repository.js';
import { JobsService } from '../../../src/shared/jobs/jobs.service.js';
import type { JobHandler, JobRequest } from '../../../src/shared/jobs/jobs.types.js';
import type { DbosWorkflowEngine } from '../../../src/shared/workflow/dbos-workflow-engine.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';
import { engineFor } from './support/engine.js';

jest.setTimeout(60_000);

describe('jobs', () => {
  const scope = mintWorkspaceScope('00000000-0000-7000-8000-000000000001');
  let database: TestDatabase;
  let source: DataSource;
  let engine: DbosWorkflowEngine;
  let jobs: JobsService;
  let repository: JobsRepository;
  const calls: string[] = [];
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** A job's row is written inside its workflow, so it is done a moment before the workflow is. */
  const over = async (workflowId: string): Promise<void> => {
    for (let tries = 0; tries < 250 && (await engine.state(workflowId)) === 'running'; tries += 1) await wait(20);
  };

  const submit = (request: JobRequest, by: WorkspaceScope = scope) =>
    source.transaction((manager) => jobs.submit(manager, by, request));

  const handlers: Record<string, JobHandler<{ text?: string }>> = {
    shout: async ({ text }, job) => {
      await job.progress(50);
      return { result: { text: text?.toUpperCase() }, resultUrl: `/v1/shouts/${job.id}` };
    },
    refuse: async () => {
      calls.push('refuse');
      throw new AppError('invalid', 'no_such_category', 'Choose one of the categories.');
    },
    flaky: async (_, job) => {
      calls.push(`flaky${job.attempt}`);
      if (job.attempt < 2) throw new Error('SELECT secret FROM somewhere');
      return {};
    },
    endless: async (_, job) => {
      for (;;) {
        await job.progress(1);
        await wait(25);
      }
    },
    never: async (_, job) => {
      calls.push(`never${job.attempt}`);
      return {};
    },
  };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await testDatabase();
    source = await new DataSource({ type: 'postgres', url: database.url, poolSize: 5 }).initialize();
    engine = engineFor({ url: database.url, role: 'all' });
    repository = new JobsRepository(source);
    const config = loadConfig({}, PROJECT_ROOT);
    jobs = new JobsService(engine, repository, new JobRunner(repository), new IdSource(new Clock()), config);
    jobs.onModuleInit();
    for (const [kind, handler] of Object.entries(handlers))
      jobs.define(kind, kind === 'endless' ? 'networks' : 'research', handler);
    engine.launch();
    await engine.ready();
  });
  afterAll(async () => {
    await engine.stop();
    await source.destroy();
    await database.close();
  });
  beforeEach(() => calls.splice(0));

  it('give their result, and where it is, to the one who waits', async () => {
    const id = await submit({ kind: 'shout', input: { text: 'hello' } });
    const job = await jobs.waitFor(scope, id, 8000);
    expect(job).toMatchObject({ status: 'done', progress: 100, attempt: 1, result: { text: 'HELLO' } });
    expect(job.resultUrl).toBe(`/v1/shouts/${id}`);
    expect(jobAnswer.parse(describeJob(job))).toMatchObject({ id, status: 'done', result: { text: 'HELLO' } });
  });

  it('do not exist when the transaction that made them is rolled back', async () => {
    let id = '';
    await expect(
      source.transaction(async (manager) => {
        id = await jobs.submit(manager, scope, { kind: 'shout', input: {} });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await expect(jobs.get(scope, id)).rejects.toMatchObject({ kind: 'not-found', code: 'job_not_found' });
    expect(await engine.state(`job:${id}`)).toBe('unknown');
  });

  it('are nobody else’s: another workspace sees none and cancels none', async () => {
    const other = mintWorkspaceScope('00000000-0000-7000-8000-000000000000');
    const id = await submit({ kind: 'shout', input: {} });
    await expect(jobs.get(other, id)).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(jobs.cancel(other, id)).rejects.toMatchObject({ code: 'job_not_found' });
    expect((await jobs.waitFor(scope, id, 8000)).status).toBe('done');
  });

  it('fail at once with the problem when the input is wrong', async () => {
    const job = await jobs.waitFor(scope, await submit({ kind: 'refuse', input: {} }), 8000);
    expect(job).toMatchObject({ status: 'failed', attempt: 1, error: { code: 'no_such_category', kind: 'invalid' } });
    expect(describeJob(job).problem).toMatchObject({ status: 422, detail: 'Choose one of the categories.' });
    expect(calls).toEqual(['refuse']);
  });

  it('are tried again after an unexpected failure, of which nothing leaks', async () => {
    const id = await submit({ kind: 'flaky', input: {} });
    const job = await jobs.waitFor(scope, id, 8000);
    expect(job).toMatchObject({ status: 'done', attempt: 2 });
    expect(calls).toEqual(['flaky1', 'flaky2']);
    expect(JSON.stringify(job)).not.toContain('secret');
  });

  it('are set aside after five tries, those that took their process down included', async () => {
    const id = await submit({ kind: 'endless', input: {} });
    // What five killed processes leave: the row says running, its fifth try was begun, nobody is at it.
    await engine.cancel(`job:${id}`);
    await source.query(
      `UPDATE jobs SET status = 'running', attempt = 5, updated_at = now() - interval '1 hour' WHERE id = $1`,
      [id],
    );
    await jobs.reconcile();
    const job = await jobs.waitFor(scope, id, 8000);
    expect(job).toMatchObject({ status: 'failed', attempt: 5, error: { code: 'job_set_aside' } });
  });

  it('end when they are cancelled, and then stay cancelled', async () => {
    const id = await submit({ kind: 'endless', input: {} });
    while ((await jobs.get(scope, id)).progress === 0) await wait(20);
    expect((await jobs.cancel(scope, id)).status).toBe('cancelled');
    expect((await jobs.cancel(scope, id)).status).toBe('cancelled');
    await wait(200);
    expect(await jobs.get(scope, id)).toMatchObject({ status: 'cancelled', attempt: 1 });
  });

  it('cannot be cancelled any more when they are done', async () => {
    const id = await submit({ kind: 'shout', input: {} });
    await jobs.waitFor(scope, id, 8000);
    await expect(jobs.cancel(scope, id)).rejects.toMatchObject({ kind: 'conflict', code: 'job_over' });
  });

  it('take a result from the try that counts alone', async () => {
    const id = await submit({ kind: 'endless', input: {} });
    while ((await jobs.get(scope, id)).progress === 0) await wait(20);
    const second = await repository.claim(scope, id, 5);
    expect(second?.attempt).toBe(2);
    expect(await repository.finish(scope, id, 1, { result: { stale: true } })).toBe(false);
    expect(await repository.finish(scope, id, 2, { result: { fresh: true } })).toBe(true);
    expect(await repository.finish(scope, id, 2, { result: { again: true } })).toBe(false);
    expect((await jobs.get(scope, id)).result).toEqual({ fresh: true });
  });

  it('are begun anew when the engine lost them, and left alone while it has them', async () => {
    const id = await submit({ kind: 'never', input: {} });
    await jobs.waitFor(scope, id, 8000);
    await over(`job:${id}`);
    const alive = await submit({ kind: 'endless', input: {} });
    await source.query(
      `UPDATE jobs SET status = 'running', finished_at = NULL, updated_at = now() - interval '1 hour' WHERE id = ANY ($1)`,
      [[id, alive]],
    );
    await jobs.reconcile();
    expect(await jobs.waitFor(scope, id, 8000)).toMatchObject({ status: 'done', attempt: 2 });
    expect(calls).toEqual(['never1', 'never2']);
    await over(`job:${id}:2`);
    expect(await engine.state(`job:${id}:2`)).toBe('done');
    expect(await engine.state(`job:${alive}:2`)).toBe('unknown');
    await jobs.cancel(scope, alive);
  });

  it('answer as they are when the wait is over first', async () => {
    const id = await submit({ kind: 'endless', input: {} });
    expect(['queued', 'running']).toContain((await jobs.waitFor(scope, id, 30)).status);
    await jobs.cancel(scope, id);
  });
});
