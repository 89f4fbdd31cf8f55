import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionStatus } from '../../src/modules/sessions/sessions.types.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import type { ScriptedRegistry } from '../support/registry.js';
import { releaseOf, ServiceProcess, type Release } from '../support/service.js';
import { EXAMPLES, OVER, sessionBody, until, type SessionBody } from './support/example-briefs.js';
import { Holds } from './support/holds.js';
import { Ledger } from './support/ledger.js';
import { SAMPLE, say, seededRandom, seedOf } from './support/long-run.js';
import { delayAnswers, unlikePackages } from './support/unlike-packages.js';

/** Where running sessions stand when the old release goes; as many as the two processes have slots. */
const STANDS = [
  ['ingest', 'running'],
  ['ingest', 'done'],
  ['identifyGaps', 'running'],
  ['identifyGaps', 'done'],
  ['research', 'running'],
  ['research', 'done'],
  ['score', 'running'],
  ['score', 'done'],
  ['writeDocument', 'running'],
  ['validate', 'done'],
  ['complete', 'running'],
  ['complete', 'done'],
] as const;

/** Options of a gap unless a session asks for more. */
const FEW = 3;
const PERSON = { plan: 'ask' } as const;
const WELL: readonly SessionStatus[] = ['completed', 'completed_degraded'];
/** How the two processes of the old release end. */
const ENDS: readonly (readonly [NodeJS.Signals, NodeJS.Signals])[] = SAMPLE
  ? [['SIGTERM', 'SIGKILL']]
  : [
      ['SIGTERM', 'SIGKILL'],
      ['SIGKILL', 'SIGKILL'],
      ['SIGTERM', 'SIGTERM'],
    ];

interface GapBody {
  readonly id: string;
  readonly options: readonly { readonly id: string }[];
}

describe('a deploy of another workflow version over 50 sessions', () => {
  const random = seededRandom(seedOf('deploy'));
  let before: Release;
  let after: Release;
  let registry: ScriptedRegistry;
  let database: TestDatabase;
  let ledger: Ledger;
  let holds: Holds;
  let services: ServiceProcess[] = [];
  let posted = 0;

  const start = async (release: Release): Promise<ServiceProcess> => {
    // What stands still keeps its connections and its gaps' turns: there must be enough for the others.
    const env = { SESSION_CONCURRENCY: String(STANDS.length / 2), GAP_CONCURRENCY: '32', DB_POOL_SIZE: '40' };
    const service = await ServiceProcess.start({ release, database, registry: registry.url, env });
    services.push(service);
    return service;
  };

  const post = async (service: ServiceProcess, name: string, options: object = {}): Promise<string> => {
    const body = sessionBody(EXAMPLES[posted++ % EXAMPLES.length] ?? '');
    const few = { maxOptionsPerGap: FEW, ...options };
    return (await service.call<SessionBody>('POST', '/v1/sessions', { ...body, name, options: few })).id;
  };

  const many = (service: ServiceProcess, count: number, name: string, options?: object): Promise<string[]> =>
    Promise.all(Array.from({ length: count }, (_, index) => post(service, `${name} ${index}`, options)));

  const all = (service: ServiceProcess, ids: readonly string[], statuses: readonly SessionStatus[]) =>
    Promise.all(ids.map((id) => until(service, id, statuses)));
  const act = (service: ServiceProcess, ids: readonly string[], action: string) =>
    Promise.all(ids.map((id) => service.call('POST', `/v1/sessions/${id}/${action}`)));

  /** Sessions that are paused while their gaps are being researched: nothing is in the cache yet. */
  const pausedAtWork = async (service: ServiceProcess): Promise<string[]> => {
    const ids = await many(service, 3, 'paused at work');
    for (const id of ids) {
      while ((await service.call<SessionBody>('GET', `/v1/sessions/${id}`)).phase !== 'research') await sleep(5);
      await act(service, [id], 'pause');
    }
    return ids;
  };

  /** 50 sessions, by the status they have when the old release goes. */
  const inEveryState = async (a: ServiceProcess) => {
    const pausedRunning = await pausedAtWork(a);
    const completed = await many(a, 5, 'completed');
    const failed = await many(a, 5, 'fail');
    const cancelled = await many(a, 5, 'cancelled', PERSON);
    const awaitingPlan = await many(a, 6, 'plan', PERSON);
    const awaitingDecision = await many(a, 6, 'decide', { decisions: 'ask' });
    await all(a, completed, WELL);
    await all(a, failed, ['failed']);
    await all(a, [...cancelled, ...awaitingPlan], ['awaiting_plan']);
    await act(a, cancelled, 'cancel');
    await all(a, awaitingDecision, ['awaiting_decision']);
    const running: string[] = [];
    for (const [node, state] of STANDS) {
      const name = `stands at ${node}, ${state}`;
      await holds.at(name, node, state);
      // More options are packages that nobody has asked for: their gaps are not known and begin one by one.
      running.push(await post(a, name, node === 'research' ? { maxOptionsPerGap: 20 } : {}));
    }
    await holds.until(STANDS.length);
    const queued = await many(a, 8, 'queued');
    const pausedQueued = queued.splice(5);
    await act(a, pausedQueued, 'pause');
    return {
      completed,
      failed,
      cancelled,
      awaitingPlan,
      awaitingDecision,
      paused: [...pausedRunning, ...pausedQueued],
      running,
      queued,
    };
  };

  const decideAll = async (service: ServiceProcess, id: string) => {
    const { items } = await service.call<{ items: GapBody[] }>('GET', `/v1/sessions/${id}/gaps`);
    for (const gap of items.filter(({ options }) => options.length > 0)) {
      const decision = { gapId: gap.id, optionId: gap.options[0]?.id };
      const answer = await service.request('POST', `/v1/sessions/${id}/decisions`, decision);
      // A gap without admissible option waits for nobody: the session may go on before the last one is said.
      if (answer.status !== 201 && answer.status !== 409) throw new Error(`${answer.status} ${await answer.text()}`);
    }
  };

  beforeAll(() => {
    before = releaseOf();
    after = releaseOf('proof-2');
  }, 120_000);
  beforeEach(async () => {
    services = [];
    registry = await unlikePackages();
    delayAnswers(registry, () => 50 + Math.floor(random() * 150));
    database = await testDatabase();
    ledger = await Ledger.open(database);
    holds = await Holds.install(ledger);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(services.map((service) => service.stop('SIGKILL')));
    await ledger?.close();
    await registry?.close();
    await database?.close();
  }, 60_000);
  afterAll(() => {
    before?.remove();
    after?.remove();
  });

  it.each(ENDS)(
    'strands none when the old processes end by %s and %s',
    async (first, second) => {
      const [a, other] = [await start(before), await start(before)];
      const sessions = await inEveryState(a);
      const ids = Object.values(sessions).flat();
      const states = await ledger.rows<{ status: string; phase: string; n: number }>(
        `SELECT status, phase, count(*)::int AS n FROM sessions GROUP BY 1, 2 ORDER BY 1, 2`,
      );
      say(`  before: ${states.map(({ status, phase, n }) => `${n} ${status} (${phase})`).join(', ')}`);
      expect(ids).toHaveLength(50);
      expect(new Set(states.map(({ status }) => status))).toEqual(
        new Set([...'completed failed cancelled awaiting_plan awaiting_decision paused running queued'.split(' ')]),
      );
      expect(states.filter(({ status }) => status === 'running').map(({ phase }) => phase)).toEqual(
        expect.arrayContaining(['plan', 'research', 'document']),
      );
      const nodes = await ledger.finishedNodes();
      a.signal(first);
      other.signal(second);
      await sleep(300);
      await holds.release();
      await Promise.all([a.gone(), other.gone()]);

      const since = Date.now();
      const b = await start(after);
      await act(b, [...sessions.awaitingPlan, ...sessions.paused], 'resume');
      await Promise.all(sessions.awaitingDecision.map((id) => decideAll(b, id)));
      const [again, left] = [sessions.cancelled.slice(0, 2), sessions.cancelled.slice(2)];
      await act(b, [...sessions.failed, ...again], 'rerun');
      // Their plan was never approved: the new run asks as the first one did.
      await all(b, again, ['awaiting_plan']);
      await act(b, again, 'resume');
      const ends = await all(
        b,
        ids.filter((id) => !left.includes(id)),
        OVER,
      );
      const tookMs = Date.now() - since;
      expect(ends.filter(({ status }) => !WELL.includes(status))).toEqual([]);
      expect(ends.map(({ document }) => document?.version)).toEqual(ends.map(() => 1));
      for (const { status } of await all(b, left, ['cancelled'])) expect(status).toBe('cancelled');
      expect(await ledger.faults()).toEqual([]);
      expect(await ledger.rerun(nodes)).toEqual([]);
      const [restarts] = await ledger.rows<{ n: number }>(
        `SELECT count(DISTINCT session_id)::int AS n FROM session_events WHERE kind = 'session.restarted'`,
      );
      const { events, documents } = await ledger.counts();
      say(
        `  ${first} and ${second}: ${ends.length} sessions over ${tookMs} ms after the new release was started, ${left.length} left cancelled, ${restarts?.n} started anew; ${documents} documents, ${events} events, ${nodes.size} nodes done before, 0 run again`,
      );
      expect(documents).toBe(ends.length);
    },
    240_000,
  );
});
