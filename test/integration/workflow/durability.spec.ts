import { Fleet } from './support/fleet.js';

jest.setTimeout(90_000);

describe('durable work', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await Fleet.open();
  });
  afterEach(() => fleet.close());

  it('goes on in the other worker within 15 s of a kill -9, and no finished step runs again', async () => {
    const workers = [await fleet.worker(), await fleet.worker()];
    await fleet.start({ id: 'long', workflow: 'chain', input: { steps: 6, ms: 400 } });
    await fleet.until('two steps are done', async () => (await fleet.marks('long')).length >= 2);
    const victimPid = (await fleet.marks('long'))[0]?.pid;
    const victim = workers.find((worker) => worker.pid === victimPid);
    await fleet.kill(victim!);
    const before = await fleet.marks('long');
    await fleet.until(
      'the other worker went on',
      async () => (await fleet.marks('long')).length > before.length,
      15_000,
    );
    await fleet.done('long');
    expect(await fleet.engine.state('long')).toBe('done');
    const steps = (await fleet.marks('long')).map((mark) => mark.step);
    expect(new Set(steps)).toEqual(new Set(['s0', 's1', 's2', 's3', 's4', 's5']));
    // The step in flight may repeat, if the kill fell between its mark and its checkpoint; no other may.
    expect(steps.length).toBeLessThanOrEqual(7);
    expect(steps.slice(0, before.length - 1)).toEqual(before.slice(0, -1).map((mark) => mark.step));
    expect(steps.filter((step) => step === 's0')).toHaveLength(1);
  });

  it('repeats at most the parallel steps in flight, and keeps the outcomes of those that were done', async () => {
    const first = await fleet.worker({ perProcess: 2 });
    await fleet.start({ id: 'fan', workflow: 'fan', input: { steps: 8, ms: 300, fail: 1 } });
    await fleet.until(
      'four gaps began',
      async () => (await fleet.marks('fan')).filter((m) => m.step.startsWith('+')).length >= 6,
    );
    await fleet.kill(first);
    const ended = (await fleet.marks('fan')).filter((mark) => mark.step.startsWith('-')).map((mark) => mark.step);
    await fleet.worker({ perProcess: 2 });
    await fleet.done('fan');
    const steps = (await fleet.marks('fan')).map((mark) => mark.step);
    expect(steps.at(-1)).toBe('sum:0,internal,2,3,4,5,6,7');
    const twice = ended.filter((step) => steps.filter((other) => other === step).length > 1);
    expect(twice.length).toBeLessThanOrEqual(2);
    expect(steps.filter((step) => step === '+gap0')).toHaveLength(1);
    expect(steps.filter((step) => step === '+gap1')).toHaveLength(1);
  });

  it('hands work back when a process stops: the other goes on at once, without waiting for a missed heartbeat', async () => {
    const first = await fleet.worker();
    await fleet.start({ id: 'moved', workflow: 'chain', input: { steps: 8, ms: 300 } });
    await fleet.until('a step is done', async () => (await fleet.marks('moved')).length >= 1);
    const second = await fleet.worker({ deadAfterMs: 600_000 });
    await fleet.stop(first);
    await fleet.done('moved');
    const marks = await fleet.marks('moved');
    expect(marks.map((mark) => mark.step)).toEqual(['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7']);
    expect(new Set(marks.map((mark) => mark.pid))).toEqual(new Set([first.pid, second.pid]));
  });

  it('refuses the checkpoints of a worker that was frozen while its work was taken over', async () => {
    const frozen = await fleet.worker({ heartbeatMs: 300, deadAfterMs: 1200 });
    await fleet.start({ id: 'fenced', workflow: 'chain', input: { steps: 5, ms: 500 } });
    await fleet.until('a step is done', async () => (await fleet.marks('fenced')).length >= 1);
    frozen.kill('SIGSTOP');
    const other = await fleet.worker({ heartbeatMs: 300, deadAfterMs: 1200 });
    await fleet.until('the other took over', async () =>
      (await fleet.marks('fenced')).some((mark) => mark.pid === other.pid),
    );
    frozen.kill('SIGCONT');
    await fleet.done('fenced');
    expect(await fleet.engine.state('fenced')).toBe('done');
    const late = (await fleet.marks('fenced')).filter((mark) => mark.pid === frozen.pid);
    const taken = (await fleet.marks('fenced')).filter((mark) => mark.pid === other.pid);
    // It may end the step it was in; it never gets to another one.
    expect(taken.map((mark) => mark.step)).toEqual(['s0', 's1', 's2', 's3', 's4'].slice(5 - taken.length));
    expect(late.length).toBeLessThanOrEqual(5 - taken.length + 1);
  });

  it('starts nothing when the transaction is rolled back, and only one work for one id', async () => {
    await fleet.worker();
    const input = { steps: 1, ms: 0 };
    await expect(
      fleet.source.transaction(async (manager) => {
        await fleet.engine.start(manager, { id: 'ghost', workflow: 'chain', queue: 'main', priority: 5, input });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    await expect(
      fleet.engine.start(fleet.source.manager, { id: 'ghost', workflow: 'chain', queue: 'main', priority: 5, input }),
    ).rejects.toThrow('transaction');
    await Promise.all(Array.from({ length: 4 }, () => fleet.start({ id: 'once', workflow: 'chain', input })));
    await fleet.done('once');
    expect(await fleet.engine.state('ghost')).toBe('unknown');
    expect((await fleet.marks()).filter((mark) => mark.workflow !== 'fleet').map((mark) => mark.workflow)).toEqual([
      'once',
    ]);
  });

  it('survives that every connection to the database is cut, again and again, and ends its work', async () => {
    const worker = await fleet.worker();
    await fleet.start({ id: 'cut', workflow: 'fan', input: { steps: 24, ms: 120 } });
    for (let cut = 0; cut < 3; cut++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      await fleet.source.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name LIKE 'techspec-%'`,
      );
    }
    await fleet.done('cut', 30_000);
    expect(await fleet.end('cut')).toEqual({ state: 'done' });
    // What a step lost with its connection is done again, whatever its retries; no outage counts as its failure.
    const ended = (await fleet.marks('cut')).map((mark) => mark.step).filter((step) => step.startsWith('-'));
    expect(new Set(ended).size).toBe(24);
    expect((await fleet.marks('cut')).at(-1)?.step).toBe(`sum:${Array.from({ length: 24 }, (_, at) => at).join(',')}`);
    expect(worker.exitCode).toBeNull();
  });

  it('cancels work of a version that nobody runs any more and lets the features reconcile', async () => {
    const old = await fleet.worker({ version: 'old' });
    await fleet.start({ id: 'stranded', workflow: 'chain', input: { steps: 50, ms: 200 } });
    await fleet.until('it runs', async () => (await fleet.marks('stranded')).length >= 1);
    await fleet.kill(old);
    await fleet.worker({ version: 'new', heartbeatMs: 200, deadAfterMs: 1000 });
    await fleet.done('stranded');
    expect(await fleet.engine.state('stranded')).toBe('cancelled');
    await fleet.until('hooks ran in the new version', async () =>
      (await fleet.marks('fleet')).some((mark) => mark.version === 'new'),
    );
    await fleet.start({ id: 'anew', workflow: 'chain', input: { steps: 1, ms: 0 } });
    await fleet.done('anew');
    expect((await fleet.marks('anew'))[0]?.version).toBe('new');
  });

  it('serves new work again after a roll-back to an older version', async () => {
    const older = await fleet.worker({ version: 'n', heartbeatMs: 200, deadAfterMs: 1000 });
    await fleet.stop(older);
    await fleet.kill(await fleet.worker({ version: 'n+1' }));
    await fleet.worker({ version: 'n', heartbeatMs: 200, deadAfterMs: 1000 });
    await fleet.start({ id: 'back', workflow: 'chain', input: { steps: 1, ms: 0 } });
    await fleet.done('back');
    expect(await fleet.engine.state('back')).toBe('done');
  });
});
