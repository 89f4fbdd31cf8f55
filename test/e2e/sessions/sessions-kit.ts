import { allCandidates } from '../../../src/modules/research/catalogue/catalogue.js';
import type { SessionStatus } from '../../../src/modules/sessions/sessions.types.js';
import { testApp, type TestApp } from '../../support/app.js';
import type { ConfigOverrides } from '../../support/config.js';
import { ScriptedRegistry } from '../../support/registry.js';

/** A brief that opens several gaps and names its numbers. */
export const BRIEF = {
  name: 'Ticket resale',
  brief: {
    projectType: 'marketplace',
    requirements: [
      'Fans resell concert tickets at face value.',
      'Sellers upload a PDF ticket; buyers pay by card; payout to the seller after the concert.',
      'Peak: 2,000 sales per minute in the minutes after a popular concert sells out, 50 per minute otherwise.',
      'E-mail and push notifications. Search by artist, city and date.',
      'Fraud checks must finish within 2 seconds.',
      'EU customers: tickets and personal data are deleted 90 days after the event.',
    ],
    techStack: { language: 'TypeScript', runtime: 'Node.js 24', database: 'PostgreSQL' },
    constraints: { licenses: ['MIT', 'Apache-2.0', 'BSD', 'ISC'] },
  },
};

export interface SessionBody {
  readonly id: string;
  readonly status: SessionStatus;
  readonly progress: number;
  readonly run: number;
  readonly nodes: readonly {
    readonly name: string;
    readonly state: string;
    readonly durationMs: number | null;
    readonly gaps?: { readonly done: number; readonly failed: number; readonly total: number };
  }[];
  readonly cacheSavings: { readonly gapsFromCache: number };
  readonly degraded: readonly { readonly gapId: string; readonly reason: string }[];
  readonly document: { readonly version: number; readonly sha256: string; readonly run: number } | null;
  readonly error: { readonly code: string } | null;
}

export interface SessionsKit extends TestApp {
  readonly registry: ScriptedRegistry;
  /** Posts the brief (with changes) and gives the new session. */
  create(changes?: object): Promise<SessionBody>;
  view(id: string): Promise<SessionBody>;
  /** Waits until the session is in one of the statuses; fails with what it saw after 20 s. */
  until(id: string, ...statuses: SessionStatus[]): Promise<SessionBody>;
  /** Creates and waits for its end. */
  run(changes?: object): Promise<SessionBody>;
}

const ENDS: readonly SessionStatus[] = ['completed', 'completed_degraded', 'failed', 'cancelled'];

/** The application with a registry that knows every package of the catalogue. */
export async function sessionsKit(overrides: ConfigOverrides = {}): Promise<SessionsKit> {
  const registry = await ScriptedRegistry.start();
  publishCatalogue(registry);
  const npm = { env: { npm_config_registry: registry.url }, home: '/nowhere', project: '/nowhere' };
  const app = await testApp({
    ...overrides,
    research: { npm, ...overrides.research },
    workflow: { pollMs: 50, ...overrides.workflow },
  });
  const view = async (id: string) => (await app.get(`/v1/sessions/${id}`)).json<SessionBody>();
  const create = async (changes: object = {}) => {
    const answer = await app.post('/v1/sessions', { ...BRIEF, ...changes });
    if (answer.statusCode !== 201) throw new Error(`not created: ${answer.statusCode} ${answer.body}`);
    return answer.json<SessionBody>();
  };
  const until = async (id: string, ...statuses: SessionStatus[]) => {
    for (let tries = 0; tries < 800; tries += 1) {
      const seen = await view(id);
      if (statuses.includes(seen.status)) return seen;
      if (ENDS.includes(seen.status)) break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`${id} is not ${statuses.join(', ')}: ${JSON.stringify(await view(id))}`);
  };
  return {
    ...app,
    registry,
    create,
    view,
    until,
    run: async (changes) => until((await create(changes)).id, ...ENDS),
    close: async () => {
      await app.close();
      await registry.close();
    },
  };
}

/** Every package a candidate may be looked up by. */
export function publishCatalogue(registry: ScriptedRegistry): void {
  for (const { package: name, companions } of allCandidates) {
    for (const published of [name, ...companions]) {
      if (published === undefined) continue;
      registry.publish(published, {
        version: '3.2.1',
        record: { license: 'MIT', engines: { node: '>=20' }, type: 'module', types: './index.d.ts', dependencies: {} },
      });
    }
  }
}

export interface StoredEvent {
  readonly id: number;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The events of an answer in the format of server-sent events. */
export function eventsOf(body: string): StoredEvent[] {
  return body.split('\n\n').flatMap((block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const data = field('data');
    return data === undefined ? [] : [{ id: Number(field('id')), event: field('event') ?? '', data: JSON.parse(data) }];
  });
}
