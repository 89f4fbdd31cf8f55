import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { engineFor, type EngineSettings } from './engine.js';

/**
 * A worker process of the tests: one engine, workflows that leave a mark for each step they really ran.
 * `argv[2]` holds EngineSettings as JSON; messages of the parent: `stop`.
 */
const settings = JSON.parse(process.argv[2] ?? '{}') as EngineSettings;
Logger.overrideLogger(settings.verbose ? ['error', 'warn', 'log', 'debug'] : false);
const marks = new Pool({ connectionString: settings.url, max: 4, application_name: 'techspec-marks' });
marks.on('error', () => undefined);
const engine = engineFor(settings);

const mark = async (workflow: string, step: string) => {
  await marks.query('INSERT INTO marks (workflow, step, pid, version) VALUES ($1, $2, $3, $4)', [
    workflow,
    step,
    process.pid,
    settings.version ?? '1',
  ]);
};
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

engine.queue({ name: 'main', perProcess: settings.perProcess ?? 8, fleet: settings.fleet });
engine.queue({ name: 'children', perProcess: 8 });
engine.limit({ name: 'gaps', perProcess: settings.perProcess ?? 8, fleet: settings.fleetSteps });

/** `steps` steps of `ms` each, one after the other. */
engine.define<{ steps: number; ms: number }>('chain', async ({ steps, ms }, run) => {
  for (let index = 0; index < steps; index++) {
    await run.step(`s${index}`, async () => {
      await wait(ms);
      await mark(run.workflowId, `s${index}`);
    });
  }
});

/** Parallel steps; marks when each begins (+) and ends (-). */
engine.define<{ steps: number; ms: number; fail?: number }>('fan', async ({ steps, ms, fail }, run) => {
  const outcomes = await run.parallel(
    'gaps',
    Array.from({ length: steps }, (_, index) => ({
      name: `gap${index}`,
      work: async () => {
        await mark(run.workflowId, `+gap${index}`);
        await wait(ms);
        if (index === fail) throw new Error('this gap fails');
        await mark(run.workflowId, `-gap${index}`);
        return index;
      },
    })),
  );
  await run.step('sum', () =>
    mark(run.workflowId, `sum:${outcomes.map((one) => one.value ?? one.error?.code).join(',')}`),
  );
});

engine.define<{ fail?: number; count: number }>('parent', async ({ fail, count }, run) => {
  const children = Array.from({ length: count }, (_, index) => ({
    id: `${run.workflowId}/${index}`,
    input: { fails: index === fail },
  }));
  const outcomes = await run.fanOut('child', 'children', children);
  await run.step('sum', () => mark(run.workflowId, `sum:${outcomes.map((one) => one.error ?? 'ok').join(',')}`));
});
engine.define<{ fails: boolean }>('child', async ({ fails }, run) => {
  await run.step('work', async () => {
    await mark(run.workflowId, 'work');
    if (fails) throw new Error('secret detail of a failure');
  });
});

/** Fails twice, then succeeds. */
engine.define('flaky', async (_, run) => {
  await run.step(
    'try',
    async ({ attempt }) => {
      await mark(run.workflowId, `try${attempt}`);
      if (attempt < 3) throw new Error('not yet');
    },
    { retries: 3 },
  );
});
engine.onReconcile(() => mark('fleet', 'reconcile'));

engine.launch();
void engine.ready().then(() => process.send?.('ready'));
process.on('message', (message) => {
  if (message === 'stop')
    void engine.stop(settings.graceMs).then(async () => {
      await marks.end();
      process.send?.('stopped');
      process.exit(0);
    });
});
