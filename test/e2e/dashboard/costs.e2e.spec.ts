import pg from 'pg';
import type { CostsOutput } from '../../../src/modules/dashboard/costs.schemas.js';
import { costsOutput } from '../../../src/modules/dashboard/costs.schemas.js';
import type { StatisticsOutput } from '../../../src/modules/dashboard/statistics.schemas.js';
import { CostsService } from '../../../src/shared/costs/costs.service.js';
import type { Cost } from '../../../src/shared/costs/costs.types.js';
import { Transactions } from '../../../src/shared/database/transaction.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { testApp, type TestApp } from '../../support/app.js';
import { BRIEF, type SessionBody } from '../sessions/sessions-kit.js';
import { ELSEWHERE, HOME, keyOf } from './dashboard-kit.js';

const PATH = '/v1/dashboard/costs';
const DAY_MS = 24 * 3_600_000;
const scope = mintWorkspaceScope(HOME);
const usd = (amount: string) => ({ amount, currency: 'USD' });

describe('GET /v1/dashboard/costs', () => {
  let web: TestApp;
  let viewer: { authorization: string };
  const costs = async (query = '', headers = viewer) => (await web.get(`${PATH}${query}`, headers)).json<CostsOutput>();
  const service = () => web.app.get(CostsService, { strict: false });
  const record = async (...entries: Cost[]) => {
    await web.app.get(Transactions, { strict: false }).run((manager) => service().record(manager, scope, entries));
    await service().recorded(scope);
  };
  const today = () => new Date();
  const create = async () => (await web.post('/v1/sessions', BRIEF)).json<SessionBody>().id;

  beforeAll(async () => {
    web = await testApp({ role: 'api' });
    viewer = await keyOf(web, 'viewer');
  });
  afterAll(() => web?.close());

  it('is all zeros where nobody was paid, as its schema says', async () => {
    const none = await costs();
    expect(costsOutput.strict().parse(none)).toEqual(none);
    expect(none.total).toEqual({ calls: 0, cost: usd('0.000000'), saved: usd('0.000000') });
    expect([none.byDay, none.byModel, none.byCategory, none.bySession]).toEqual([[], [], [], []]);
    expect((Date.parse(none.to) - Date.parse(none.from)) / DAY_MS).toBe(29);
  });

  it('shows what was recorded in a transaction, by day, model, category and session, before and after it was folded', async () => {
    const [first, second] = [await create(), await create()];
    const yesterday = new Date(Date.now() - DAY_MS);
    const llm = { kind: 'llm', model: 'model-x' } as const;
    await record(
      { ...llm, category: 'cache', sessionId: first, costMicroUsd: 12_300, at: today() },
      { ...llm, sessionId: first, costMicroUsd: 1, at: yesterday },
      { kind: 'search', model: 'tavily', category: 'cache', sessionId: second, costMicroUsd: 8_000, at: today() },
    );
    await record({ ...llm, category: 'cache', calls: 0, costMicroUsd: 0, savedMicroUsd: 700, at: today() });
    const seen = await costs();
    expect(seen.total).toEqual({ calls: 3, cost: usd('0.020301'), saved: usd('0.000700') });
    expect(seen.byDay.map(({ day, cost }) => [day, cost.amount])).toEqual([
      [yesterday.toISOString().slice(0, 10), '0.000001'],
      [today().toISOString().slice(0, 10), '0.020300'],
    ]);
    expect(seen.byModel.map(({ kind, model, calls, cost }) => [kind, model, calls, cost.amount])).toEqual([
      ['llm', 'model-x', 2, '0.012301'],
      ['search', 'tavily', 1, '0.008000'],
    ]);
    expect(seen.byCategory.map(({ category, cost, saved }) => [category, cost.amount, saved.amount])).toEqual([
      ['cache', '0.020300', '0.000700'],
      [null, '0.000001', '0.000000'],
    ]);
    expect(seen.bySession.map(({ sessionId, cost }) => [sessionId, cost.amount])).toEqual([
      [first, '0.012301'],
      [second, '0.008000'],
    ]);
    expect(await service().compact(2)).toBe(2);
    expect(await costs()).toEqual(seen);
    expect(await service().compact(100)).toBe(2);
    expect(await costs()).toEqual(seen);
    expect((await costs(`?to=${yesterday.toISOString().slice(0, 10)}`)).total.cost).toEqual(usd('0.000001'));

    const statistics = async () => (await web.get('/v1/dashboard/stats', viewer)).json<StatisticsOutput>();
    expect((await statistics()).cost).toEqual(usd('0.020301'));
    await record({ ...llm, sessionId: second, costMicroUsd: 5, savedMicroUsd: 2, at: today() });
    expect([(await statistics()).cost, (await statistics()).cache.saved]).toEqual([usd('0.020306'), usd('0.000002')]);
    // Money that was spent stays spent; the sessions that are there cost less.
    await web.post(`/v1/sessions/${first}/cancel`);
    await web.call('DELETE', `/v1/sessions/${first}`);
    expect((await statistics()).cost).toEqual(usd('0.008005'));
    expect((await costs()).total.cost).toEqual(usd('0.020306'));
    expect((await costs()).bySession.map(({ sessionId }) => sessionId)).toContain(first);
  });

  it('has nothing of a transaction that was rolled back, nor of another workspace', async () => {
    const before = await costs();
    const entry: Cost = { kind: 'llm', model: 'lost', costMicroUsd: 9, at: today() };
    const lost = web.app.get(Transactions, { strict: false }).run(async (manager) => {
      await service().record(manager, scope, [entry]);
      throw new Error('rolled back');
    });
    await expect(lost).rejects.toThrow('rolled back');
    expect(await costs()).toEqual(before);
    const stranger = await keyOf(web, 'viewer', ELSEWHERE);
    expect((await costs('', stranger)).total.cost).toEqual(usd('0.000000'));
  });

  it.each([
    [{ costMicroUsd: 0.5 }],
    [{ costMicroUsd: -1 }],
    [{ costMicroUsd: Number.NaN }],
    [{ savedMicroUsd: -1 }],
    [{ calls: 1.5 }],
  ])('records no %j', async (wrong) => {
    const before = await costs();
    await expect(record({ kind: 'llm', model: 'x', costMicroUsd: 1, at: today(), ...wrong })).rejects.toThrow('whole');
    expect(await costs()).toEqual(before);
  });

  it('adds up what many record at once, while it is folded', async () => {
    const before = (await costs()).total.calls;
    const client = new pg.Client(web.database.ownerUrl);
    await client.connect();
    const entry: Cost = { kind: 'llm', model: 'busy', costMicroUsd: 1, at: today() };
    let recording = true;
    const all = Promise.all(Array.from({ length: 40 }, () => record(entry, entry))).finally(() => (recording = false));
    while (recording) await client.query('SELECT compact_cost_statistics(7)');
    await all;
    await client.end();
    const after = await costs();
    expect(after.total.calls - before).toBe(80);
    expect(after.byModel.find(({ model }) => model === 'busy')?.cost).toEqual(usd('0.000080'));
  });

  it.each([
    ['?from=2026-01-31T00:00:00Z', '?from'],
    ['?from=2026-02-30', '?from'],
    ['?from=1969-12-31', '?from'],
    ['?to=today', '?to'],
    ['?from=2026-01-02&to=2026-01-01', '?to'],
    ['?from=9999-12-31', '?to'],
    ['?from=2020-01-01', '?from'],
    ['?from=2025-01-01&to=2026-01-02', '?from'],
    ['?model=x', '?model'],
  ])('refuses %s and says where', async (query, pointer) => {
    const answer = await web.get(`${PATH}${query}`, viewer);
    const { errors } = answer.json<{ errors: { pointer: string }[] }>();
    expect([answer.statusCode, errors.map((one) => one.pointer)]).toEqual([422, [pointer]]);
  });
});
