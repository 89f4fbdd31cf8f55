import { performanceReportSchema } from '../../../src/http/performance-report.schema.js';
import { cacheOutput, type CacheOutput } from '../../../src/modules/dashboard/cache.schemas.js';
import { CacheService } from '../../../src/shared/cache/cache.service.js';
import { testApp, type TestApp } from '../../support/app.js';
import { HOME, keyOf, rowsOf } from './dashboard-kit.js';

describe('the dashboard', () => {
  let web: TestApp;
  let operator: { authorization: string };
  const key = { region: 'research', owner: HOME, name: 'counted' } as const;
  const ask = () =>
    web.app
      .get(CacheService, { strict: false })
      .getOrSet(key, () => Promise.resolve({ options: 3 }), { costUsd: 0.01, endpoint: '/v1/counted' });
  const seen = async () => (await web.get('/v1/dashboard/cache', operator)).json<CacheOutput>();
  const research = ({ regions }: CacheOutput) => regions.find(({ region }) => region === 'research');
  const scraped = async () =>
    Number(
      (await web.get('/metrics')).body
        .split('\n')
        .find((line) => /cache_operations_total\{.*result="hit".*region="research".*tier="l1"/.test(line))
        ?.split(' ')[1],
    );

  beforeAll(async () => {
    web = await testApp();
    operator = await keyOf(web, 'operator');
  }, 60_000);
  afterAll(() => web.close());

  it('shows what the cache did by region and by endpoint, as its schema says', async () => {
    for (let times = 0; times < 4; times++) await ask();
    const view = await seen();
    expect(cacheOutput.strict().parse(view)).toEqual(view);
    const counts = { hits: { l1: 3, l2: 0 }, misses: 1, errors: 0, loads: 1, hitRatePercent: 75 };
    expect(research(view)).toMatchObject({
      ...counts,
      scope: 'workspace',
      entries: 1,
      ttlSeconds: 86_400,
      costSaved: { amount: '0.030000', currency: 'USD' },
    });
    expect(view.endpoints).toContainEqual(expect.objectContaining({ endpoint: '/v1/counted', ...counts }));
    expect(view.secondTier).toEqual({ state: 'off' });
    expect(view.firstTier.bytes).toBeGreaterThan(0);
  });

  it('a reset lets people count anew while what Prometheus reads goes on rising, and is audited', async () => {
    await ask();
    const before = await scraped();
    const since = (await seen()).since;
    const forbidden = await web.post('/v1/dashboard/cache/reset', undefined, operator);
    expect(forbidden.statusCode).toBe(403);
    const reset = await web.post('/v1/dashboard/cache/reset');
    expect(reset.statusCode).toBe(200);
    expect(new Date(reset.json<{ since: string }>().since).getTime()).toBeGreaterThan(new Date(since).getTime());
    expect(research(await seen())).toMatchObject({ hits: { l1: 0, l2: 0 }, misses: 0, loads: 0, entries: 1 });
    await ask();
    expect(research(await seen())).toMatchObject({ hits: { l1: 1, l2: 0 } });
    expect(await scraped()).toBe(before + 1);
    const audit = await rowsOf(web, `SELECT actor, subject FROM audit_log WHERE action = 'cache.statistics-reset'`);
    expect(audit).toEqual([{ actor: 'testadmin', subject: 'cache/statistics' }]);
  });

  it('gives the same report as GET /metrics, whole and as its schema says', async () => {
    const one = await web.get('/v1/dashboard/performance', operator);
    const other = await web.get('/metrics', { accept: 'application/json' });
    for (const answer of [one, other]) {
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(performanceReportSchema.strict().parse(answer.json())).toEqual(answer.json());
    }
    expect(Object.keys(one.json<object>())).toEqual(Object.keys(other.json<object>()));
    expect(one.json()).toMatchObject({
      service: 'techspec',
      status: 'ok',
      redis_pool: { state: 'off', pool_initialized_at: null, pool_info: { in_use_connections: 0 } },
      websocket: { connections: 0 },
      database: { connections_max: web.config.database.poolSize + web.config.database.maxOverflow },
    });
  });

  it('is for operators', async () => {
    const viewer = await keyOf(web, 'viewer');
    for (const path of ['/v1/dashboard/performance', '/v1/dashboard/cache'])
      expect((await web.get(path, viewer)).statusCode).toBe(403);
  });
});
