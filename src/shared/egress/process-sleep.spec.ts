import { ScriptedRegistry } from '../../../test/support/registry.js';
import { Clock } from '../clock/clock.js';
import { readJson } from './body.js';
import { ConfiguredOrigin } from './configured-origin.js';
import type { EgressError } from './egress-error.js';
import type { EgressResult, OriginOptions } from './egress.types.js';
import { Stopwatch } from './stopwatch.js';

/** Both clocks, moved by the test on top of the time that really passes. */
class SleepyClock extends Clock {
  wallMs = 0;
  stoppedMs = 0;

  override now(): Date {
    return new Date(super.now().getTime() + this.wallMs + this.stoppedMs);
  }

  override monotonicMs(): number {
    return super.monotonicMs() + this.stoppedMs;
  }
}

describe('a stopwatch', () => {
  it.each([
    ['in time', { stoppedMs: 4_000 }, false],
    ['late because the process is busy', { stoppedMs: 4_900 }, false],
    ['hours late because the process was stopped', { stoppedMs: 7_200_000 }, true],
    ['hours late because the machine was suspended', { stoppedMs: 4_000, wallMs: 7_200_000 }, true],
    ['in time although the clock was put back', { stoppedMs: 4_000, wallMs: -7_200_000 }, false],
  ])('knows a wait that ended %s', (_case, passed, overslept) => {
    const clock = new SleepyClock();
    const watch = new Stopwatch(clock, 4_000);
    Object.assign(clock, passed);
    expect(watch.overslept).toBe(overslept);
  });
});

describe('a process that stood still during its calls', () => {
  let registry: ScriptedRegistry;
  let results: EgressResult[];
  let open: ConfiguredOrigin | undefined;

  const origin = (clock: Clock, options: Partial<OriginOptions> = {}) => {
    const recorder = {
      request: (_: string, result: EgressResult) => void results.push(result),
      breaker: () => undefined,
    };
    open = new ConfiguredOrigin(
      {
        upstream: 'test',
        origin: new URL(registry.url),
        deadlineMs: 5_000,
        attemptMs: 200,
        maxBytes: 100_000,
        breaker: { failures: 3, halfOpenAfterMs: 60_000 },
        ...options,
      },
      { clock, recorder, random: () => 0 },
    );
    return open;
  };
  const result = (call: Promise<unknown>) =>
    call.then(
      () => 'ok',
      (error: EgressError) => error.result,
    );

  beforeEach(async () => {
    results = [];
    registry = await ScriptedRegistry.start();
    registry.publish('a', { version: '1.0.0' });
  });
  afterEach(async () => {
    await open?.close();
    await registry.close();
  });

  it('blames no upstream for what ran out of time meanwhile', async () => {
    registry.misbehave('*', { kind: 'hang' });
    const clock = new SleepyClock();
    const strict = origin(clock, { retries: 0 });
    const naps = setInterval(() => (clock.stoppedMs += 60_000), 50);
    const calls = Array.from({ length: 8 }, () => result(strict.get({ path: '/a' }, readJson)));
    const ends = await Promise.all(calls);
    clearInterval(naps);
    expect(ends).toEqual(Array.from({ length: 8 }, () => 'timeout'));
    // Each was made once more, and slept through again.
    expect(results).toHaveLength(16);
    expect(strict.breakerState).toBe('closed');
  });

  it('calls again when it is awake, and the answer counts', async () => {
    registry.misbehave('*', { kind: 'hang' });
    const clock = new SleepyClock();
    const strict = origin(clock, { retries: 0, attemptMs: 1_000 });
    const calls = Array.from({ length: 8 }, () => result(strict.get({ path: '/a/latest' }, readJson)));
    setTimeout(() => {
      clock.stoppedMs = 60_000;
      registry.behave();
    }, 100);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 8 }, () => 'ok'));
    expect(strict.breakerState).toBe('closed');
  });

  it('still blames an upstream that answers with an error, and one that is slow while it is awake', async () => {
    registry.misbehave('/hang', { kind: 'hang' }).misbehave('/a', { kind: 'status', status: 500 });
    const strict = origin(new SleepyClock(), { retries: 0 });
    expect(await result(strict.get({ path: '/a' }, readJson))).toBe('server_error');
    expect(await result(strict.get({ path: '/hang' }, readJson))).toBe('timeout');
    expect(await result(strict.get({ path: '/hang' }, readJson))).toBe('timeout');
    expect(strict.breakerState).toBe('open');
  });

  it('goes on when it really stood still for longer than its deadline', async () => {
    registry.misbehave('*', { kind: 'hang' });
    const strict = origin(new Clock(), { retries: 0, attemptMs: 500 });
    const calls = Array.from({ length: 8 }, () => result(strict.get({ path: '/a/latest' }, readJson)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    registry.behave();
    // Nothing of this process moves, as when it is stopped; the scripted registry lives in it and sleeps too.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_000);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 8 }, () => 'ok'));
    expect(strict.breakerState).toBe('closed');
  });
});
