import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { namedQueries } from '../../../src/shared/database/named-queries.js';
import { queriesOutput, type QueriesOutput, queryPlanOutput } from '../../../src/modules/dashboard/queries.schemas.js';
import type { NamedPlan } from '../../../src/shared/database/query-plans.js';
import { QueryPlans } from '../../../src/shared/database/query-plans.js';
import { sessionsKit, type SessionsKit } from '../sessions/sessions-kit.js';
import { ELSEWHERE, HOME, keyOf } from './dashboard-kit.js';

const PATH = '/v1/dashboard/queries';
const CANARY = 'canary-of-a-query';
const SUMS = ['costs.report', 'sessions.statistics'];

describe('GET /v1/dashboard/queries', () => {
  let kit: SessionsKit;
  let operator: { authorization: string };
  const seen = async () => (await kit.get(PATH, operator)).json<QueriesOutput>();
  const planOf = async (name: string, query = '', headers = operator) => {
    const answer = await kit.get(`${PATH}/${name}/plan${query}`, headers);
    return { status: answer.statusCode, headers: answer.headers, body: answer.json<NamedPlan & { code?: string }>() };
  };

  beforeAll(async () => {
    kit = await sessionsKit();
    operator = await keyOf(kit, 'operator');
    await kit.run({ name: CANARY });
  }, 60_000);
  afterAll(() => kit?.close());

  it('shows what took the most time, by whom it was asked, without a value, as its schema says', async () => {
    await kit.get(`/v1/sessions?q=${CANARY}`, operator);
    const view = await seen();
    expect(queriesOutput.strict().parse(view)).toEqual(view);
    const times = view.top.map(({ totalMs }) => totalMs);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(view.top.length).toBeLessThanOrEqual(20);
    expect(view.top.every(({ count, meanMs, maxMs }) => count > 0 && meanMs <= maxMs)).toBe(true);
    expect(new Set(view.top.map(({ shape }) => shape)).size).toBe(view.top.length);
    expect(view.top.some(({ lastRoute }) => lastRoute === 'background')).toBe(true);
    expect(JSON.stringify(view)).not.toContain(CANARY);
    expect(JSON.stringify(view)).not.toContain(HOME);
  });

  it('names the queries whose plan can be asked for, and has a plan of each, run and not', async () => {
    const { named } = await seen();
    expect(named.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'sessions.list',
        'sessions.whole',
        'gaps.with-decisions',
        'events.of-session',
        'documents.newest',
        'audit.of-session',
        'evidence.pieces',
        'jobs.by-id',
      ]),
    );
    expect(named.every(({ about }) => about.length > 10)).toBe(true);
    for (const { name, about } of named) {
      const planned = await planOf(name);
      expect([name, planned.status, planned.headers['cache-control']]).toEqual([name, 200, 'no-store']);
      expect(queryPlanOutput.strict().parse(planned.body)).toEqual(planned.body);
      expect(planned.body).toMatchObject({ name, about });
      expect(planned.body).not.toHaveProperty('executionMs');
      const run = await planOf(name, '?analyze=true');
      expect([name, run.status]).toEqual([name, 200]);
      expect(queryPlanOutput.strict().parse(run.body)).toEqual(run.body);
      expect(run.body.executionMs).toBeGreaterThan(0);
      expect(run.body.steps.some(({ actual }) => actual !== undefined)).toBe(true);
      expect(JSON.stringify(run.body)).not.toContain(HOME);
    }
  });

  it('plans about what the workspace has: rows are found', async () => {
    for (const name of [
      'sessions.list',
      'gaps.with-decisions',
      'events.of-session',
      'documents.newest',
      'audit.of-session',
    ]) {
      const { body } = await planOf(name, '?analyze=true');
      expect([name, body.steps[0]?.actual?.rows ?? 0]).toEqual([name, expect.any(Number)]);
      expect(body.steps[0]?.actual?.rows).toBeGreaterThan(0);
    }
  });

  it('finds nothing of it for the operator of another workspace', async () => {
    const stranger = await keyOf(kit, 'operator', ELSEWHERE);
    for (const { name } of namedQueries().filter(
      (one) => one.name !== 'sessions.count' && one.name !== 'api-keys.list',
    )) {
      const { status, body } = await planOf(name, '?analyze=true', stranger);
      if (SUMS.includes(name)) {
        // One row of zeros: none of a table is in it.
        const found = body.steps.filter(({ relation, actual }) => relation !== undefined && (actual?.rows ?? 0) > 0);
        expect([name, status, found]).toEqual([name, 200, []]);
        continue;
      }
      expect([name, status, body.steps[0]?.actual?.rows ?? 0]).toEqual([name, 200, 0]);
    }
  });

  it('knows no other names, no other words, and no other roles', async () => {
    const unknown = await planOf('no.such');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'query_unknown']);
    for (const name of ['SELECT%201', '%27', 'constructor', '__proto__.x'])
      expect((await planOf(name)).body.code).toBe('query_unknown');
    expect((await planOf('sessions.list', '?analyze=1')).status).toBe(422);
    expect((await planOf('sessions.list', '?sql=SELECT%201')).status).toBe(422);
    const viewer = await keyOf(kit, 'viewer');
    expect((await planOf('sessions.list', '', viewer)).status).toBe(403);
    expect((await kit.get(PATH, viewer)).statusCode).toBe(403);
  });

  it('leaves the connection as it was: the next transaction may write', async () => {
    const plans = kit.app.get(QueryPlans, { strict: false });
    await Promise.all(Array.from({ length: 10 }, () => plans.named('sessions.list', mintWorkspaceScope(HOME), true)));
    expect((await kit.post('/v1/api-keys', { name: 'after a plan', role: 'viewer' })).statusCode).toBe(201);
  });
});
