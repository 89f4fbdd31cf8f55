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
  kit = await researchKit(database, upstream, { deadlineMs: 1_500, attemptMs: 400, largeDeadlineMs: 1_500 });
  await kit.dataSource.query('DELETE FROM upstream_facts');
});
afterEach(async () => {
  await kit.close();
  await upstream.close();
});

const PG_BOSS = {
  version: '12.38.0',
  record: {
    type: 'module',
    license: 'MIT',
    main: './dist/index.js',
    types: './dist/index.d.ts',
    engines: { node: '>=22.12.0' },
    dependencies: { 'cron-parser': '^5.10.2', pg: '^8.23.1', 'rrule-temporal': '^2.2.8', 'serialize-error': '^13.0.2' },
    peerDependencies: { '@opentelemetry/api': '^1.9.0' },
    scripts: { test: 'not kept' },
  },
  files: { 'README.md': 'Create jobs in an existing db transaction', 'dist/index.js': '' },
};

describe('facts of a package', () => {
  it('become evidence whose hash depends on the twelve kept fields alone', async () => {
    upstream.publish('pg-boss', PG_BOSS);
    const fact = await kit.registry.record('pg-boss');
    expect(fact.stored?.evidence).toMatch(/^3895f10fdb0e/);
    const piece = await kit.evidence.get(SCOPE, fact.stored?.evidence ?? '');
    expect(piece).toMatchObject({
      title: 'record pg-boss 12.38.0',
      source: 'registry',
      url: `${upstream.url}pg-boss/latest`,
      subject: { name: 'pg-boss', version: '12.38.0' },
    });
    expect(piece.body).not.toContain('scripts');
  });

  it('are asked once: not again while fresh, not by a second process, and by ETag after a day', async () => {
    upstream.publish('pg-boss', PG_BOSS);
    await kit.registry.record('pg-boss');
    await kit.registry.record('pg-boss');
    const restarted = await researchKit(database, upstream);
    try {
      expect((await restarted.registry.record('pg-boss')).stored?.record.version).toBe('12.38.0');
      expect(upstream.calls).toHaveLength(1);
      restarted.clock.forward(25);
      expect((await restarted.registry.record('pg-boss')).stored?.record.version).toBe('12.38.0');
      expect(upstream.calls.at(-1)).toMatchObject({ status: 304, ifNoneMatch: expect.any(String) });
      await restarted.registry.record('pg-boss');
      expect(upstream.calls).toHaveLength(2);
    } finally {
      await restarted.close();
    }
  });

  it('are renewed when a new version is out, and the old evidence stays', async () => {
    upstream.publish('pg-boss', PG_BOSS);
    const before = await kit.registry.record('pg-boss');
    upstream.publish('pg-boss', { ...PG_BOSS, version: '13.0.0' });
    kit.clock.forward(25);
    const after = await kit.registry.record('pg-boss');
    expect(after.stored?.record.version).toBe('13.0.0');
    const both = [before, after].map((fact) => fact.stored?.evidence ?? '');
    expect((await kit.evidence.getMany(SCOPE, both)).size).toBe(2);
  });

  it('are fetched by one call however many gaps ask at the same time', async () => {
    upstream.publish('pg-boss', PG_BOSS);
    await Promise.all(Array.from({ length: 20 }, () => kit.registry.record('pg-boss')));
    expect(upstream.calls).toHaveLength(1);
  });

  it('come from the full record when the registry knows no /latest', async () => {
    upstream.publish('@acme/queue', { version: '2.0.0', record: { license: 'MIT' } });
    upstream.latestRoute = false;
    expect((await kit.registry.record('@acme/queue')).stored?.record).toEqual({
      license: 'MIT',
      name: '@acme/queue',
      version: '2.0.0',
    });
    expect(upstream.calls.map((call) => call.path)).toEqual(['/@acme/queue/latest', '/@acme/queue']);
  });

  it('are unknown, not degraded, for a package that does not exist, and that is remembered for an hour', async () => {
    const fact = await kit.registry.record('no-such-package');
    expect(fact).toEqual({ reason: 'the registry does not know no-such-package', degraded: false });
    const calls = upstream.calls.length;
    await kit.registry.record('no-such-package');
    expect(upstream.calls).toHaveLength(calls);
    kit.clock.forward(2);
    upstream.publish('no-such-package', { version: '1.0.0' });
    expect((await kit.registry.record('no-such-package')).stored?.record.version).toBe('1.0.0');
  });

  it.each([
    ['hangs', { kind: 'hang' }],
    ['drips', { kind: 'drip' }],
    ['answers 500', { kind: 'status', status: 500 }],
    ['asks for a pause of an hour', { kind: 'status', status: 429, retryAfter: '3600' }],
    ['sends garbage', { kind: 'garbage' }],
    ['sends 70 MB', { kind: 'huge', bytes: 70_000_000 }],
    ['redirects elsewhere', { kind: 'redirect', location: 'http://127.0.0.1:1/' }],
    ['refuses the token', { kind: 'status', status: 401 }],
  ] as const)(
    'are unknown with a reason when the registry %s, without an address in the reason',
    async (_what, fault) => {
      upstream.misbehave('*', fault);
      const fact = await kit.registry.record('pg-boss');
      expect(fact.stored).toBeUndefined();
      expect(fact.degraded).toBe(true);
      expect(fact.reason).toMatch(/registry/);
      expect(fact.reason).not.toMatch(/127\.0\.0\.1/);
    },
  );

  it('stay usable from the store when the registry no longer answers, and that is said', async () => {
    upstream.publish('pg-boss', PG_BOSS);
    await kit.registry.record('pg-boss');
    kit.clock.forward(48);
    upstream.misbehave('*', { kind: 'status', status: 500 });
    const fact = await kit.registry.record('pg-boss');
    expect(fact.stored?.record.version).toBe('12.38.0');
    expect(fact).toMatchObject({ degraded: true, reason: expect.stringContaining('stored record of pg-boss is used') });
  });

  it('are not believed when the record is of another package', async () => {
    upstream.publish('pg-boss', { ...PG_BOSS, record: { ...PG_BOSS.record, name: 'evil' } });
    expect(await kit.registry.record('pg-boss')).toMatchObject({ degraded: true });
  });
});

describe('single files of a package', () => {
  it('become evidence, are fetched once for ever, and an absent file is remembered', async () => {
    upstream.publish('pg-boss', PG_BOSS);
    const fact = await kit.registry.record('pg-boss');
    const first = await kit.registry.files(fact, ['README.md', 'none.txt']);
    expect(first.files).toMatchObject([{ package: 'pg-boss', path: 'README.md', body: PG_BOSS.files['README.md'] }]);
    const piece = await kit.evidence.get(SCOPE, first.files[0]?.evidence ?? '');
    expect(piece).toMatchObject({
      title: 'pg-boss 12.38.0 README.md',
      subject: { name: 'pg-boss', version: '12.38.0' },
    });
    kit.clock.forward(24 * 365);
    const again = await kit.registry.files(fact, ['README.md', 'none.txt']);
    expect(again).toEqual(first);
    expect(upstream.calls.filter((call) => call.path.endsWith('.tgz'))).toHaveLength(1);
  });

  it('say why they are missing when the archive is broken', async () => {
    upstream.publish('pg-boss', PG_BOSS).misbehave('/pg-boss/-/pg-boss-12.38.0.tgz', { kind: 'garbage' });
    const fact = await kit.registry.record('pg-boss');
    expect(await kit.registry.files(fact, ['README.md'])).toEqual({
      files: [],
      reason: expect.stringContaining('registry'),
    });
  });
});

describe('data sets', () => {
  it('are evidence byte for byte, with facts that pass the citation gate', async () => {
    await kit.datasets.store();
    const pieces = kit.datasets.all();
    expect(
      (
        await kit.evidence.getMany(
          SCOPE,
          pieces.map(({ sha256 }) => sha256),
        )
      ).size,
    ).toBe(3);
    expect(kit.datasets.nodeSchedule().releases.get('v24')).toMatchObject({ end: '2028-04-30', codename: 'Krypton' });
    const express = kit.datasets.replacementsFor('express');
    const mit = kit.datasets.licenceRating('MIT');
    expect(mit?.value).toBe('Silver');
    expect(kit.datasets.licenceRating('No-Such')).toBeUndefined();
    for (const fact of [express, mit]) {
      if (fact === undefined) throw new Error('the data set lost a fact');
      expect(await kit.evidence.check(SCOPE, fact.citation)).toBe('found');
    }
  });
});
