import pg from 'pg';
import { statisticsOutput, type StatisticsOutput } from '../../../src/modules/dashboard/statistics.schemas.js';
import { SessionStatisticsRepository } from '../../../src/modules/sessions/session-statistics.repository.js';
import { expectStatistics } from '../../support/expect-statistics.js';
import { recount, recountable, type RecountFilter } from '../../support/recount.js';
import { queryCount } from '../../support/query-count.js';
import { BRIEF, sessionsKit, type SessionsKit } from '../sessions/sessions-kit.js';
import { ELSEWHERE, HOME, keyOf } from './dashboard-kit.js';

const PATH = '/v1/dashboard/stats';
const HOUR_MS = 3_600_000;

describe('GET /v1/dashboard/stats', () => {
  let kit: SessionsKit;
  let viewer: { authorization: string };
  let client: pg.Client;

  const statistics = async (query = '', headers = viewer) => {
    const answer = await kit.get(`${PATH}${query}`, headers);
    if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
    return answer.json<StatisticsOutput>();
  };
  const expectTrue = async (query = '', filter: RecountFilter = {}) =>
    expectStatistics(await statistics(query), recount(await recountable(client, HOME), filter));
  const compact = () => kit.app.get(SessionStatisticsRepository, { strict: false }).compact(1000);

  beforeAll(async () => {
    kit = await sessionsKit();
    viewer = await keyOf(kit, 'viewer');
    client = new pg.Client(kit.database.ownerUrl);
    await client.connect();
  }, 60_000);
  afterAll(async () => {
    await client?.end();
    await kit?.close();
  });

  it('is all zeros before there is a session, as its schema says', async () => {
    const empty = await statistics();
    expect(statisticsOutput.strict().parse(empty)).toEqual(empty);
    expect([empty.sessions.total, empty.durations.p50Ms, empty.quality.mean, empty.cache.hitRatePercent]).toEqual([
      0,
      null,
      null,
      null,
    ]);
    expect(empty.buckets).toEqual({ unit: 'month', items: [] });
    expect([empty.cost, empty.cache.saved]).toEqual(Array(2).fill({ amount: '0.000000', currency: 'USD' }));
  });

  it('shows each change in the next answer: create, plan, decisions, end, rerun, delete', async () => {
    const { id } = await kit.create({ options: { plan: 'ask', decisions: 'ask', model: 'model-x' } });
    expect((await statistics('?model=model-x')).sessions.total).toBe(1);
    await kit.until(id, 'awaiting_plan');
    expect((await statistics()).sessions.byStatus.awaiting_plan).toBe(1);
    await expectTrue();
    const open = (await statistics()).gaps.toResearch;
    await kit.call('PATCH', `/v1/sessions/${id}/plan`, {
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({ drop: ['G-1'] }),
    });
    expect((await statistics()).gaps.toResearch).toBe(open - 1);
    await kit.post(`/v1/sessions/${id}/resume`);
    await kit.until(id, 'awaiting_decision');
    await expectTrue();
    const { items } = (await kit.get(`/v1/sessions/${id}/gaps`)).json<{
      items: { id: string; options: { id: string }[]; decision: object | null }[];
    }>();
    let taken = 0;
    for (const gap of items.filter(({ options, decision }) => options.length > 0 && decision === null)) {
      await kit.post(`/v1/sessions/${id}/decisions`, { gapId: gap.id, optionId: gap.options[0]!.id });
      expect((await statistics()).gaps.decidedByPeople).toBe((taken += 1));
    }
    expect(taken).toBeGreaterThan(0);
    const done = await kit.until(id, 'completed', 'completed_degraded');
    const over = await statistics('?model=model-x');
    expect([over.sessions.byStatus[done.status], over.durations.sessions, over.quality.documents]).toEqual([1, 1, 1]);
    expect(over.research.answered).toBeGreaterThan(0);
    await expectTrue('?model=model-x', { model: 'model-x' });
    await compact();
    await expectTrue();

    await kit.post(`/v1/sessions/${id}/rerun`);
    await expectTrue();
    await kit.until(id, 'awaiting_decision', 'completed', 'completed_degraded');
    await kit.post(`/v1/sessions/${id}/cancel`);
    await expectTrue();
    await kit.call('DELETE', `/v1/sessions/${id}`);
    expect((await statistics()).sessions.total).toBe(0);
    await expectTrue();
    await compact();
    await expectTrue();
    expect((await client.query('SELECT * FROM session_statistics')).rows).toEqual([]);
  }, 60_000);

  it('has those of a status, a model, a project type and of hours, and all of them together', async () => {
    await kit.run({ name: 'one', options: { model: 'model-y' } });
    await kit.run({ name: 'two', brief: { ...BRIEF.brief, projectType: '  Web   SHOP ' } });
    const { id } = await kit.create({ name: 'three', options: { plan: 'ask' } });
    await kit.until(id, 'awaiting_plan');
    await client.query(`UPDATE sessions SET created_at = created_at - interval '40 days' WHERE name = 'two'`);
    const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    const iso = (at: number) => encodeURIComponent(new Date(at).toISOString());
    const since = now - 24 * HOUR_MS;
    await expectTrue('?status=awaiting_plan', { status: 'awaiting_plan' });
    await expectTrue('?model=none', { model: null });
    await expectTrue('?projectType=web%20shop', { projectType: 'web shop' });
    await expectTrue('?projectType=WEB%20%20Shop', { projectType: 'web shop' });
    await expectTrue(`?from=${iso(since)}`, { from: since });
    await expectTrue(`?to=${iso(since)}`, { to: since });
    await expectTrue(`?from=${iso(since)}&bucket=hour`, { from: since });
    const all = { status: 'completed', model: 'model-y', projectType: 'marketplace', from: since, to: now + HOUR_MS };
    await expectTrue(
      `?status=completed&model=model-y&projectType=marketplace&from=${iso(since)}&to=${iso(now + HOUR_MS)}`,
      all,
    );
    await compact();
    await expectTrue(`?from=${iso(since)}&bucket=hour`, { from: since });
    await expectTrue(`?from=${iso(now - 1400 * HOUR_MS)}&bucket=day`, { from: now - 1400 * HOUR_MS });
  }, 60_000);

  it('shows time without a gap, in hours, days and months', async () => {
    const from = '2026-01-30T22:00:00%2B01:00';
    const hours = await statistics(`?from=${from}&to=2026-02-01`);
    expect([hours.buckets.unit, hours.buckets.items.length]).toEqual(['hour', 27]);
    expect(hours.filter.from).toBe('2026-01-30T21:00:00.000Z');
    const days = await statistics(`?from=${from}&to=2026-03-01`);
    expect([days.buckets.unit, days.buckets.items.length]).toEqual(['day', 30]);
    expect(days.buckets.items.slice(0, 2).map((one) => [one.from, one.to])).toEqual([
      ['2026-01-30T21:00:00.000Z', '2026-01-31T00:00:00.000Z'],
      ['2026-01-31T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ]);
    const months = await statistics(`?from=${from}&to=2027-01-01`);
    expect([months.buckets.unit, months.buckets.items.length]).toEqual(['month', 12]);
  });

  it('takes one query', async () => {
    const { count, queries } = await queryCount(kit.app, () => statistics());
    expect([count, queries.length]).toEqual([1, 1]);
  });

  it('knows nothing of another workspace', async () => {
    const stranger = await keyOf(kit, 'admin', ELSEWHERE);
    expect((await statistics('', stranger)).sessions.total).toBe(0);
    expect((await statistics()).sessions.total).toBeGreaterThan(0);
  });

  it('counts what is written past the program, too', async () => {
    await client.query(
      `INSERT INTO sessions (workspace_id, id, name, brief, options, status, priority)
       VALUES ($1, gen_random_uuid(), 'raw', '{"projectType":"bot"}', '{}', 'paused', 5)`,
      [HOME],
    );
    await expectTrue('?projectType=bot', { projectType: 'bot' });
    expect((await statistics('?projectType=bot')).sessions.byStatus.paused).toBe(1);
    await client.query(`UPDATE sessions SET brief = '{"projectType":"game"}', model = 'm' WHERE name = 'raw'`);
    await expectTrue();
    await client.query(`DELETE FROM sessions WHERE name = 'raw'`);
    await expectTrue();
  });

  it.each([
    ['?status=done', '?status'],
    ['?states=failed', '?states'],
    ['?sort=name', '?sort'],
    ['?model=', '?model'],
    [`?model=${'m'.repeat(101)}`, '?model'],
    ['?bucket=week', '?bucket'],
    ['?from=2026-01-31T14:30:00Z', '?from'],
    ['?from=2026-01-31T14:00:00.001Z', '?from'],
    ['?from=2026-01-31T14:00:00%2B05:30', '?from'],
    ['?from=2026-02-30', '?from'],
    ['?from=yesterday', '?from'],
    ['?from=1', '?from'],
    ['?from=2026-01-31T14:00:00', '?from'],
    ['?from=1969-12-31', '?from'],
    ['?from=-271821-04-20', '?from'],
    ['?to=%2B275760-09-13T00:00:00Z', '?to'],
    ['?from=2026-01-02&to=2026-01-01', '?to'],
    ['?from=2026-01-02&to=2026-01-02', '?to'],
    ['?bucket=hour', '?bucket'],
    ['?bucket=day&from=1990-01-01', '?bucket'],
    ['?bucket=hour&from=2026-01-01&to=2026-02-28', '?bucket'],
    ['?from=2026-01-01&from=2026-01-02', '?from'],
    ['?model=a%00b', '?model'],
  ])('refuses %s and says where', async (query, pointer) => {
    const answer = await kit.get(`${PATH}${query}`, viewer);
    const { errors } = answer.json<{ errors: { pointer: string }[] }>();
    expect([answer.statusCode, errors.map((one) => one.pointer)]).toEqual([422, [pointer]]);
  });

  it('says which hours there are instead of a time between them', async () => {
    const answer = await kit.get(`${PATH}?from=2026-01-31T14:30:00Z`, viewer);
    expect(answer.json<{ errors: { message: string }[] }>().errors[0]?.message).toContain(
      '2026-01-31T14:00:00Z or 2026-01-31T15:00:00Z',
    );
  });

  it('names all mistakes at once', async () => {
    const answer = await kit.get(`${PATH}?status=x&from=y&bucket=z&what=1`, viewer);
    expect(
      answer
        .json<{ errors: { pointer: string }[] }>()
        .errors.map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['?bucket', '?from', '?status', '?what']);
  });
});
