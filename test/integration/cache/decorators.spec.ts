import { Prices, startWith } from '../../../src/shared/cache/decorated-app.fixture.js';
import { InvalidationBus } from '../../../src/shared/cache/invalidation-bus.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { suiteIf } from '../../support/optional-suite.js';
import { eventually, redisMissing, type RedisServer, startRedis } from '../../support/redis.js';

const one = mintWorkspaceScope('workspace-1');

suiteIf(redisMissing, 'decorated methods of two applications on one Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  const startPrices = async () => {
    const app = await startWith({ REDIS_URL: server.url }, Prices);
    // What is loaded before is stored by nobody, since an invalidation might not have been heard.
    await eventually(() => app.get(InvalidationBus, { strict: false }).hears, 'messages are heard');
    return app.get(Prices);
  };

  it('run once for both, by arguments alone, and again after one of them has invalidated', async () => {
    const [here, there] = [await startPrices(), await startPrices()];
    const runs = () => here.calls.length + there.calls.length;
    await Promise.all([here, there, here, there].map((prices) => prices.of(one, 'a')));
    expect(runs()).toBe(1);

    await Promise.all([here, there].map((prices) => prices.list(one, 'a')));
    expect(runs()).toBe(2);
    await here.importAll();
    await here.list(one, 'a');
    expect(runs()).toBe(3);
    // The message may still be under way; then the other application must not serve the old value for ever.
    await eventually(async () => {
      await there.clear(one);
      const before = runs();
      await here.list(one, 'a');
      return runs() > before;
    }, 'an invalidation by the other application is heard');
  });
});
