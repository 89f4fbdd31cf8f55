import { allCandidates } from '../../../src/modules/research/catalogue/catalogue.js';
import type { Category, ResearchRequest } from '../../../src/modules/research/research.types.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { ScriptedRegistry } from '../../support/registry.js';
import { researchKit, SCOPE, type ResearchKit } from '../../support/research.js';

const HOUR_MS = 3_600_000;

let database: TestDatabase;
let upstream: ScriptedRegistry;
let kit: ResearchKit;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database.close();
});
beforeEach(async () => {
  upstream = await ScriptedRegistry.start();
  for (const { package: name, companions } of allCandidates)
    for (const one of [name, ...companions]) if (one !== undefined) publish(one, '1.2.3');
  kit = await researchKit(database, upstream);
  await kit.dataSource.query('DELETE FROM upstream_facts');
});
afterEach(async () => {
  await kit.close();
  await upstream.close();
});

const publish = (name: string, version: string) =>
  upstream.publish(name, { version, record: { license: 'MIT' }, files: { 'index.d.ts': '//' } });

const request = (category: Category): ResearchRequest => ({
  category,
  context: { projectType: 'web service', techStack: {}, requirements: ['Jobs survive a restart.'] },
  ecosystem: 'javascript',
  inUse: [],
  constraints: { licenses: [], engines: {}, forbidden: [], pinned: {} },
  maxOptions: 3,
});

/** What the registry is asked by a check of all that is due. */
async function checkAll(): Promise<ScriptedRegistry['calls']> {
  const before = upstream.calls.length;
  while (await kit.releases.next(HOUR_MS));
  return upstream.calls.slice(before);
}

/** A package of an option of the gap, researched and then left for two hours. */
async function researched(category: Category): Promise<string> {
  const { options } = await kit.research.research(SCOPE, request(category));
  const name = options.find(({ record }) => record !== undefined)?.record?.name;
  if (name === undefined) throw new Error(`no option of ${category} has a package`);
  kit.clock.forward(2);
  return name;
}

describe('a check of the releases of researched packages', () => {
  it('has what rests on a package researched anew after a new major version, and nothing else', async () => {
    const name = await researched('queue-jobs');
    await researched('orm-query');
    publish(name, '2.0.0');
    await checkAll();
    expect(await kit.research.cached(SCOPE, request('queue-jobs'))).toBeUndefined();
    expect(await kit.research.cached(SCOPE, request('orm-query'))).toBeDefined();
    const calls = upstream.calls.length;
    const anew = await kit.research.research(SCOPE, request('queue-jobs'));
    expect(anew.options.find(({ record }) => record?.name === name)?.record?.version).toBe('2.0.0');
    expect(upstream.calls.slice(calls).map(({ path }) => path)).not.toContain(`/${name}/latest`);
  });

  it('leaves the cache as it is after a minor version, whose record it stores', async () => {
    const name = await researched('queue-jobs');
    publish(name, '1.3.0');
    await checkAll();
    expect(await kit.research.cached(SCOPE, request('queue-jobs'))).toBeDefined();
    expect((await kit.registry.record(name)).stored?.record.version).toBe('1.3.0');
  });

  it('asks by ETag, and stores nothing where nothing changed', async () => {
    await researched('queue-jobs');
    const count = async () => (await kit.dataSource.query<unknown[]>('SELECT sha256 FROM evidence')).length;
    const before = await count();
    const calls = await checkAll();
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.every(({ status, ifNoneMatch }) => status === 304 && ifNoneMatch !== undefined)).toBe(true);
    expect(await count()).toBe(before);
  });

  it('asks for a package once in the given time, also when the registry refuses', async () => {
    await researched('queue-jobs');
    upstream.misbehave('*', { kind: 'status', status: 403 });
    expect((await checkAll()).length).toBeGreaterThan(0);
    upstream.behave();
    expect(await checkAll()).toEqual([]);
    kit.clock.forward(2);
    expect((await checkAll()).length).toBeGreaterThan(0);
  });

  it('is made once where two processes check at the same time', async () => {
    await researched('queue-jobs');
    const other = await researchKit(database, upstream);
    try {
      other.clock.forward(2);
      await other.research.research(SCOPE, request('queue-jobs'));
      const before = upstream.calls.length;
      const all = async ({ releases }: ResearchKit) => {
        while (await releases.next(HOUR_MS));
      };
      await Promise.all([all(kit), all(other)]);
      const paths = upstream.calls.slice(before).map(({ path }) => path);
      expect(paths.length).toBeGreaterThan(0);
      expect(new Set(paths).size).toBe(paths.length);
    } finally {
      await other.close();
    }
  });

  it('asks for nothing whose research has left the cache', async () => {
    await researched('queue-jobs');
    kit.clock.forward(48);
    expect(await checkAll()).toEqual([]);
  });
});
