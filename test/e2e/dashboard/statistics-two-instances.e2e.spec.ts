import { setTimeout as sleep } from 'node:timers/promises';
import type { StatisticsOutput } from '../../../src/modules/dashboard/statistics.schemas.js';
import { testApp, type TestApp } from '../../support/app.js';
import { suiteIf } from '../../support/optional-suite.js';
import { redisMissing, type RedisServer, startRedis } from '../../support/redis.js';
import { statusOf } from '../platform/response-cache-kit.js';
import { BRIEF, type SessionBody } from '../sessions/sessions-kit.js';

const PATH = '/v1/dashboard/stats';

const totalAt = async (web: TestApp) => (await web.get(PATH)).json<StatisticsOutput>().sessions.total;
const create = async (web: TestApp) => (await web.post('/v1/sessions', BRIEF)).json<SessionBody>().id;

async function pairOn(overrides: Parameters<typeof testApp>[0] = {}): Promise<[TestApp, TestApp]> {
  const one = await testApp({ role: 'api', ...overrides });
  const { url, ownerUrl } = one.database;
  const other = await testApp({ role: 'api', ...overrides, database: { url, migrationUrl: ownerUrl, poolSize: 5 } });
  return [one, other];
}

describe('statistics of two instances without a Redis', () => {
  let one: TestApp;
  let other: TestApp;
  beforeAll(async () => {
    [one, other] = await pairOn();
  }, 60_000);
  afterAll(async () => {
    await other?.close();
    await one?.close();
  });

  it('a change at one is in the next answer of the other, since neither keeps any', async () => {
    for (let count = 1; count <= 5; count++) {
      const id = await create(count % 2 === 0 ? one : other);
      expect([await totalAt(one), await totalAt(other)]).toEqual([count, count]);
      if (count === 5) {
        await one.post(`/v1/sessions/${id}/cancel`);
        await one.call('DELETE', `/v1/sessions/${id}`);
        expect([await totalAt(one), await totalAt(other)]).toEqual([4, 4]);
      }
    }
  });
});

suiteIf(redisMissing, 'statistics of two instances that share a Redis', () => {
  let redis: RedisServer;
  let one: TestApp;
  let other: TestApp;
  const isUp = async (web: TestApp) => {
    for (let tries = 0; tries < 200; tries++) {
      if ((await web.get('/health')).json<{ checks: { redis: string } }>().checks.redis === 'up') return;
      await sleep(25);
    }
  };

  beforeAll(async () => {
    redis = await startRedis();
    [one, other] = await pairOn({ redis: { url: redis.url } });
    await Promise.all([isUp(one), isUp(other)]);
  }, 90_000);
  afterAll(async () => {
    await other?.close();
    await one?.close();
    await redis?.stop();
  });

  it('are kept until a session changes: the writer reads the new ones at once, the other as soon as it has heard', async () => {
    expect([await totalAt(one), await totalAt(other)]).toEqual([0, 0]);
    expect([statusOf(await one.get(PATH)), statusOf(await other.get(PATH))]).toEqual([
      expect.stringMatching(/^hit/),
      expect.stringMatching(/^hit/),
    ]);
    for (let count = 1; count <= 5; count++) {
      await create(one);
      expect(await totalAt(one)).toBe(count);
      for (let tries = 0; tries < 200 && (await totalAt(other)) !== count; tries++) await sleep(10);
      expect(await totalAt(other)).toBe(count);
    }
  });
});
