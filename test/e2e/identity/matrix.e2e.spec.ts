import { DataSource } from 'typeorm';
import { holds, KEY_ROLES, type KeyRole } from '../../../src/http/request-identity.js';
import type { Answer } from '../../support/app.js';
import {
  addKey,
  addWorkspace,
  type Caller,
  decoded,
  DEFAULT_WORKSPACE,
  OTHER_WORKSPACE,
} from '../platform/response-cache-kit.js';
import { sessionsKit, type SessionsKit } from '../sessions/sessions-kit.js';
import { belongingsOf, CANARY, SAMPLES, type Sample } from './route-samples.js';
import { type DeclaredRoute, routesOf } from './routes-of.js';

/**
 * Every route that the program declares × everybody who may come: the owner, lower roles of its workspace, an admin of another
 * workspace, nobody, a revoked key and a wrong one.
 */
describe('who may call what', () => {
  let kit: SessionsKit;
  let routes: DeclaredRoute[];
  let belongings: Awaited<ReturnType<typeof belongingsOf>>;
  let colleagues: Record<KeyRole, Caller>;
  let stranger: Caller;
  let refused: Record<string, Readonly<Record<string, string>>>;

  const ask = ({ method }: DeclaredRoute, { url, body, headers }: Sample, auth: Readonly<Record<string, string>>) =>
    kit.call(method, url, {
      headers: {
        authorization: '',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
        ...auth,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
  const sampleOf = (route: DeclaredRoute) => SAMPLES[route.name]!(kit, belongings);
  /** Of all routes, what does not hold. */
  const failures = async (check: (route: DeclaredRoute) => Promise<readonly string[]>): Promise<string[]> => {
    const all: string[] = [];
    for (const route of routes) all.push(...(await check(route)).map((text) => `${route.name}: ${text}`));
    return all;
  };
  /** Without what differs between any two answers. */
  const problem = (answer: Answer) => {
    return JSON.stringify({ ...answer.json<object>(), requestId: '', instance: '' });
  };

  beforeAll(async () => {
    kit = await sessionsKit();
    routes = routesOf(kit);
    await addWorkspace(kit, OTHER_WORKSPACE);
    stranger = await addKey(kit, OTHER_WORKSPACE, 'strangerad', 'admin');
    colleagues = {
      viewer: await addKey(kit, DEFAULT_WORKSPACE, 'colleague1', 'viewer'),
      operator: await addKey(kit, DEFAULT_WORKSPACE, 'colleague2', 'operator'),
      admin: await addKey(kit, DEFAULT_WORKSPACE, 'colleague3', 'admin'),
    };
    const gone = await addKey(kit, DEFAULT_WORKSPACE, 'revokedkey', 'admin');
    expect((await kit.call('DELETE', '/v1/api-keys/revokedkey')).statusCode).toBe(204);
    refused = {
      'no key': {},
      'a revoked key': gone.headers,
      'a wrong secret': { authorization: `Bearer tsk_testadmin.${'x'.repeat(43)}` },
      'an unknown id': { 'x-api-key': `tsk_unknownkey1.${'x'.repeat(43)}` },
      'half a key': { authorization: 'Bearer tsk_testadmin' },
    };
    belongings = await belongingsOf(kit, DEFAULT_WORKSPACE);
  }, 60_000);
  afterAll(() => kit?.close());

  it('has a sample of every route, and every route is in the API description', async () => {
    expect(routes.map(({ name }) => name).filter((name) => !(name in SAMPLES))).toEqual([]);
    expect(Object.keys(SAMPLES).filter((name) => !routes.some((route) => route.name === name))).toEqual([]);
    const { paths } = JSON.parse(decoded(await kit.get('/openapi.json'))) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, calls]) =>
      Object.keys(calls).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    const itself = ['GET /openapi.json', 'GET /docs'];
    expect([...described, ...itself].sort()).toEqual(routes.map(({ name }) => name).sort());
    expect(routes.length).toBeGreaterThan(40);
  });

  it('gives 401 to whoever has no valid key, GET and HEAD alike, and 200 where none is needed', async () => {
    const found = await failures(async (route) => {
      const sample = await sampleOf(route);
      const wrong: string[] = [];
      for (const [who, headers] of Object.entries(refused)) {
        const methods = route.method === 'GET' ? ['GET', 'HEAD'] : [route.method];
        for (const method of methods) {
          const { statusCode, body } = await ask({ ...route, method }, sample, headers);
          if (route.needs === 'public' ? statusCode >= 400 : statusCode !== 401)
            wrong.push(`${who} ${method} ${statusCode}`);
          if (body.includes(CANARY)) wrong.push(`${who} sees what is the owner's`);
        }
      }
      return wrong;
    });
    expect(found).toEqual([]);
  }, 60_000);

  it('gives 403 to every role that is too low, and serves the others', async () => {
    const found = await failures(async (route) => {
      const wrong: string[] = [];
      for (const role of KEY_ROLES) {
        if (route.needs === 'public') continue;
        const sample = await sampleOf(route);
        const answer = await ask(route, sample, colleagues[role].headers);
        const { statusCode } = answer;
        const isServed = sample.status?.includes(statusCode) ?? (statusCode >= 200 && statusCode < 300);
        if (holds(role, route.needs) !== isServed)
          wrong.push(`${role} is answered ${statusCode} ${answer.body.slice(0, 200)}`);
        if (!holds(role, route.needs) && (statusCode !== 403 || answer.json().code !== 'role_too_low'))
          wrong.push(`${role} is refused by ${statusCode}`);
      }
      return wrong;
    });
    expect(found).toEqual([]);
  }, 120_000);

  it('knows nothing of the owner for an admin of another workspace: the same 404 as for what never was', async () => {
    const found = await failures(async (route) => {
      const sample = await sampleOf(route);
      const answer = await ask(route, sample, stranger.headers);
      const wrong: string[] = [];
      if (decoded(answer).includes(CANARY)) wrong.push('shows what is the owner’s');
      if (!sample.isOwned) {
        const expected =
          sample.strangers === undefined ? answer.statusCode < 400 : answer.statusCode === sample.strangers;
        if (!expected) wrong.push(`is answered ${answer.statusCode} ${answer.body.slice(0, 200)}`);
        return wrong;
      }
      const unknown = await ask(route, { ...sample, url: withUnknownIds(sample.url) }, stranger.headers);
      if (answer.statusCode !== 404) wrong.push(`is answered ${answer.statusCode}`);
      else if (problem(answer) !== problem(unknown)) wrong.push(`${problem(answer)} instead of ${problem(unknown)}`);
      // What a stranger tried has changed nothing.
      const owner = await ask(route, sample, { authorization: `Bearer ${kit.key}` });
      const isServed = sample.status?.includes(owner.statusCode) ?? owner.statusCode < 300;
      if (!isServed) wrong.push(`the owner is answered ${owner.statusCode} afterwards ${owner.body.slice(0, 200)}`);
      return wrong;
    });
    expect(found).toEqual([]);
  }, 120_000);

  it('writes an audit line for each privileged act, by whom it was done', async () => {
    const acts = await kit.app
      .get(DataSource, { strict: false })
      .query<{ action: string; actor: string }[]>(
        `SELECT DISTINCT action, actor FROM audit_log WHERE workspace_id = $1`,
        [DEFAULT_WORKSPACE],
      );
    const actors = (action: string) => acts.filter((act) => act.action === action).map(({ actor }) => actor);
    for (const action of [
      'api-key.created',
      'api-key.revoked',
      'workspace.created',
      'criteria.replaced',
      'session.deleted',
      'code-analysis.created',
      'cache.invalidated',
      'cache.statistics-reset',
    ])
      expect([action, actors(action).length > 0]).toEqual([action, true]);
    expect(acts.filter(({ actor }) => actor === 'strangerad')).toEqual([]);
  });
});

/** The same address for something that never was. */
function withUnknownIds(url: string): string {
  return url
    .replace(/[0-9a-f]{64}/, 'f'.repeat(64))
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, '0190a0de-0000-7000-8000-ffffffffffff')
    .replace(/(api-keys)\/\w+/, '$1/neverwas');
}
