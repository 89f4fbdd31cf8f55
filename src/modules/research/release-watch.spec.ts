import { Logger } from '@nestjs/common';
import { loadConfig } from '../../config/load-config.js';
import { Clock, Randomness } from '../../shared/clock/clock.js';
import type { WorkflowEngine } from '../../shared/workflow/workflow-engine.js';
import type { ReleaseCheck } from './release-check.js';
import { ReleaseWatch } from './release-watch.js';

class HeldClock extends Clock {
  ms = 0;
  override monotonicMs() {
    return this.ms;
  }
}
class HeldRandomness extends Randomness {
  override next() {
    return 0.5;
  }
}

/** The watch as the engine calls it every ten seconds. */
function watched(next: () => Promise<boolean>, hours = '24') {
  const hooks: (() => Promise<void>)[] = [];
  const engine = { onReconcile: (hook: () => Promise<void>) => void hooks.push(hook) } as unknown as WorkflowEngine;
  const clock = new HeldClock();
  const check = jest.fn(next);
  const config = loadConfig({ RELEASE_CHECK_HOURS: hours }, process.cwd());
  const releases = { next: check } as unknown as ReleaseCheck;
  const watch = new ReleaseWatch(engine, releases, config, clock, new HeldRandomness());
  watch.onModuleInit();
  const reconcile = async (afterMs: number) => {
    clock.ms += afterMs;
    for (const hook of hooks) await hook();
    await new Promise(setImmediate);
  };
  return { watch, hooks, check, reconcile };
}

describe('the watch of releases', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('pauses after each package, and longer when nothing is due', async () => {
    const answers = [true, false, true];
    const { check, reconcile } = watched(() => Promise.resolve(answers.shift() ?? false));
    await reconcile(0);
    await reconcile(10_000);
    expect(check).toHaveBeenCalledTimes(1);
    await reconcile(10_000);
    expect(check).toHaveBeenCalledTimes(2);
    await reconcile(60_000);
    expect(check).toHaveBeenCalledTimes(2);
    await reconcile(300_000);
    expect(check).toHaveBeenCalledTimes(3);
    expect(check).toHaveBeenLastCalledWith(24 * 3_600_000);
  });

  it('holds up nobody, has one check under way, and is waited for at the end', async () => {
    let end: (asked: boolean) => void = () => undefined;
    const { watch, check, reconcile } = watched(() => new Promise((resolve) => (end = resolve)));
    await reconcile(0);
    await reconcile(3_600_000);
    expect(check).toHaveBeenCalledTimes(1);
    const closed = watch.onModuleDestroy();
    end(true);
    await closed;
    await reconcile(3_600_000);
    expect(check).toHaveBeenCalledTimes(1);
  });

  it('survives a check that fails', async () => {
    const { check, reconcile } = watched(() => Promise.reject(new Error('away')));
    await reconcile(0);
    await reconcile(3_600_000);
    expect(check).toHaveBeenCalledTimes(2);
  });

  it('is off with 0 hours', () => {
    expect(watched(() => Promise.resolve(true), '0').hooks).toEqual([]);
  });
});
