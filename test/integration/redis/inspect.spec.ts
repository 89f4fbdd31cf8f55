import { Clock } from '../../../src/shared/clock/clock.js';
import { inspectRedis } from '../../../src/shared/redis/inspect-redis.js';
import { testConfig } from '../../support/config.js';
import { suiteIf } from '../../support/optional-suite.js';
import { redisMissing, startRedis } from '../../support/redis.js';

suiteIf(redisMissing, 'what the doctor says about Redis', () => {
  const report = (url: string | undefined) => inspectRedis({ ...testConfig().redis, url }, new Clock());

  it('tells one that answers from one that does not, and from none', async () => {
    const redis = await startRedis();
    expect(await report(redis.url)).toEqual({ kind: 'up', topology: 'single' });
    await redis.stop();
    expect(await report(redis.url)).toEqual({ kind: 'away', topology: 'single' });
    expect(await report(undefined)).toEqual({ kind: 'off' });
  }, 20_000);
});
