import type { Candidate, CriterionId, PackageRecord } from '../research.types.js';
import type { CandidateFacts, ScoringContext } from './scoring.types.js';
import { contradictedServers } from './servers.js';
import { packagesOf, valuesOf } from './values.js';

const HASH = 'b'.repeat(64);
const LIST = 'c'.repeat(64);
const FILE = 'd'.repeat(64);
const base: Candidate = {
  id: 'queue-jobs/sample',
  category: 'queue-jobs',
  ecosystem: 'javascript',
  label: 'Sample',
  kind: 'package',
  package: 'sample',
  names: ['sample'],
  needsServers: [],
  companions: [],
  notes: [],
};
const context: ScoringContext = {
  inUse: ['postgresql'],
  constraints: { licenses: [], engines: { node: '24.x' }, forbidden: [], pinned: {} },
};
const facts = (record: Partial<PackageRecord>, more: Partial<CandidateFacts> = {}): CandidateFacts => ({
  own: { record: { name: 'sample', version: '1.2.3', ...record }, evidence: HASH },
  replacements: { names: new Set(['express', 'semver', 'glob', 'yargs', 'cosmiconfig', 'sample-old']), evidence: LIST },
  ...more,
});
const value = (id: CriterionId, candidate: Candidate, given: CandidateFacts, where = context) =>
  valuesOf(candidate, given, where).find(({ criterion }) => criterion === id)!;
const point = (id: CriterionId, candidate: Candidate, given: CandidateFacts) => {
  const { low, high } = value(id, candidate, given);
  return low === high ? low : [low, high];
};

describe('C1 new servers', () => {
  it('counts only servers that are not in use, and a choice of servers once', () => {
    expect(point('C1', { ...base, needsServers: ['postgresql'] }, facts({}))).toBe(1);
    expect(point('C1', { ...base, needsServers: ['redis'] }, facts({}))).toBe(0.5);
    expect(point('C1', { ...base, needsServers: ['redis', 'kafka'] }, facts({}))).toBe(0);
    expect(point('C1', { ...base, needsOneServerOf: ['redis', 'postgresql'] }, facts({}))).toBe(1);
    expect(point('C1', { ...base, needsOneServerOf: ['redis', 'mysql'] }, facts({}))).toBe(0.5);
  });

  it('cites the driver by which the record shows the server', () => {
    const given = facts({ dependencies: { pg: '^8.23.1' } });
    expect(value('C1', { ...base, needsServers: ['postgresql'] }, given).citations).toEqual([
      { evidence: HASH, pointer: '/dependencies/pg', value: '^8.23.1' },
    ]);
  });

  it('finds a catalogue entry that the record contradicts', () => {
    const either = { ...base, needsOneServerOf: ['redis', 'postgresql'] };
    const old = { name: 'bullmq', version: '5.80.0', dependencies: { ioredis: '5.10.1' } };
    const current = { name: 'bullmq', version: '6.7.0', peerDependencies: { ioredis: '>=5' } };
    expect(contradictedServers(either, old)).toEqual(['redis']);
    expect(contradictedServers(either, current)).toEqual([]);
    expect(contradictedServers({ ...base, needsServers: ['redis'] }, old)).toEqual([]);
    const bringsAll = { name: 'prisma', version: '7.10.1', dependencies: { mysql2: '3', postgres: '3' } };
    expect(contradictedServers({ ...base, needsOneServerOf: ['postgresql', 'mysql'] }, bringsAll)).toEqual([]);
    expect(contradictedServers(base, bringsAll)).toEqual(['mysql', 'postgresql']);
  });
});

describe('C2 category need', () => {
  const byRecord: Candidate = {
    ...base,
    categoryNeed: { value: 0.5, proof: { kind: 'record', pointer: '/exports/.~1validator' } },
  };
  const byFile: Candidate = {
    ...base,
    categoryNeed: { value: 1, proof: { kind: 'file', file: 'README.md', quote: 'in an existing db transaction' } },
  };
  const file = (body: string, name = 'sample') => ({ package: name, path: 'README.md', evidence: FILE, body });

  it('counts when the record has the pointer, and cites the first scalar below it', () => {
    const given = facts({ exports: { './validator': { types: './v.d.ts', import: './v.js' } } });
    expect(value('C2', byRecord, given)).toMatchObject({
      low: 0.5,
      high: 0.5,
      citations: [{ evidence: HASH, pointer: '/exports/.~1validator/import', value: './v.js' }],
    });
  });

  it('is unknown when the current release no longer bears it', () => {
    expect(point('C2', byRecord, facts({ exports: {} }))).toEqual([0, 1]);
    expect(point('C2', byFile, facts({}, { files: [file('Jobs, now elsewhere')] }))).toEqual([0, 1]);
    expect(point('C2', byFile, facts({}))).toEqual([0, 1]);
  });

  it('counts when the file of the right package has the words, whatever its line breaks', () => {
    expect(point('C2', byFile, facts({}, { files: [file('Create jobs in an existing\n  db transaction')] }))).toBe(1);
    expect(point('C2', byFile, facts({}, { files: [file('in an existing db transaction', 'other')] }))).toEqual([0, 1]);
  });
});

describe('C3 packages taken on', () => {
  it('counts dependencies, required peers and companions, each name once', () => {
    const record = {
      name: 'sample',
      version: '1.0.0',
      dependencies: { a: '1', b: '1' },
      peerDependencies: { c: '1', d: '1' },
      peerDependenciesMeta: { d: { optional: true } },
      optionalDependencies: { e: '1' },
    };
    const candidate = { ...base, companions: ['pg', 'a'] };
    expect(packagesOf(candidate, record)).toEqual(['a', 'b', 'c', 'pg']);
    const { shown, low } = value('C3', candidate, facts(record));
    expect(low).toBeCloseTo(1 - 4 / 30, 12);
    expect(shown).toBe('.87 (4)');
  });

  it('is 0 from 30 on', () => {
    const dependencies = Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`p${index}`, '1']));
    expect(point('C3', base, facts({ dependencies }))).toBe(0);
  });
});

describe('C4 release line', () => {
  it.each([
    ['12.38.0', {}, 1],
    ['0.29.9', {}, 0.5],
    ['2.0.0-rc.1', {}, 0.5],
    ['0.18.0', { 'graphile-config': '^0.0.1-beta.16' }, 0.25],
    ['1.0.0', { x: '^4 || ^5.0.0-0' }, 1],
    ['1.0.0', { x: 'workspace:*' }, 1],
  ])('%s with %j gives %s', (version, dependencies, expected) => {
    expect(point('C4', base, facts({ version, dependencies }))).toBe(expected);
  });
});

describe('C5 types', () => {
  it('believes the types field and a declaration that exports resolve to', () => {
    expect(point('C5', base, facts({ types: './index.d.ts' }))).toBe(1);
    expect(point('C5', base, facts({ exports: { '.': { import: { types: './a.d.mts', default: './a.mjs' } } } }))).toBe(
      1,
    );
    expect(point('C5', base, facts({ exports: { types: './a.d.ts', default: './a.js' } }))).toBe(1);
  });

  it('does not take a key for old compilers, nor another entry, as proof', () => {
    expect(point('C5', base, facts({ exports: { '.': { 'types@<5.4': './old.d.ts', import: './a.js' } } }))).toEqual([
      0, 1,
    ]);
    expect(point('C5', base, facts({ exports: { './x': { types: './x.d.ts' } } }))).toEqual([0, 1]);
    expect(point('C5', base, facts({}))).toEqual([0, 1]);
  });

  it('believes a declaration file that was looked up, and the @types companion', () => {
    const files = [{ package: 'sample', path: 'dist/a.d.ts', evidence: FILE, body: '\nexport {};\n' }];
    expect(value('C5', base, facts({}, { files })).citations).toEqual([{ evidence: FILE, quote: 'export {};' }]);
    const typesPackage = { record: { name: '@types/sample', version: '1.0.0' }, evidence: FILE };
    expect(point('C5', base, facts({}, { typesPackage }))).toBe(1);
  });
});

describe('C6 engine range and C7 named replacements', () => {
  it('C6: contained 1, not declared or in part unknown, disjoint 0', () => {
    expect(point('C6', base, facts({ engines: { node: '>=22' } }))).toBe(1);
    expect(point('C6', base, facts({}))).toEqual([0, 1]);
    expect(point('C6', base, facts({ engines: { node: '>=24.5' } }))).toEqual([0, 1]);
    expect(point('C6', base, facts({ engines: { node: '^20' } }))).toBe(0);
  });

  it('C7: named itself 0, each hit among dependencies a quarter, with the entry of the list cited', () => {
    expect(point('C7', base, facts({ name: 'express' }))).toBe(0);
    expect(value('C7', base, facts({ dependencies: { yargs: '1', cosmiconfig: '1', pg: '1' } }))).toMatchObject({
      low: 0.5,
      shown: '.5 (cosmiconfig, yargs)',
      citations: [
        { evidence: LIST, pointer: '/mappings/cosmiconfig/moduleName', value: 'cosmiconfig' },
        { evidence: LIST, pointer: '/mappings/yargs/moduleName', value: 'yargs' },
      ],
    });
    expect(point('C7', base, facts({}))).toBe(1);
  });

  it('without the list C7 is unknown, not 1', () => {
    const { own } = facts({});
    expect(point('C7', base, { own })).toEqual([0, 1]);
  });
});

describe('which criteria apply', () => {
  const ids = (candidate: Candidate, where = context) =>
    valuesOf(candidate, {}, where).map(({ criterion }) => criterion);

  it('an option without package has only C1 and C2', () => {
    expect(ids({ ...base, kind: 'built-in', package: undefined })).toEqual(['C1', 'C2']);
  });

  it('npm criteria are not asked of other ecosystems, nor C6 when no range is wanted', () => {
    expect(ids({ ...base, ecosystem: 'go' })).toEqual(['C1', 'C2', 'C3', 'C4']);
    expect(ids(base, { ...context, constraints: { ...context.constraints, engines: {} } })).not.toContain('C6');
  });

  it('without a record all package criteria are unknown: nothing missing reads as good', () => {
    const unknown = valuesOf(base, {}, context).filter(({ criterion }) => criterion !== 'C1');
    expect(unknown.every(({ low, high, citations }) => low === 0 && high === 1 && citations.length === 0)).toBe(true);
  });
});
