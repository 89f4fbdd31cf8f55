import { allCandidates } from '../../../src/modules/research/catalogue/catalogue.js';
import { DEFAULT_CRITERIA } from '../../../src/modules/research/criteria/default-criteria.js';
import { checkCitation } from '../../../src/modules/research/research.service.js';
import { CATEGORIES, type Category, type ResearchRequest } from '../../../src/modules/research/research.types.js';
import { mintWorkspaceScope } from '../../../src/shared/database/workspace-scope.mint.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';
import { ScriptedRegistry } from '../../support/registry.js';
import { researchKit, SCOPE, type ResearchKit } from '../../support/research.js';

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
  publishAll();
  kit = await researchKit(database, upstream);
  await kit.dataSource.query('DELETE FROM upstream_facts');
});
afterEach(async () => {
  await kit.close();
  await upstream.close();
});

/** Every package the catalogue knows, with a record that has something to cite for each criterion, and its proof file. */
function publishAll(): void {
  for (const { package: name, companions, categoryNeed } of allCandidates) {
    for (const one of [name, ...companions].filter((found) => found !== undefined)) {
      upstream.publish(one, {
        version: '1.2.3',
        record: RECORD,
        files: { 'index.d.ts': 'export declare const x: 1;\n' },
      });
    }
    if (categoryNeed?.proof.kind !== 'file') continue;
    const { file, quote, package: owner = name } = categoryNeed.proof;
    if (owner !== undefined)
      upstream.publish(owner, {
        version: '1.2.3',
        record: RECORD,
        files: { [file]: `a\n${quote}\nb`, 'index.d.ts': '//' },
      });
  }
}

const RECORD = {
  license: 'MIT',
  engines: { node: '>=22' },
  main: 'index.js',
  dependencies: { express: '^5.0.0', '@scope/odd~name': '1.0.0-beta.2' },
  peerDependencies: { pg: '^8' },
};

const request = (category: Category, changes: Partial<ResearchRequest> = {}): ResearchRequest => ({
  category,
  context: {
    projectType: 'web service',
    techStack: { database: 'PostgreSQL' },
    requirements: ['Jobs survive a restart.'],
  },
  ecosystem: 'javascript',
  inUse: ['nodejs', 'postgresql'],
  constraints: { licenses: ['MIT'], engines: { node: '24.x' }, forbidden: [], pinned: {} },
  maxOptions: 5,
  ...changes,
});

describe('research of a gap', () => {
  it('cites nothing that the citation gate does not find, in all 24 categories', async () => {
    let citations = 0;
    for (const category of CATEGORIES) {
      const result = await kit.research.research(SCOPE, request(category));
      expect(result.degraded).toEqual([]);
      const stored = await kit.evidence.getMany(SCOPE, result.evidence);
      expect([...stored.keys()].sort()).toEqual(result.evidence);
      for (const option of result.options) {
        for (const citation of [...option.constraints, ...option.values].flatMap((part) => part.citations)) {
          citations += 1;
          expect(checkCitation(citation, stored.get(citation.evidence))).toBe('found');
        }
      }
    }
    expect(citations).toBeGreaterThan(100);
  });

  it('makes no call when it is asked again, nor after a restart, and gives the same answer', async () => {
    const first = await kit.research.research(SCOPE, request('queue-jobs'));
    const calls = upstream.calls.length;
    expect(calls).toBeGreaterThan(0);
    expect(await kit.research.cached(SCOPE, request('queue-jobs'))).toEqual(first);
    const restarted = await researchKit(database, upstream);
    try {
      expect(await restarted.research.cached(SCOPE, request('queue-jobs'))).toBeUndefined();
      expect(await restarted.research.research(SCOPE, request('queue-jobs'))).toEqual(first);
      expect(upstream.calls).toHaveLength(calls);
    } finally {
      await restarted.close();
    }
  });

  it('is one research for many who ask at the same time', async () => {
    const ask = () => kit.research.research(SCOPE, request('orm-query'));
    const answers = await Promise.all(Array.from({ length: 10 }, ask));
    expect(new Set(answers).size).toBe(1);
  });

  it('is not shared between workspaces, nor between requests that differ in anything that counts', async () => {
    await kit.research.research(SCOPE, request('queue-jobs'));
    const other = mintWorkspaceScope('00000000-0000-7000-8000-0000000000ff');
    expect(await kit.research.cached(other, request('queue-jobs'))).toBeUndefined();
    const changes: Partial<ResearchRequest>[] = [
      { ecosystem: 'python' },
      { inUse: [] },
      { maxOptions: 2 },
      { constraints: { licenses: [], engines: {}, forbidden: [], pinned: {} } },
      { context: { projectType: 'web service', techStack: {}, requirements: [] } },
    ];
    for (const change of changes)
      expect(await kit.research.cached(SCOPE, request('queue-jobs', change))).toBeUndefined();
    expect(await kit.research.cached(SCOPE, request('queue-jobs', { inUse: ['postgresql', 'nodejs'] }))).toBeDefined();
  });

  it('keeps to the catalogue’s order and to the limit', async () => {
    const all = await kit.research.research(SCOPE, request('queue-jobs', { maxOptions: 20 }));
    const two = await kit.research.research(SCOPE, request('queue-jobs', { maxOptions: 2 }));
    const order = kit.research.candidatesOf('javascript').filter((one) => one.category === 'queue-jobs');
    expect(two.options.map((option) => option.candidate.id).sort()).toEqual(
      order
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    );
    expect(all.options.length).toBeGreaterThan(2);
  });

  it('offers a built-in only beside what it is built into', async () => {
    const builtIn = allCandidates.find((one) => one.kind === 'built-in' && one.builtInto?.includes('postgresql'));
    if (builtIn === undefined) throw new Error('the catalogue has no feature of PostgreSQL');
    const ids = async (inUse: string[]) =>
      (await kit.research.research(SCOPE, request(builtIn.category, { inUse, maxOptions: 20 }))).options.map(
        (option) => option.candidate.id,
      );
    expect(await ids(['postgresql'])).toContain(builtIn.id);
    expect(await ids([])).not.toContain(builtIn.id);
  });

  it('goes on when one package fails: its facts are unknown and the source is named', async () => {
    upstream.misbehave('/pg-boss/latest', { kind: 'status', status: 500 });
    const result = await kit.research.research(SCOPE, request('queue-jobs'));
    const failed = result.options.find((option) => option.candidate.package === 'pg-boss');
    expect(failed).toMatchObject({ unknownBecause: expect.stringContaining('registry') });
    expect(failed?.values.find((value) => value.criterion === 'C3')).toMatchObject({ low: 0, high: 1 });
    expect(result.options.filter((option) => option.record !== undefined).length).toBeGreaterThan(0);
    expect(result.degraded).toHaveLength(1);
  });

  it('completes every category with unknown facts when the registry is away, after a handful of calls', async () => {
    upstream.misbehave('*', { kind: 'status', status: 503 });
    const results = await Promise.all(CATEGORIES.map((category) => kit.research.research(SCOPE, request(category))));
    for (const option of results.flatMap((result) => result.options)) {
      expect(option.record).toBeUndefined();
      if (option.candidate.package !== undefined) expect(option.unknownBecause).toBeDefined();
    }
    // One reason for all, so that a document about it does not depend on which call came first.
    expect(new Set(results.flatMap((result) => result.degraded)).size).toBe(1);
    // The breaker ends it: at most what was under way at once, and the few retries of the budget.
    expect(upstream.calls.length).toBeLessThanOrEqual(16 + 16);
  });

  it('heals soon after the registry is back', async () => {
    upstream.misbehave('*', { kind: 'status', status: 404 }).misbehave('/pg-boss/latest', { kind: 'garbage' });
    expect((await kit.research.research(SCOPE, request('queue-jobs', { maxOptions: 1 }))).degraded).toHaveLength(1);
    upstream.behave();
    kit.clock.forward(31 / 3600);
    expect((await kit.research.research(SCOPE, request('queue-jobs', { maxOptions: 1 }))).degraded).toEqual([]);
  });

  it('says that no registry is read for other ecosystems, and calls none', async () => {
    for (const ecosystem of ['python', 'java', 'go'] as const) {
      const result = await kit.research.research(SCOPE, request('framework-web', { ecosystem }));
      for (const option of result.options.filter((one) => one.candidate.ecosystem === ecosystem)) {
        expect(option.unknownBecause).toMatch(/is read/);
      }
    }
    expect(upstream.calls).toEqual([]);
  });

  it('survives records that are made to hurt', async () => {
    const hostile = {
      license: '('.repeat(5000),
      engines: { node: '>=' + '9'.repeat(5000) },
      exports: JSON.parse('{"__proto__":{"types":"x"},".":{"types":{"types":[1]}}}'),
      dependencies: { constructor: '1', toString: 'x'.repeat(10_000) },
    };
    for (const { package: name } of allCandidates)
      if (name !== undefined) upstream.publish(name, { version: '1.2.3', record: hostile });
    const result = await kit.research.research(SCOPE, request('queue-jobs'));
    expect(result.options.length).toBeGreaterThan(1);
    for (const value of result.options.flatMap((option) => option.values)) {
      expect(value.low).toBeGreaterThanOrEqual(0);
      expect(value.high).toBeLessThanOrEqual(1);
    }
  });

  it('is compared the same way each time', async () => {
    const asked = request('queue-jobs');
    const result = await kit.research.research(SCOPE, asked);
    const once = kit.research.compare(SCOPE, result, DEFAULT_CRITERIA, asked.context);
    expect(kit.research.compare(SCOPE, result, DEFAULT_CRITERIA, { ...asked.context })).toEqual(once);
  });
});
