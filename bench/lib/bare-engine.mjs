/**
 * The yardstick of A8: what the engine's library alone costs for a chain of the same shape. A process of its own that uses
 * @dbos-inc/dbos-sdk and pg, and nothing of the product.
 *
 * Started by engine-ratio.mjs with one JSON argument:
 *   url      an empty database on the same PostgreSQL server that the measured service uses
 *   queues   name, worker concurrency and polling interval of each queue, read from the service's own queue table
 *   shape    per phase the number of sequential steps and of parallel ones, read from the checkpoints that a session of
 *            the service just left; so the bare chain has the steps the session has, whatever they are
 *   bound    parallel steps at once (GAP_CONCURRENCY)
 *
 * It sets the library up as the product does: a pool of 12 connections, system tables by DBOS.migrate, no LISTEN/NOTIFY, queues
 * with priorities and one partition. On the message { run: id } it does what a session is to the engine:
 *
 *   enqueue phase 1 ─▶ polled from the queue ─▶ its steps, one after the other (parallel ones side by side)
 *                      its last step enqueues phase 2 ─▶ … ─▶ the last step of phase 3 answers { done: id }
 *
 * Each step is DBOS.runStep with a body that returns { value: 'done' } at once; the library writes its checkpoint as always.
 * Left out on purpose, and so to the disadvantage of the product: HTTP, session, node, event, audit and document rows,
 * row locks, the fence, and all computing.
 */
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import pg from 'pg';

const NO_ADDRESS = 'postgresql://pool@localhost/bare';
const PHASES = ['plan', 'research', 'document'];
const QUEUE = 'sessions';
const silent = { info() {}, debug() {}, warn() {}, error: (entry) => process.stderr.write(`${entry}\n`) };

const { url, queues, shape, bound } = JSON.parse(process.argv[2]);
const pool = new pg.Pool({ connectionString: url, max: 12 });
const client = await prepare();
const workflows = PHASES.map((phase, index) =>
  DBOS.registerWorkflow((id) => runPhase(id, index), { name: `session.${phase}` }),
);

async function prepare() {
  // The library's migration writes its statements to stdout, which nobody here reads.
  await DBOS.migrate(url, {});
  const made = await DBOSClient.create({
    systemDatabaseUrl: NO_ADDRESS,
    systemDatabasePool: pool,
    applicationName: 'bare',
    logger: silent,
  });
  for (const { name, concurrency, pollMs } of queues)
    await made.registerQueue(name, {
      workerConcurrency: concurrency,
      partitionWorkerConcurrency: concurrency,
      minPollingIntervalMs: pollMs,
      onConflict: 'always_update',
    });
  return made;
}

function enqueue(id, index) {
  return client.enqueue(
    {
      workflowName: `session.${PHASES[index]}`,
      queueName: QUEUE,
      workflowID: `${id}:${PHASES[index]}`,
      priority: 6,
      queuePartitionKey: 'common',
    },
    id,
  );
}

async function runPhase(id, index) {
  const { before, parallel, after } = shape[PHASES[index]];
  const last = before + after;
  for (let step = 1; step <= before; step++)
    await runStep(`step${step}`, step === last ? () => next(id, index) : nothing);
  await inParallel(parallel);
  for (let step = before + 1; step <= last; step++)
    await runStep(`step${step}`, step === last ? () => next(id, index) : nothing);
}

const nothing = () => Promise.resolve();

function runStep(name, body) {
  return DBOS.runStep(
    async () => {
      await body();
      return { value: 'done' };
    },
    { name },
  );
}

/** At most `bound` at once, started in order, as the product does. */
async function inParallel(count) {
  const running = new Set();
  const all = [];
  for (let step = 1; step <= count; step++) {
    if (running.size >= bound) await Promise.race(running);
    const one = runStep(`parallel${step}`, nothing).finally(() => running.delete(one));
    running.add(one);
    all.push(one);
  }
  await Promise.all(all);
}

async function next(id, index) {
  if (index + 1 < PHASES.length) await enqueue(id, index + 1);
  else process.send({ done: id });
}

async function launch() {
  DBOS.setConfig({
    name: 'bare',
    systemDatabaseUrl: NO_ADDRESS,
    systemDatabasePool: pool,
    executorID: 'bare',
    applicationVersion: 'bare',
    runMigrations: false,
    useListenNotify: false,
    logger: silent,
  });
  await DBOS.launch();
}

process.on('message', ({ run, stop }) => {
  if (stop) void DBOS.shutdown().finally(() => process.exit(0));
  else void enqueue(run, 0);
});
process.on('disconnect', () => process.exit(0));
await launch();
process.send({ ready: workflows.length });
