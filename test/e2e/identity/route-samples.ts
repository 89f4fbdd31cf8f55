import { pieceOf } from '../../../src/modules/research/evidence/piece.js';
import { EvidenceService } from '../../../src/modules/research/evidence.service.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { BRIEF, type SessionsKit } from '../sessions/sessions-kit.js';

/** Stands in everything that belongs to the owner: nobody else may ever be answered with it. */
export const CANARY = 'canary-of-the-owner';

/** A call that does what its route is for, on something of the owner's where it names something. */
export interface Sample {
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** It names something of the owner's: for anybody else it does not exist. */
  readonly isOwned: boolean;
  /** What the owner is answered; 2xx when absent. */
  readonly status?: readonly number[];
  /** Whether a stranger with a role that is high enough is refused all the same, and how. */
  readonly strangers?: number;
}

interface Belongings {
  /** A session that is over, with a document. */
  readonly done: string;
  readonly gapId: string;
  readonly sha256: string;
  /** A code analysis that is complete. */
  readonly analysis: string;
  readonly workspaceId: string;
}

type Maker = (kit: SessionsKit, own: Belongings) => Sample | Promise<Sample>;

const open = (url: string, more: Partial<Sample> = {}): Maker => {
  return () => ({ url, isOwned: false, ...more });
};
const ofDone = (rest: string): Maker => {
  return (_kit, { done }) => ({ url: `/v1/sessions/${done}${rest}`, isOwned: true });
};
/** On a session that waits for its plan, made for this call. */
const ofWaiting = (rest: string, more: Partial<Sample> = {}): Maker => {
  return async (kit) => {
    const { id } = await kit.create({ name: CANARY, options: { plan: 'ask' } });
    await kit.until(id, 'awaiting_plan');
    return { url: `/v1/sessions/${id}${rest}`, isOwned: true, ...more };
  };
};

const ofAnalysis = (rest: string): Maker => {
  return (_kit, { analysis }) => ({ url: `/v1/code-analyses/${analysis}${rest}`, isOwned: true });
};
const code = (mark: string) => ({
  files: [
    { path: 'package.json', content: JSON.stringify({ name: CANARY, dependencies: { express: '5.2.1' } }) },
    { path: `${CANARY}.js`, content: `require('express')().get('/${CANARY}/${mark}', (q, r) => r.end());` },
  ],
});

let numbers = 0;
const newName = () => `matrix ${++numbers}`;

/** One sample a route: a route without one fails the matrix. */
export const SAMPLES: Readonly<Record<string, Maker>> = {
  'GET /whoami': open('/whoami'),
  'GET /v1/api-keys': open('/v1/api-keys'),
  'POST /v1/api-keys': () => ({ url: '/v1/api-keys', isOwned: false, body: { name: newName(), role: 'viewer' } }),
  'GET /v1/api-keys/:id': open('/v1/api-keys/testadmin', { isOwned: true }),
  'DELETE /v1/api-keys/:id': async (kit) => {
    const made = (await kit.post('/v1/api-keys', { name: CANARY, role: 'viewer' })).json<{ id: string }>();
    return { url: `/v1/api-keys/${made.id}`, isOwned: true };
  },
  'GET /v1/audit': open('/v1/audit'),
  'GET /v1/workspaces': open('/v1/workspaces'),
  'POST /v1/workspaces': () => ({ url: '/v1/workspaces', isOwned: false, body: { name: newName() }, strangers: 403 }),
  'GET /v1/workspaces/:id': (_kit, { workspaceId }) => ({ url: `/v1/workspaces/${workspaceId}`, isOwned: true }),
  'POST /v1/sessions': () => ({
    url: '/v1/sessions?dryRun=true',
    isOwned: false,
    body: { ...BRIEF, name: newName() },
  }),
  'GET /v1/sessions': open('/v1/sessions?perPage=500'),
  'GET /v1/sessions/:id': ofDone('?include=gaps,decisions'),
  'DELETE /v1/sessions/:id': async (kit) => {
    const { id } = await kit.create({ name: CANARY, options: { plan: 'ask' } });
    await kit.until(id, 'awaiting_plan');
    await kit.post(`/v1/sessions/${id}/cancel`);
    return { url: `/v1/sessions/${id}`, isOwned: true };
  },
  'POST /v1/sessions/:id/pause': ofWaiting('/pause', { status: [200, 409] }),
  'POST /v1/sessions/:id/resume': ofWaiting('/resume'),
  'POST /v1/sessions/:id/cancel': ofWaiting('/cancel'),
  'POST /v1/sessions/:id/rerun': async (kit) => {
    const { id } = await kit.run({ name: CANARY });
    return { url: `/v1/sessions/${id}/rerun`, isOwned: true };
  },
  'GET /v1/sessions/:id/audit': ofDone('/audit'),
  'GET /v1/sessions/:id/gaps': ofDone('/gaps'),
  'GET /v1/sessions/:id/gaps/:gapId': (_kit, { done, gapId }) => ({
    url: `/v1/sessions/${done}/gaps/${gapId}`,
    isOwned: true,
  }),
  'PATCH /v1/sessions/:id/plan': ofWaiting('/plan', { body: { forbid: ['ioredis'] } }),
  'GET /v1/sessions/:id/decisions': ofDone('/decisions'),
  'POST /v1/sessions/:id/decisions': async (kit) => {
    const { id } = await kit.create({ name: CANARY, options: { decisions: 'ask' } });
    await kit.until(id, 'awaiting_decision');
    const { items } = (await kit.get(`/v1/sessions/${id}/gaps`)).json<{
      items: { id: string; options: { id: string }[] }[];
    }>();
    const gap = items.find(({ options }) => options.length > 0)!;
    return {
      url: `/v1/sessions/${id}/decisions`,
      isOwned: true,
      body: { gapId: gap.id, optionId: gap.options[0]!.id },
    };
  },
  'GET /v1/sessions/:id/document': ofDone('/document'),
  'GET /v1/sessions/:id/document/versions': ofDone('/document/versions'),
  'GET /v1/sessions/:id/document/diff': ofDone('/document/diff?from=1&to=1'),
  'GET /v1/sessions/:id/document/adrs': ofDone('/document/adrs'),
  'GET /v1/sessions/:id/document/stream': ofDone('/document/stream'),
  'GET /v1/sessions/:id/events': ofDone('/events'),
  'GET /v1/evidence/:sha256': (_kit, { sha256 }) => ({ url: `/v1/evidence/${sha256}`, isOwned: true }),
  'GET /v1/evidence/:sha256/check': (_kit, { sha256 }) => ({
    url: `/v1/evidence/${sha256}/check?quote=${CANARY}`,
    isOwned: true,
  }),
  'GET /v1/criteria': open('/v1/criteria'),
  'PUT /v1/criteria': async (kit) => {
    const { criteria } = (await kit.get('/v1/criteria')).json<{ criteria: object[] }>();
    return { url: '/v1/criteria', isOwned: false, body: { criteria }, headers: { 'if-match': '*' } };
  },
  'POST /v1/research': () => ({ url: '/v1/research', isOwned: false, body: research() }),
  'GET /v1/research/categories': open('/v1/research/categories'),
  'GET /v1/research/categories/:id/candidates': open('/v1/research/categories/queue-jobs/candidates'),
  'POST /v1/code-analyses': () => ({ url: '/v1/code-analyses', isOwned: false, body: code(newName()) }),
  'GET /v1/code-analyses/:id': ofAnalysis(''),
  'GET /v1/code-analyses/:id/stack': ofAnalysis('/stack'),
  'GET /v1/code-analyses/:id/endpoints': ofAnalysis('/endpoints'),
  'GET /v1/jobs/:id': async (kit) => ({ url: await job(kit), isOwned: true }),
  'DELETE /v1/jobs/:id': async (kit) => ({ url: await job(kit), isOwned: true, status: [200, 409] }),
  'GET /v1/dashboard/performance': open('/v1/dashboard/performance'),
  'GET /v1/dashboard/stats': open('/v1/dashboard/stats'),
  'GET /v1/dashboard/costs': open('/v1/dashboard/costs'),
  'GET /v1/dashboard/queries': open('/v1/dashboard/queries'),
  'GET /v1/dashboard/queries/:name/plan': open('/v1/dashboard/queries/sessions.list/plan?analyze=true'),
  'GET /v1/dashboard/cache': open('/v1/dashboard/cache'),
  'POST /v1/dashboard/cache/reset': open('/v1/dashboard/cache/reset'),
  'POST /v1/cache/invalidate': open('/v1/cache/invalidate', { body: { tags: ['nothing'] } }),
  'GET /health': open('/health'),
  'GET /health/live': open('/health/live'),
  'GET /health/ready': open('/health/ready'),
  'GET /metrics': open('/metrics'),
  'GET /openapi.json': open('/openapi.json'),
  'GET /docs': open('/docs'),
};

/** A question that nobody asked before: it takes a job. */
const research = () => ({
  category: 'queue-jobs',
  context: {
    projectType: 'web service',
    techStack: { language: 'TypeScript' },
    requirements: [`${CANARY} ${newName()}`],
  },
});

async function job(kit: SessionsKit): Promise<string> {
  const answer = await kit.post('/v1/research', research());
  if (answer.statusCode !== 202) throw new Error(`no job: ${answer.statusCode} ${answer.body}`);
  return String(answer.headers['location']);
}

/** What the owner has before the matrix begins. */
export async function belongingsOf(kit: SessionsKit, workspaceId: string): Promise<Belongings> {
  const { id: done } = await kit.run({ name: CANARY });
  const { items } = (await kit.get(`/v1/sessions/${done}/gaps`)).json<{ items: { id: string }[] }>();
  const body = `${CANARY} in a page`;
  const piece = pieceOf({
    source: 'page',
    title: CANARY,
    mediaType: 'text/plain',
    body,
    fetchedAt: '2026-01-01T00:00:00.000Z',
  });
  await kit.app.get(EvidenceService, { strict: false }).put(mintWorkspaceScope(workspaceId), [piece]);
  const analysed = await kit.post('/v1/code-analyses', code('first'), { prefer: 'wait=8' });
  if (analysed.statusCode !== 200) throw new Error(`not analysed: ${analysed.statusCode} ${analysed.body}`);
  const { id: analysis } = analysed.json<{ id: string }>();
  return { done, gapId: items[0]!.id, sha256: piece.sha256, analysis, workspaceId };
}
