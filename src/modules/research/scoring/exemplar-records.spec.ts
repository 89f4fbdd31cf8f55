import { candidatesFor } from '../catalogue/catalogue.js';
import { DEFAULT_CRITERIA } from '../criteria/default-criteria.js';
import type { PackageRecord } from '../research.types.js';
import { compare } from './compare.js';
import { constraintsOf } from './constraints.js';
import type { CandidateFacts, ScoringContext, StoredFile } from './scoring.types.js';
import { valuesOf } from './values.js';

/** The three records of the exemplar's G-1 as the registry gives them, cut to the fields that count. */
const RECORDS: readonly PackageRecord[] = [
  {
    name: 'pg-boss',
    version: '12.38.0',
    license: 'MIT',
    engines: { node: '>=22.12.0' },
    types: './dist/index.d.ts',
    dependencies: { 'cron-parser': '^5.5.0', pg: '^8.23.1', 'rrule-temporal': '^1.5.3', 'serialize-error': '^13.0.1' },
    peerDependencies: { '@opentelemetry/api': '^1.9.0' },
  },
  {
    name: 'bullmq',
    version: '6.7.0',
    license: 'MIT',
    engines: { node: '>=14.18.0' },
    types: './dist/esm/index.d.ts',
    dependencies: { 'cron-parser': '4', msgpackr: '2', 'node-abort-controller': '3', semver: '7', tslib: '2' },
    peerDependencies: { 'bullmq-otel': '*', ioredis: '>=5', pg: '>=8.0.0', redis: '>=5' },
    peerDependenciesMeta: {
      'bullmq-otel': { optional: true },
      ioredis: { optional: true },
      pg: { optional: true },
      redis: { optional: true },
    },
  },
  {
    name: 'graphile-worker',
    version: '0.18.0',
    license: 'MIT',
    engines: { node: '>=22.18.0' },
    dependencies: {
      '@graphile/logger': '^0.2.0',
      '@types/debug': '^4.1.10',
      '@types/pg': '^8.10.5',
      cosmiconfig: '^8.3.6',
      'graphile-config': '^0.0.1-beta.16',
      json5: '^2.2.3',
      pg: '^8.11.3',
      yargs: '^17.7.2',
    },
  },
];
const FILES: readonly StoredFile[] = [
  ['pg-boss', 'README.md', '* Create jobs in an existing db transaction'],
  ['graphile-worker', 'sql/000001.sql', 'create function :GRAPHILE_WORKER_SCHEMA.add_job('],
  ['graphile-worker', 'dist/index.d.ts', 'export { run } from "./runner";'],
].map(([name = '', path = '', body = '']) => ({ package: name, path, body, evidence: `file ${name}` }));

const context: ScoringContext = {
  inUse: ['nodejs', 'postgresql'],
  constraints: {
    licenses: ['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC'],
    engines: { node: '24.x' },
    forbidden: [],
    pinned: {},
  },
};
const replacements = { names: new Set(['cosmiconfig', 'semver', 'yargs']), evidence: 'list' };

function researched() {
  return RECORDS.map((record) => {
    const candidate = candidatesFor('queue-jobs', 'javascript').find(({ package: name }) => name === record.name)!;
    const files = FILES.filter((file) => file.package === record.name);
    const facts: CandidateFacts = { own: { record, evidence: `record ${record.name}` }, files, replacements };
    return {
      candidate,
      record,
      constraints: constraintsOf(candidate, facts, context),
      values: valuesOf(candidate, facts, context),
    };
  });
}

describe('from the records of the exemplar to its table', () => {
  it('gives the values that are printed there', () => {
    const shown = researched().map(({ values }) => values.map((value) => value.shown));
    expect(shown).toEqual([
      ['1', '1', '.83 (5)', '1', '1', '1', '1'],
      ['1', '[0,1]', '.8 (6)', '1', '1', '1', '.75 (semver)'],
      ['1', '1', '.73 (8)', '.25', '1', '1', '.5 (cosmiconfig, yargs)'],
    ]);
  });

  it('gives its scores and its verdict', () => {
    const { verdict, leader, options } = compare('queue-jobs', researched(), DEFAULT_CRITERIA, 0x83c65e74);
    expect([verdict, leader]).toEqual(['clear', 'queue-jobs/pg-boss']);
    expect(options.map(({ low, high, winShare }) => [low, high, winShare])).toEqual([
      [0.975, 0.975, 1],
      [0.745, 0.945, 0],
      [0.798, 0.798, 0],
    ]);
  });

  it('cites something stored for every value but the unknown ones and servers that no driver shows', () => {
    const bare = researched().flatMap(({ candidate, values }) =>
      values.filter(({ citations }) => citations.length === 0).map(({ criterion }) => `${candidate.id} ${criterion}`),
    );
    expect(bare).toEqual(['queue-jobs/bullmq C2']);
  });
});
