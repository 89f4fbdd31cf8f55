import { ResearchService } from '../../../src/modules/research/research.service.js';
import { NodeRunner, type NodeSpec, type PhaseWork } from '../../../src/modules/sessions/node-runner.js';
import { NODES, type NodeName } from '../../../src/modules/sessions/sessions.types.js';
import { TRANSITIONS } from '../../../src/modules/sessions/transitions.js';
import { BRIEF, eventsOf, sessionsKit, type SessionsKit } from './sessions-kit.js';

const run = NodeRunner.prototype.run;

/** As if no fact were stored: each gap is researched in a step of its own. */
const nothingKnown = () => jest.spyOn(ResearchService.prototype, 'known').mockResolvedValue(undefined);

/** Does something once, just before a node begins or while it computes. */
function atNode(node: NodeName, when: 'before' | 'during', act: (sessionId: string) => Promise<unknown>) {
  let acted = false;
  if (node === 'research') nothingKnown();
  const once = async (work: PhaseWork) => {
    if (acted) return;
    acted = true;
    await act(work.sessionId);
  };
  jest.spyOn(NodeRunner.prototype, 'run').mockImplementation(async function <T>(
    this: NodeRunner,
    work: PhaseWork,
    spec: NodeSpec<T>,
  ) {
    if (spec.node !== node || acted) return run.call(this, work, spec as NodeSpec<unknown>);
    if (when === 'before') {
      await once(work);
      return run.call(this, work, spec as NodeSpec<unknown>);
    }
    const compute = async () => {
      const result = await spec.compute();
      await once(work);
      return result;
    };
    return run.call(this, work, { ...spec, compute } as NodeSpec<unknown>);
  });
}

describe('the life cycle of a session', () => {
  let kit: SessionsKit;
  let turn = 0;

  /** A brief no other test has, so that its research is not answered by the cache. */
  const fresh = () => {
    const requirements = [...BRIEF.brief.requirements, `Sellers in ${++turn} cities are told by e-mail.`];
    return { name: `Session ${turn}`, brief: { ...BRIEF.brief, requirements } };
  };
  const story = async (id: string) => eventsOf((await kit.get(`/v1/sessions/${id}/events`)).body);
  const post = async (id: string, call: string, body?: unknown) => {
    const answer = await kit.post(`/v1/sessions/${id}/${call}`, body);
    return { code: answer.statusCode, body: answer.json() };
  };

  beforeAll(async () => {
    kit = await sessionsKit();
  }, 60_000);
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => kit?.close());

  it.each(NODES.flatMap((node) => [[node, 'before'] as const, [node, 'during'] as const]))(
    'pauses at %s (%s it) and goes on from there: nothing twice, nothing lost',
    async (node, when) => {
      atNode(node, when, (id) => post(id, 'pause'));
      const { id } = await kit.create(fresh());
      await kit.until(id, 'paused');
      // What was in flight has ended when a second look finds nothing running any more.
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect((await kit.view(id)).status).toBe('paused');
      expect(await post(id, 'resume')).toMatchObject({ code: 200, body: { status: 'queued' } });
      const session = await kit.until(id, 'completed');
      expect(session.document).toMatchObject({ version: 1 });
      const events = await story(id);
      expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1));
      const finished = events.filter((event) => event.event === 'node.finished');
      const keys = finished.map((event) => `${event.data['node']}:${event.data['gapId'] ?? ''}`);
      expect(new Set(keys).size).toBe(keys.length);
      expect(events.filter((event) => event.event === 'session.completed')).toHaveLength(1);
      expect(events.filter((event) => event.event === 'session.paused')).toHaveLength(1);
    },
    40_000,
  );

  it.each(NODES.map((node) => [node] as const))(
    'cancels during %s: what is in flight writes nothing any more',
    async (node) => {
      atNode(node, 'during', (id) => post(id, 'cancel'));
      const { id } = await kit.create(fresh());
      await kit.until(id, 'cancelled');
      await new Promise((resolve) => setTimeout(resolve, 300));
      const events = await story(id);
      expect(events.at(-1)?.event).toBe('session.cancelled');
      expect((await kit.view(id)).document?.version ?? null).toBe(node === 'complete' ? 1 : null);
    },
    40_000,
  );

  it('refuses what the status does not allow, and says what to do instead', async () => {
    const { id } = await kit.run(fresh());
    for (const call of ['pause', 'resume', 'cancel']) {
      const { code, body } = await post(id, call);
      expect([code, body.code]).toEqual([409, 'session_state']);
      expect(body.detail).toMatch(/is over: POST …\/rerun/);
    }
    expect(await post(id, 'decisions', { gapId: 'G-1', custom: 'x' })).toMatchObject({ code: 409 });
    expect(await post(id, 'decisions', { gapId: 'G-99', custom: 'x' })).toMatchObject({
      code: 404,
      body: { code: 'gap_unknown' },
    });
    const plan = await kit.call('PATCH', `/v1/sessions/${id}/plan`, {
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify({ drop: ['cache'] }),
    });
    expect(plan.json()).toMatchObject({ status: 409, code: 'plan_not_open' });
  }, 30_000);

  it('runs once however often it is started again at once', async () => {
    const { id } = await kit.run(fresh());
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(id, 'rerun')));
    expect(answers.map((answer) => answer.code).sort()).toEqual([202, 409, 409, 409, 409]);
    expect(await kit.until(id, 'completed')).toMatchObject({ run: 2, document: { version: 2 } });
  }, 30_000);

  it('fails a session whose node cannot be done, with a reason, and lets it run again', async () => {
    jest.spyOn(NodeRunner.prototype, 'run').mockImplementation(async function <T>(
      this: NodeRunner,
      work: PhaseWork,
      spec: NodeSpec<T>,
    ) {
      const compute = () => Promise.reject(new Error('a bug'));
      const broken = work.run === 1 && spec.node === 'score' ? { ...spec, compute } : spec;
      return run.call(this, work, broken as NodeSpec<unknown>);
    });
    const session = await kit.run(fresh());
    expect(session).toMatchObject({ status: 'failed', error: { code: 'node_failed' }, document: null });
    expect(JSON.stringify(session)).not.toContain('a bug');
    await post(session.id, 'rerun');
    expect(await kit.until(session.id, 'completed')).toMatchObject({ run: 2, error: null });
  }, 30_000);

  it('completes degraded when one gap cannot be researched, and names it', async () => {
    let hit = '';
    nothingKnown();
    jest.spyOn(NodeRunner.prototype, 'run').mockImplementation(async function <T>(
      this: NodeRunner,
      work: PhaseWork,
      spec: NodeSpec<T>,
    ) {
      if (spec.node !== 'research' || (hit !== '' && hit !== spec.gapId))
        return run.call(this, work, spec as NodeSpec<unknown>);
      hit = spec.gapId ?? '';
      const compute = () => Promise.reject(new Error('a bug'));
      return run.call(this, work, { ...spec, compute } as NodeSpec<unknown>);
    });
    const session = await kit.run({ ...fresh(), brief: { ...BRIEF_OTHER } });
    expect(session).toMatchObject({
      status: 'completed_degraded',
      degraded: [{ gapId: hit }],
      document: { version: 1 },
    });
    const gap = (await kit.get(`/v1/sessions/${session.id}/gaps/${hit}`)).json();
    expect(gap).toMatchObject({ error: { code: 'node_failed' }, options: [] });
  }, 30_000);

  it('starts lost work anew: the reconciler finds what no workflow does', async () => {
    jest.spyOn(NodeRunner.prototype, 'run').mockResolvedValueOnce('stopped');
    const { id } = await kit.create(fresh());
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await kit.view(id)).status).toBe('queued');
    const { SessionReconciler } = await import('../../../src/modules/sessions/session-reconciler.js');
    expect(await kit.app.get(SessionReconciler, { strict: false }).reconcile(0)).toBe(1);
    expect(await kit.until(id, 'completed')).toMatchObject({ document: { version: 1 } });
    expect((await story(id)).filter((event) => event.event === 'session.restarted')).toHaveLength(1);
  }, 30_000);

  it('stays gapless and inside the table of transitions whatever people do at once', async () => {
    const { id } = await kit.create(fresh());
    const calls = ['pause', 'resume', 'rerun', 'pause', 'cancel', 'resume', 'rerun', 'pause'];
    for (let round = 0; round < 6; round += 1) {
      const answers = await Promise.all(calls.map((call) => post(id, call)));
      for (const { code } of answers) expect([200, 202, 409]).toContain(code);
      await new Promise((resolve) => setTimeout(resolve, 40 * round));
    }
    if ((await kit.view(id)).status === 'paused') await post(id, 'resume');
    await kit.until(id, 'completed', 'cancelled');
    const events = await story(id);
    expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1));
    const changes = events.filter((event) => 'status' in event.data);
    changes.reduce((status: unknown, { event, data }) => {
      expect([event, data['from']]).toEqual([event, status]);
      const rule = Object.values(TRANSITIONS).find(({ past }) => event === `session.${past}`);
      expect(rule?.to).toBe(data['status']);
      if (data['from'] !== null) expect(rule?.from).toContain(data['from']);
      return data['status'];
    }, null);
    const { items } = (await kit.get(`/v1/sessions/${id}/audit`)).json();
    const told = items.map((line: { action: string }) => line.action);
    expect(told.sort()).toEqual(changes.map((event) => event.event).sort());
  }, 60_000);

  it('removes a session with what only it used; shared evidence and the audit log stay', async () => {
    const body = { ...fresh(), brief: { ...BRIEF_OTHER, projectType: 'web application' } };
    const [first, second] = [await kit.run(body), await kit.run(body)];
    const document = (await kit.get(`/v1/sessions/${first.id}/document`)).json();
    const brief = `/v1/evidence/${document.body.briefSha256}`;
    const remove = (id: string) => kit.call('DELETE', `/v1/sessions/${id}`);
    expect((await remove(first.id)).statusCode).toBe(204);
    expect((await kit.get(`/v1/sessions/${first.id}`)).json()).toMatchObject({ status: 404, code: 'session_unknown' });
    expect((await kit.get(brief)).statusCode).toBe(200);
    expect((await remove(second.id)).statusCode).toBe(204);
    expect((await kit.get(brief)).statusCode).toBe(410);
    expect((await remove(second.id)).statusCode).toBe(404);
  }, 30_000);
});

const BRIEF_OTHER = {
  projectType: 'web service',
  requirements: ['Customers search products by text.', 'Orders are paid by card; a receipt is sent by e-mail.'],
  techStack: { language: 'TypeScript', database: 'PostgreSQL' },
};
