import { type INestApplicationContext, Injectable, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import type { Config, Role } from '../../../src/config/config.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { JobsModule } from '../../../src/shared/jobs/jobs.module.js';
import { JobsService } from '../../../src/shared/jobs/jobs.service.js';
import { WorkflowEngine } from '../../../src/shared/workflow/workflow-engine.js';
import { WorkflowModule } from '../../../src/shared/workflow/workflow.module.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';

jest.setTimeout(60_000);

@Injectable()
class Feature implements OnModuleInit {
  constructor(
    private readonly engine: WorkflowEngine,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.engine.queue({ name: 'greetings', perProcess: 2 });
    this.engine.define('greet', async (_, run) => {
      await run.step('say', () => Promise.resolve('hello'));
    });
    this.jobs.define('sum', 'pages', async ({ a, b }: { a: number; b: number }) => ({ result: { sum: a + b } }));
  }
}

@Module({ imports: [WorkflowModule, JobsModule], providers: [Feature] })
class FeatureModule {}

describe('the workflow module', () => {
  const scope = mintWorkspaceScope('00000000-0000-7000-8000-000000000001');
  let database: TestDatabase;
  const open: INestApplicationContext[] = [];

  const start = async (role: Role) => {
    const base = loadConfig({}, PROJECT_ROOT);
    const config: Config = { ...base, role, database: { ...base.database, url: database.url, poolSize: 3 } };
    const testing = await Test.createTestingModule({
      imports: [ConfigModule.register(config), FeatureModule],
    }).compile();
    const app = await testing.init();
    open.push(app);
    return { engine: app.get(WorkflowEngine), jobs: app.get(JobsService), source: app.get(DataSource), app };
  };
  const close = async () => {
    for (const app of open.splice(0)) await app.close();
  };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await testDatabase();
  });
  afterEach(close);
  afterAll(() => database.close());

  const greet = (id: string, { engine, source }: { engine: WorkflowEngine; source: DataSource }) =>
    source.transaction((manager) =>
      engine.start(manager, { id, workflow: 'greet', queue: 'greetings', priority: 5, input: {} }),
    );
  const over = async (id: string, engine: WorkflowEngine) => {
    while (['queued', 'running'].includes(await engine.state(id)))
      await new Promise((resolve) => setTimeout(resolve, 20));
    return engine.state(id);
  };

  it('runs what features define while they are initialised, and can be started again in the same process', async () => {
    for (const id of ['first', 'second']) {
      const program = await start('all');
      await greet(id, program);
      expect(await over(id, program.engine)).toBe('done');
      await close();
    }
  });

  it('only takes work on in the role api; a worker does it later', async () => {
    const api = await start('api');
    await greet('later', api);
    const id = await api.source.transaction((manager) =>
      api.jobs.submit(manager, scope, { kind: 'sum', input: { a: 1, b: 2 } }),
    );
    expect((await api.jobs.waitFor(scope, id, 400)).status).toBe('queued');
    expect(await api.engine.state('later')).toBe('queued');
    expect((await api.engine.load()).find((one) => one.queue === 'greetings')).toMatchObject({ queued: 1, running: 0 });
    const worker = await start('worker');
    expect(await over('later', worker.engine)).toBe('done');
    expect(await api.jobs.waitFor(scope, id, 8000)).toMatchObject({ status: 'done', result: { sum: 3 } });
  });

  it('refuses a definition that comes too late to be executed', async () => {
    const { engine } = await start('all');
    expect(() => engine.queue({ name: 'late', perProcess: 1 })).toThrow('before the application starts');
    expect(() => engine.define('late', () => Promise.resolve())).toThrow('before the application starts');
  });
});
