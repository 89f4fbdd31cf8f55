import { setTimeout as sleep } from 'node:timers/promises';
import { BRIEF } from '../../e2e/sessions/sessions-kit.js';
import { ADMIN_KEY } from '../../support/config.js';
import type { ServiceProcess } from '../../support/service.js';

/** What the requests may name; all of it exists before the first of them. */
export interface World {
  /** Headers that say who calls, by role. */
  readonly callers: Readonly<Record<'admin' | 'operator' | 'viewer' | 'foreign' | 'revoked', string>>;
  /** Values of each path parameter, ours first. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** Nothing of these is deleted, so that what stands on them can be answered to the end. */
  readonly kept: ReadonlySet<string>;
  /** For deletion instead of those. */
  readonly disposable: Readonly<Record<'sessions' | 'api-keys', readonly string[]>>;
  /** One call of each operation that is answered with success. */
  readonly good: Readonly<Record<string, GoodCall>>;
}

export interface GoodCall {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Made {
  readonly id: string;
}
interface MadeKey extends Made {
  readonly key: string;
}

/** Stands in what belongs to another workspace: no answer to one of ours holds it. */
export const OF_OTHERS = 'belongs-to-the-others';

export const RESEARCH = {
  category: 'queue-jobs',
  context: { projectType: 'web service', techStack: { language: 'TypeScript' }, requirements: ['Mails are sent.'] },
};

export const CODE = {
  files: [
    { path: 'package.json', content: '{ "name": "shop", "dependencies": { "express": "5.2.1" } }' },
    { path: 'app.js', content: "require('express')().get('/orders/:id', (q, r) => r.end());" },
  ],
};

/** What only a worker can make: sessions that are over or wait for people, and evidence. */
export async function workedWorld(service: ServiceProcess) {
  const [done, plans, decisions] = await Promise.all([
    session(service, {}, 'completed'),
    Promise.all(Array.from({ length: 4 }, () => session(service, { plan: 'ask' }, 'awaiting_plan'))),
    Promise.all(Array.from({ length: 4 }, () => session(service, { decisions: 'ask' }, 'awaiting_decision'))),
  ]);
  await service.call('POST', `/v1/sessions/${done}/rerun`);
  await until(service, done, 'completed');
  const answered = await service.request('POST', '/v1/research', RESEARCH, { prefer: 'wait=8' });
  if (answered.status !== 200) throw new Error(`no research: ${answered.status}`);
  const { items } = await service.call<{ items: { id: string; evidenceHashes: string[] }[] }>(
    'GET',
    `/v1/sessions/${done}/gaps`,
  );
  const open = await service.call<{ items: { id: string; options: { id: string }[] }[] }>(
    'GET',
    `/v1/sessions/${decisions[0]}/gaps`,
  );
  const gap = open.items.find(({ options }) => options.length > 0)!;
  const hashes = items.flatMap(({ evidenceHashes }) => evidenceHashes).slice(0, 5);
  const analysed = await service.request('POST', '/v1/code-analyses', CODE, { prefer: 'wait=8' });
  if (analysed.status !== 200) throw new Error(`no code analysis: ${analysed.status}`);
  const analysis = ((await analysed.json()) as Made).id;
  const decide = { gapId: gap.id, optionId: gap.options[0]!.id };
  return { done, plans, decisions, hashes, decide, analysis, gaps: items.map(({ id }) => id).slice(0, 4) };
}

/** The rest, on a process without a worker: what it starts stays queued. */
export async function worldOf(
  service: ServiceProcess,
  worked: Awaited<ReturnType<typeof workedWorld>>,
): Promise<World> {
  const key = (name: string, role: string) => service.call<MadeKey>('POST', '/v1/api-keys', { name, role });
  const [operator, viewer, revoked] = await Promise.all([
    key('operator', 'operator'),
    key('viewer', 'viewer'),
    key('revoked', 'admin'),
  ]);
  await service.request('DELETE', `/v1/api-keys/${revoked.id}`);
  const other = await service.call<Made & { apiKey: MadeKey }>('POST', '/v1/workspaces', { name: 'another workspace' });
  const theirs = { authorization: `Bearer ${other.apiKey.key}` };
  const foreign = (await (
    await service.request('POST', '/v1/sessions', { ...BRIEF, name: OF_OTHERS }, theirs)
  ).json()) as Made;
  const many = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make));
  const spare = (await many(60, () => service.call<Made>('POST', '/v1/sessions', BRIEF))).map(({ id }) => id);
  for (const id of spare.slice(0, 20)) await service.call('POST', `/v1/sessions/${id}/cancel`);
  const spareKeys = (await many(20, () => key('spare', 'viewer'))).map(({ id }) => id);
  const jobs = (await many(20, () => service.call<Made>('POST', '/v1/research', unseen()))).map(({ id }) => id);
  const { done, plans, decisions } = worked;
  const kept = [done, ...plans, ...decisions, operator.id, viewer.id, 'testadmin'];
  return {
    callers: {
      admin: ADMIN_KEY,
      operator: operator.key,
      viewer: viewer.key,
      foreign: other.apiKey.key,
      revoked: revoked.key,
    },
    ids: {
      session: [done, ...plans, ...decisions, ...spare, foreign.id],
      gapId: [...worked.gaps, worked.decide.gapId],
      'api-key': ['testadmin', operator.id, ...spareKeys, other.apiKey.id],
      workspace: ['00000000-0000-7000-8000-000000000001', other.id],
      job: jobs,
      'code-analyse': [worked.analysis],
      sha256: worked.hashes,
      categorie: ['queue-jobs', 'cache', 'orm-query'],
    },
    kept: new Set(kept),
    disposable: { sessions: spare, 'api-keys': spareKeys },
    good: await goodCalls(service, { ...worked, spare, spareKeys, jobs, workspace: other.id }),
  };
}

let unseenCount = 0;
/** A question nobody asked before: it takes a job. */
const unseen = () => ({
  ...RESEARCH,
  context: { ...RESEARCH.context, requirements: [`Question ${++unseenCount} of the fuzzer.`] },
});

interface Things {
  readonly done: string;
  readonly plans: readonly string[];
  readonly decisions: readonly string[];
  readonly hashes: readonly string[];
  readonly gaps: readonly string[];
  readonly decide: object;
  readonly analysis: string;
  readonly spare: readonly string[];
  readonly spareKeys: readonly string[];
  readonly jobs: readonly string[];
  readonly workspace: string;
}

async function goodCalls(service: ServiceProcess, things: Things): Promise<Record<string, GoodCall>> {
  const { done, plans, decisions, hashes, gaps, decide, analysis, spare, spareKeys, jobs, workspace } = things;
  const { criteria } = await service.call<{ criteria: unknown[] }>('GET', '/v1/criteria');
  const ofSession = (id: string, more: GoodCall = {}): GoodCall => ({ params: { id }, ...more });
  const S = '/v1/sessions/{id}';
  return {
    'POST /v1/api-keys': { body: { name: 'made', role: 'viewer' } },
    'GET /v1/api-keys/{id}': { params: { id: 'testadmin' } },
    'DELETE /v1/api-keys/{id}': { params: { id: spareKeys[0]! } },
    'POST /v1/workspaces': { body: { name: `made ${Date.now()}` } },
    'GET /v1/workspaces/{id}': { params: { id: workspace } },
    'GET /v1/jobs/{id}': { params: { id: jobs[0]! } },
    'DELETE /v1/jobs/{id}': { params: { id: jobs[1]! } },
    'POST /v1/code-analyses': { body: CODE },
    ...Object.fromEntries(
      ['', '/stack', '/endpoints'].map((rest) => [`GET /v1/code-analyses/{id}${rest}`, { params: { id: analysis } }]),
    ),
    'POST /v1/research': { body: unseen() },
    'GET /v1/research/categories/{id}/candidates': { params: { id: 'queue-jobs' }, query: { ecosystem: 'javascript' } },
    'GET /v1/evidence/{sha256}': { params: { sha256: hashes[0]! } },
    'GET /v1/evidence/{sha256}/check': { params: { sha256: hashes[0]! }, query: { quote: 'MIT' } },
    'PUT /v1/criteria': { body: { criteria }, headers: { 'if-match': '*' } },
    'POST /v1/sessions': { body: BRIEF, query: { dryRun: 'true' } },
    'GET /v1/sessions': { query: { perPage: '5', page: '1' } },
    [`GET ${S}`]: ofSession(done, { query: { include: 'gaps,decisions' } }),
    [`DELETE ${S}`]: ofSession(spare[0]!),
    [`POST ${S}/pause`]: ofSession(spare[30]!),
    [`POST ${S}/resume`]: ofSession(plans[3]!),
    [`POST ${S}/cancel`]: ofSession(spare[31]!),
    [`POST ${S}/rerun`]: ofSession(spare[1]!),
    [`GET ${S}/gaps/{gapId}`]: { params: { id: done, gapId: gaps[0]! } },
    [`PATCH ${S}/plan`]: ofSession(plans[0]!, { body: { forbid: ['ioredis'] } }),
    [`POST ${S}/decisions`]: ofSession(decisions[0]!, { body: decide }),
    [`GET ${S}/document`]: ofSession(done, { query: { version: '1' } }),
    [`GET ${S}/document/diff`]: ofSession(done, { query: { from: '1', to: '2' } }),
    ...Object.fromEntries(
      ['audit', 'gaps', 'decisions', 'document/versions', 'document/adrs', 'document/stream', 'events'].map((rest) => [
        `GET ${S}/${rest}`,
        ofSession(done),
      ]),
    ),
    'GET /v1/dashboard/stats': {
      query: { from: '2026-01-01', to: '2026-01-02T05:00:00Z', bucket: 'hour', model: 'none' },
    },
    'GET /v1/dashboard/costs': { query: { from: '2026-01-01', to: '2026-01-31' } },
    'GET /v1/dashboard/queries/{name}/plan': { params: { name: 'sessions.list' }, query: { analyze: 'true' } },
    'POST /v1/cache/invalidate': { body: { tags: ['nothing'] } },
  };
}

async function session(service: ServiceProcess, options: object, status: string): Promise<string> {
  const { id } = await service.call<Made>('POST', '/v1/sessions', { ...BRIEF, options });
  await until(service, id, status);
  return id;
}

async function until(service: ServiceProcess, id: string, wanted: string): Promise<void> {
  for (let tries = 0; tries < 800; tries++) {
    const { status } = await service.call<{ status: string }>('GET', `/v1/sessions/${id}`);
    if (status === wanted) return;
    await sleep(25);
  }
  throw new Error(`${id} is not ${wanted}`);
}
