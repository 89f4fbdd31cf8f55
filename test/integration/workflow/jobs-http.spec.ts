import { DataSource } from 'typeorm';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { AppError } from '../../../src/shared/errors/app-error.js';
import { JobsService } from '../../../src/shared/jobs/jobs.service.js';
import { testApp, type TestApp } from '../../support/app.js';

jest.setTimeout(60_000);

describe('/v1/jobs/{id}', () => {
  const scope = mintWorkspaceScope('00000000-0000-7000-8000-000000000001');
  let program: TestApp;
  let jobs: JobsService;

  const submit = (input: object) =>
    program.app.get(DataSource).transaction((manager) => jobs.submit(manager, scope, { kind: 'echo', input }));

  beforeAll(async () => {
    program = await testApp();
    jobs = program.app.get(JobsService, { strict: false });
    jobs.define('echo', 'research', async (input: { text?: string; hold?: boolean }, job) => {
      while (input.hold) {
        await job.progress(10);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (input.text === undefined) throw new AppError('invalid', 'text_missing', 'Give a text.');
      return { result: { text: input.text }, resultUrl: '/v1/echoes/1' };
    });
  });
  afterAll(() => program?.close());

  it('shows status, progress and where the result is', async () => {
    const id = await submit({ text: 'hello' });
    await jobs.waitFor(scope, id, 8000);
    const answer = await program.get(`/v1/jobs/${id}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      id,
      kind: 'echo',
      status: 'done',
      progress: 100,
      result: { text: 'hello' },
      resultUrl: '/v1/echoes/1',
    });
  });

  it('shows the problem of one that failed', async () => {
    const id = await submit({});
    await jobs.waitFor(scope, id, 8000);
    expect((await program.get(`/v1/jobs/${id}`)).json()).toMatchObject({
      status: 'failed',
      problem: { status: 422, code: 'text_missing', detail: 'Give a text.' },
    });
  });

  it('cancels one that runs, and says 409 for one that is over', async () => {
    const id = await submit({ hold: true });
    const answer = await program.call('DELETE', `/v1/jobs/${id}`);
    expect([answer.statusCode, answer.json<{ status: string }>().status]).toEqual([200, 'cancelled']);
    const done = await submit({ text: 'x' });
    await jobs.waitFor(scope, done, 8000);
    const late = await program.call('DELETE', `/v1/jobs/${done}`);
    expect([late.statusCode, late.json<{ code: string }>().code]).toEqual([409, 'job_over']);
  });

  it('knows neither a job that never was nor an id that is none', async () => {
    const unknown = await program.get('/v1/jobs/0190a0de-0000-7000-8000-000000000000');
    expect([unknown.statusCode, unknown.json<{ code: string }>().code]).toEqual([404, 'job_not_found']);
    expect((await program.get('/v1/jobs/nonsense')).statusCode).toBe(422);
  });
});
