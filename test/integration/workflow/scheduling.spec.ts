import { Fleet } from './support/fleet.js';

jest.setTimeout(90_000);

describe('queues', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await Fleet.open();
  });
  afterEach(() => fleet.close());

  const real = async () => (await fleet.marks()).filter((mark) => mark.workflow !== 'fleet');
  const brief = { steps: 1, ms: 0 };

  /** Most that ran at once, from the marks `+x` and `-x`. */
  const mostAtOnce = (steps: readonly string[]) => {
    let now = 0;
    return Math.max(...steps.map((step) => (now += step.startsWith('+') ? 1 : step.startsWith('-') ? -1 : 0)));
  };

  it('run each of 200 starts once, with two workers at it', async () => {
    await fleet.source.transaction(async (manager) => {
      for (let index = 0; index < 200; index++)
        await fleet.engine.start(manager, {
          id: `w${index}`,
          workflow: 'chain',
          queue: 'main',
          priority: 5,
          input: brief,
        });
    });
    await Promise.all([fleet.worker(), fleet.worker()]);
    await fleet.until('all are done', async () => (await real()).length >= 200, 60_000);
    const names = (await real()).map((mark) => mark.workflow);
    expect(names).toHaveLength(200);
    expect(new Set(names).size).toBe(200);
  });

  it('serve the most urgent first, and within one priority the oldest', async () => {
    for (const [id, priority] of [
      ['a1', 1],
      ['b5', 5],
      ['c10', 10],
      ['d5', 5],
    ] as const)
      await fleet.start({ id, workflow: 'chain', input: brief, priority });
    await fleet.worker({ perProcess: 1 });
    await fleet.until('all are done', async () => (await real()).length === 4);
    expect((await real()).map((mark) => mark.workflow)).toEqual(['c10', 'b5', 'd5', 'a1']);
  });

  it('let a workspace with 200 queued sessions starve no other, not even with the highest priority', async () => {
    const input = { steps: 1, ms: 20 };
    await fleet.source.transaction(async (manager) => {
      for (let index = 0; index < 200; index++)
        await fleet.engine.start(manager, {
          id: `big${index}`,
          workflow: 'chain',
          queue: 'main',
          priority: 10,
          input,
          lane: 'big',
        });
      for (let index = 0; index < 3; index++)
        await fleet.engine.start(manager, {
          id: `small${index}`,
          workflow: 'chain',
          queue: 'main',
          priority: 1,
          input,
          lane: 'small',
        });
    });
    await fleet.worker({ perProcess: 2 });
    await fleet.until(
      'the small one is through',
      async () => (await real()).filter((mark) => mark.workflow.startsWith('small')).length === 3,
    );
    // By turns of equal chance three starts wait for about six; 60 of 200 has a chance below one in a million.
    expect((await real()).filter((mark) => mark.workflow.startsWith('big')).length).toBeLessThan(60);
  });

  it('hold the limit of one process over all its workflows', async () => {
    for (let index = 0; index < 3; index++)
      await fleet.start({ id: `f${index}`, workflow: 'fan', input: { steps: 6, ms: 40 } });
    await fleet.worker({ perProcess: 4 });
    await fleet.until(
      'all are done',
      async () => (await real()).filter((mark) => mark.step.startsWith('sum')).length === 3,
    );
    expect(mostAtOnce((await real()).map((mark) => mark.step))).toBe(4);
  });

  it('hold the limit of the fleet for steps, and give the slots of a killed process back', async () => {
    const limits = { fleetSteps: 3, heartbeatMs: 300, deadAfterMs: 1500 };
    const workers = [await fleet.worker(limits), await fleet.worker(limits)];
    for (let index = 0; index < 16; index++)
      await fleet.start({ id: `f${index}`, workflow: 'fan', input: { steps: 4, ms: 60 } });
    await fleet.until(
      'some are done',
      async () => (await real()).filter((mark) => mark.step.startsWith('-')).length >= 15,
    );
    // On a busy machine one of them may hold every slot for a while: that is the one to kill.
    const holder = (await real()).at(-1)?.pid;
    const first = workers.find((worker) => worker.pid === holder) ?? workers[0]!;
    const before = (await real()).map((mark) => mark.step);
    expect(mostAtOnce(before)).toBe(3);
    await fleet.kill(first);
    await fleet.until(
      'all are done',
      async () => (await real()).filter((mark) => mark.step.startsWith('sum')).length === 16,
      60_000,
    );
  });

  it('hold the limit of the fleet for workflows', async () => {
    await Promise.all([fleet.worker({ perProcess: 2, fleet: 2 }), fleet.worker({ perProcess: 2, fleet: 2 })]);
    for (let index = 0; index < 8; index++)
      await fleet.start({ id: `f${index}`, workflow: 'fan', input: { steps: 1, ms: 100 } });
    await fleet.until(
      'all are done',
      async () => (await real()).filter((mark) => mark.step.startsWith('sum')).length === 8,
      60_000,
    );
    expect(mostAtOnce((await real()).map((mark) => mark.step))).toBeLessThanOrEqual(2);
  });

  it('give the parent the error of a failing child, without a detail that does not belong to callers', async () => {
    await fleet.worker();
    await fleet.start({ id: 'p', workflow: 'parent', input: { count: 3, fail: 1 } });
    await fleet.done('p');
    const sum = (await fleet.marks('p')).map((mark) => mark.step).join();
    expect(sum).toMatch(/^sum:ok,The step "work" failed unexpectedly\. .+ under p\/1\.,ok$/);
    expect(sum).not.toContain('secret');
    expect(await fleet.engine.state('p/1')).toBe('failed');
  });

  it('try a failing step again as often as it may, and no more', async () => {
    await fleet.worker();
    await fleet.start({ id: 'flaky', workflow: 'flaky', input: {} });
    await fleet.done('flaky');
    expect((await fleet.marks('flaky')).map((mark) => mark.step)).toEqual(['try1', 'try2', 'try3']);
    expect(await fleet.engine.state('flaky')).toBe('done');
  });

  it('stop a cancelled workflow before its next step, and never begin a cancelled one that waits', async () => {
    await fleet.worker({ perProcess: 1 });
    await fleet.start({ id: 'running', workflow: 'chain', input: { steps: 20, ms: 200 } });
    await fleet.start({ id: 'waiting', workflow: 'chain', input: brief, priority: 1 });
    await fleet.start({ id: 'next', workflow: 'chain', input: brief, priority: 1 });
    await fleet.until('it runs', async () => (await fleet.marks('running')).length >= 1);
    await fleet.engine.cancel('waiting');
    await fleet.engine.cancel('running');
    const done = (await fleet.marks('running')).length;
    await fleet.done('next');
    expect((await fleet.marks('running')).length).toBeLessThanOrEqual(done + 1);
    expect(await fleet.marks('waiting')).toEqual([]);
    expect(await fleet.engine.state('running')).toBe('cancelled');
    await fleet.engine.cancel('next');
    expect(await fleet.engine.state('next')).toBe('done');
  });
});
