import { NODES } from '../../src/modules/sessions/sessions.types.js';
import { BRIEF, eventsOf, type SessionBody } from '../e2e/sessions/sessions-kit.js';
import type { Compiled } from '../support/compiled.js';
import { SAMPLE } from './support/long-run.js';
import { SessionProcesses } from './support/session-processes.js';

const POINTS = ['before', 'computed', 'written'] as const;
const ALL = NODES.flatMap((node) => POINTS.map((point) => [node, point] as const));
/** The sample: every seventh, which meets four nodes and all three points. */
const POINTS_OF_NODES = SAMPLE ? ALL.filter((_, at) => at % 7 === 1) : ALL;

describe('kill -9 of the only process', () => {
  let compiled: Compiled;
  let processes: SessionProcesses;

  beforeAll(() => {
    compiled = SessionProcesses.compile();
  }, 60_000);
  beforeEach(async () => {
    processes = await SessionProcesses.open(compiled);
  }, 60_000);
  afterEach(() => processes?.close());
  afterAll(() => compiled?.remove());

  const finished = async (id: string): Promise<SessionBody> => {
    for (const end = Date.now() + 30_000; Date.now() < end;) {
      const session = await processes.call<SessionBody>('GET', `/v1/sessions/${id}`);
      if (!['queued', 'running'].includes(session.status)) return session;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the session was not taken over within 30 s');
  };

  it.each(POINTS_OF_NODES)(
    'at %s, %s: the session completes, nothing finished runs again, nothing is there twice',
    async (node, point) => {
      await processes.start(`${node}:${point}`);
      const { id } = await processes.call<SessionBody>('POST', '/v1/sessions', BRIEF);
      await processes.gone();
      const asked = processes.registry.calls.length;
      const stored = await processes.storedFacts();
      await processes.start();
      const session = await finished(id);
      expect(session).toMatchObject({ status: 'completed', progress: 100, document: { version: 1 } });

      const events = eventsOf(await processes.call<string>('GET', `/v1/sessions/${id}/events`));
      expect(events.map((event) => event.id)).toEqual(events.map((_, index) => index + 1));
      const keys = events
        .filter((event) => event.event === 'node.finished')
        .map((event) => `${event.data['node']}:${event.data['gapId'] ?? ''}`);
      expect(new Set(keys).size).toBe(keys.length);

      const { items: audit } = await processes.call<{ items: { action: string }[] }>(
        'GET',
        `/v1/sessions/${id}/audit?limit=500`,
      );
      const actions = audit.map((line) => line.action).filter((action) => action !== 'session.restarted');
      expect(actions).toEqual([
        'session.created',
        'session.started',
        'session.advanced',
        'session.advanced',
        'session.completed',
      ]);
      const versions = await processes.call<{ items: unknown[] }>('GET', `/v1/sessions/${id}/document/versions`);
      expect(versions.items).toHaveLength(1);

      // Attempts count how often a node began: more than once only for what the kill interrupted.
      const nodes = session.nodes as unknown as { name: string; attempts: number }[];
      const again = nodes.filter((one) => one.attempts > 1).map((one) => one.name);
      expect(again).toEqual(
        point === 'computed' ? [node] : node === 'research' && again.length > 0 ? ['research'] : [],
      );
      // What was stored is never asked for again; an archive is asked for by its address, its facts by the file in it.
      const repeated = processes.registry.calls.slice(asked).map((call) => call.path);
      for (const path of repeated) expect(stored).not.toContain(path);
      const before = new Set(processes.registry.calls.slice(0, asked).map((call) => call.path));
      // What is lost is what was under way between call and stored row: at most eight packages or files (a package that is
      // missing takes two calls).
      const askedTwice = repeated.filter((path) => before.has(path)).map((path) => path.replace(/\/latest$/, ''));
      expect(new Set(askedTwice).size).toBeLessThanOrEqual(8);
      if (NODES.indexOf(node) > NODES.indexOf('research')) expect(repeated).toEqual([]);
    },
    90_000,
  );
});
