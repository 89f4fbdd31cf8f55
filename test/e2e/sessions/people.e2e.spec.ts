import { eventsOf, sessionsKit, type SessionsKit } from './sessions-kit.js';

interface GapBody {
  readonly id: string;
  readonly category: string;
  readonly status: string;
  readonly research: boolean;
  readonly rule: string;
  readonly options: readonly { readonly id: string }[];
}

describe('a session that asks people', () => {
  let kit: SessionsKit;

  const patch = async (id: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await kit.call('PATCH', `/v1/sessions/${id}/plan`, { headers, payload: JSON.stringify(body) });
    return { code: answer.statusCode, body: answer.json() };
  };
  const gaps = async (id: string): Promise<GapBody[]> => (await kit.get(`/v1/sessions/${id}/gaps`)).json().items;
  const decide = async (id: string, body: unknown) => {
    const answer = await kit.post(`/v1/sessions/${id}/decisions`, body);
    return { code: answer.statusCode, body: answer.json() };
  };

  beforeAll(async () => {
    kit = await sessionsKit();
  }, 60_000);
  afterAll(() => kit?.close());

  it('waits with its plan, takes changes to it, and researches what was approved', async () => {
    const { id } = await kit.create({ options: { plan: 'ask' } });
    await kit.until(id, 'awaiting_plan');
    const before = await gaps(id);
    const [dropped, pinned] = before.filter((gap) => gap.research);
    const added = before.find((gap) => gap.category === 'cache' && !gap.research);
    expect(dropped && pinned && added).toBeTruthy();
    const changed = await patch(id, {
      drop: [dropped!.id],
      pin: { [pinned!.category]: 'Our own' },
      add: [added!.category],
      forbid: ['ioredis'],
    });
    expect(changed.code).toBe(200);
    const after = await gaps(id);
    const ruleOf = (category: string) => after.find((gap) => gap.category === category)?.rule;
    expect([ruleOf(dropped!.category), ruleOf(pinned!.category), ruleOf('cache')]).toEqual([
      'PLAN-DROP',
      'PLAN-PIN',
      'PLAN-ADD',
    ]);
    expect((await kit.post(`/v1/sessions/${id}/resume`)).json()).toMatchObject({ status: 'queued' });
    const session = await kit.until(id, 'completed');
    const researched = (await gaps(id)).filter((gap) => gap.options.length > 0).map((gap) => gap.category);
    expect(researched).toContain('cache');
    expect(researched).not.toContain(dropped!.category);
    expect(session.document).toMatchObject({ version: 1 });
    const events = eventsOf((await kit.get(`/v1/sessions/${id}/events`)).body).map((event) => event.event);
    expect(events).toEqual(expect.arrayContaining(['session.plan_awaited', 'plan.changed', 'session.plan_approved']));
  }, 30_000);

  it('remembers the approved plan when it runs again, and does not ask twice', async () => {
    const { id } = await kit.create({ options: { plan: 'ask' } });
    await kit.until(id, 'awaiting_plan');
    const dropped = (await gaps(id)).find((gap) => gap.research)!;
    await patch(id, { drop: [dropped.category] });
    await kit.post(`/v1/sessions/${id}/resume`);
    await kit.until(id, 'completed');
    await kit.post(`/v1/sessions/${id}/rerun`);
    expect(await kit.until(id, 'completed')).toMatchObject({ run: 2 });
    expect((await gaps(id)).find((gap) => gap.category === dropped.category)?.rule).toBe('PLAN-DROP');
  }, 30_000);

  it('names every mistake in a changed plan and changes nothing', async () => {
    const { id } = await kit.create({ options: { plan: 'ask' } });
    await kit.until(id, 'awaiting_plan');
    const before = await gaps(id);
    const { code, body } = await patch(id, { drop: ['G-99', 'cache'], add: ['cache', 'databases'] });
    expect(code).toBe(422);
    expect(body.errors.map((error: { pointer: string }) => error.pointer).sort()).toEqual([
      '/add',
      '/add/1',
      '/drop/0',
    ]);
    expect(await gaps(id)).toEqual(before);
    expect((await patch(id, { pins: {} })).code).toBe(422);
    await kit.post(`/v1/sessions/${id}/cancel`);
  }, 30_000);

  it('goes on when the last open decision is taken, and writes what people decided', async () => {
    const { id } = await kit.create({ options: { decisions: 'ask' } });
    await kit.until(id, 'awaiting_decision');
    const open = (await gaps(id)).filter((gap) => gap.options.length > 0);
    expect(open.length).toBeGreaterThan(2);
    expect(await decide(id, { gapId: open[0]!.id, optionId: 'cache/nothing' })).toMatchObject({
      code: 422,
      body: { code: 'option_unknown', errors: [{ pointer: '/optionId' }] },
    });
    expect((await decide(id, { gapId: open[0]!.id })).code).toBe(422);
    for (const [index, gap] of open.entries()) {
      const choice = index === 0 ? { custom: 'Our own' } : { optionId: gap.options[0]!.id };
      const { code, body } = await decide(id, { gapId: gap.id, ...choice, reason: 'we know it' });
      expect(code).toBe(201);
      expect(body.open).toHaveLength(open.length - index - 1);
      const again = await decide(id, { gapId: gap.id, custom: 'Another' });
      expect(again).toMatchObject({ code: 409, body: { code: 'gap_decided' } });
    }
    const session = await kit.until(id, 'completed');
    const { items } = (await kit.get(`/v1/sessions/${id}/decisions`)).json();
    const byPeople = items.filter((item: { by: string }) => item.by === 'person');
    expect(byPeople).toHaveLength(open.length);
    for (const item of byPeople) expect(item).toMatchObject({ decidedBy: 'testadmin', reason: 'we know it' });
    expect(session.document).toMatchObject({ version: 1 });
  }, 30_000);

  it('lets one of two equal decisions at once through', async () => {
    const { id } = await kit.create({ options: { decisions: 'ask' } });
    await kit.until(id, 'awaiting_decision');
    const gap = (await gaps(id)).find((one) => one.options.length > 0)!;
    const both = await Promise.all([1, 2].map(() => decide(id, { gapId: gap.id, custom: 'Ours' })));
    expect(both.map((one) => one.code).sort()).toEqual([201, 409]);
    await kit.post(`/v1/sessions/${id}/cancel`);
  }, 30_000);

  it('finishes with a document when the licences exclude every candidate', async () => {
    const session = await kit.run({
      brief: {
        projectType: 'web service',
        requirements: ['Jobs run in the background and are retried.', 'Customers pay by card.'],
        techStack: { language: 'TypeScript' },
        constraints: { licenses: ['GPL-3.0-only'] },
      },
    });
    expect(session.status).toMatch(/^completed/);
    const { items } = (await kit.get(`/v1/sessions/${session.id}/gaps`)).json();
    const verdicts = items.flatMap((gap: { verdict: string | null }) => gap.verdict ?? []);
    expect(verdicts.length).toBeGreaterThan(1);
    expect(new Set(verdicts)).toEqual(new Set(['none']));
    const { body } = (await kit.get(`/v1/sessions/${session.id}/document`)).json();
    expect(body.noChoice.length).toBeGreaterThan(0);
  }, 30_000);
});
