import { Logger } from '@nestjs/common';
import { Clock } from '../clock/clock.js';
import { WarmUp } from './warm-up.js';

const logged: string[] = [];
let warmUp: WarmUp;
beforeEach(() => {
  logged.length = 0;
  warmUp = new WarmUp(new Clock());
  jest.spyOn(Logger.prototype, 'log').mockImplementation((line: string) => logged.push(`info ${line}`));
  jest
    .spyOn(Logger.prototype, 'warn')
    .mockImplementation((_error: unknown, line: string) => logged.push(`warn ${line}`));
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('the warm-up', () => {
  it('runs every loader once, two at a time, and says so in one line', async () => {
    let [active, most] = [0, 0];
    const load = jest.fn(async () => {
      most = Math.max(most, (active += 1));
      await new Promise((resolve) => setImmediate(resolve));
      active -= 1;
    });
    for (const name of ['a', 'b', 'c', 'd', 'e']) warmUp.add(name, load);
    const [reports] = await Promise.all([warmUp.run(), warmUp.run()]);
    expect(reports.map(({ name }) => name).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([load.mock.calls.length, most]).toEqual([5, 2]);
    expect(logged).toEqual([expect.stringMatching(/^info cache warmed up: a \(\d+ ms\), b .* e \(\d+ ms\)$/)]);
  });

  it('goes on when loaders fail, also before their first await, and tells each failure once', async () => {
    warmUp.add('broken', () => {
      throw new Error('at once');
    });
    warmUp.add('down', async () => Promise.reject(new Error('away')));
    warmUp.add('fine', async () => 1);
    const reports = await warmUp.run();
    expect(reports.map(({ name, failure }) => [name, failure]).sort()).toEqual([
      ['broken', 'at once'],
      ['down', 'away'],
      ['fine', undefined],
    ]);
    expect(logged).toEqual([
      "warn warming up 'broken' failed; its first caller loads it",
      "warn warming up 'down' failed; its first caller loads it",
      expect.stringMatching(/^info cache warmed up: fine \(\d+ ms\); not: broken, down$/),
    ]);
  });

  it('does not wait longer than 10 s for a loader that hangs', async () => {
    jest.useFakeTimers();
    warmUp.add('hangs', () => new Promise(() => undefined));
    const running = warmUp.run();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(await running).toEqual([expect.objectContaining({ failure: 'not done within 10 s' })]);
  });

  it('begins nothing more once the service stops, and tells nothing about what that broke', async () => {
    const never = jest.fn(async () => undefined);
    const stop = async () => {
      warmUp.onModuleDestroy();
      throw new Error('pool closed');
    };
    warmUp.add('first', stop);
    warmUp.add('second', stop);
    warmUp.add('third', never);
    await warmUp.run();
    expect(never).not.toHaveBeenCalled();
    expect(logged).toEqual([]);
  });

  it('refuses a name that is taken, and a loader that comes too late', async () => {
    warmUp.add('a', async () => undefined);
    expect(() => warmUp.add('a', async () => undefined)).toThrow("Two loaders warm up 'a': give one another name.");
    await warmUp.run();
    expect(() => warmUp.add('b', async () => undefined)).toThrow("The loader 'b' came after the warm-up");
  });

  it('says nothing when there is nothing to do', async () => {
    expect(await warmUp.run()).toEqual([]);
    expect(logged).toEqual([]);
  });
});
