/** Records of packages and two data sets as the registry and the packages gave them, reduced to the fields the tests use. */
import type { EvidencePiece, PackageRecord } from '../../research/research.types.js';
import { canonicalJson, sha256Of } from '../../../shared/canonical-json/canonical-json.js';

export const FIXTURE_DATE = '2026-11-21';

export function piece(
  source: EvidencePiece['source'],
  title: string,
  body: string,
  subject?: EvidencePiece['subject'],
): EvidencePiece {
  const known = {
    sha256: sha256Of(body),
    source,
    title,
    mediaType: 'application/json',
    body,
    fetchedAt: `${FIXTURE_DATE}T08:00:00Z`,
  };
  return subject ? { ...known, subject } : known;
}

function recordPiece(record: PackageRecord): EvidencePiece {
  const subject = { name: record.name, version: record.version };
  return piece('registry', `record ${record.name} ${record.version}`, canonicalJson(record), subject);
}

export const RECORDS: Readonly<Record<string, PackageRecord>> = {
  'pg-boss': {
    name: 'pg-boss',
    version: '12.38.0',
    license: 'MIT',
    engines: { node: '>=22.12.0' },
    type: 'module',
    exports: { '.': { types: './dist/index.d.ts', import: './dist/index.js' } },
    dependencies: { pg: '^8.23.1', 'cron-parser': '^5.0.0' },
    peerDependencies: { '@opentelemetry/api': '^1.9.0' },
  },
  bullmq: {
    name: 'bullmq',
    version: '6.7.0',
    license: 'MIT',
    engines: { node: '>=14.18.0' },
    main: './dist/cjs/index.js',
    dependencies: { semver: '^7.7.1', 'cron-parser': '^4.9.0' },
    peerDependencies: { ioredis: '>=5', pg: '>=8.0.0' },
    peerDependenciesMeta: { ioredis: { optional: true }, pg: { optional: true } },
  },
  kysely: {
    name: 'kysely',
    version: '0.29.9',
    license: 'MIT',
    engines: { node: '>=22.0.0' },
    type: 'module',
    exports: { '.': './dist/index.js' },
    peerDependencies: { pg: '^8.0.0' },
  },
  'drizzle-orm': { name: 'drizzle-orm', version: '0.45.4', license: 'Apache-2.0', main: './index.cjs' },
  stripe: { name: 'stripe', version: '23.1.0', license: 'MIT', engines: { node: '>=20' }, main: './cjs/index.js' },
  '@mollie/api-client': {
    name: '@mollie/api-client',
    version: '4.6.0',
    license: 'BSD-3-Clause',
    engines: { node: '>=8' },
    main: './dist/index.cjs.js',
    dependencies: { 'node-fetch': '^2.7.0' },
  },
  nodemailer: {
    name: 'nodemailer',
    version: '10.6.0',
    license: 'MIT-0',
    engines: { node: '>=6.0.0' },
    main: 'lib/nodemailer.js',
  },
  '@aws-sdk/client-sesv2': {
    name: '@aws-sdk/client-sesv2',
    version: '3.1169.0',
    license: 'Apache-2.0',
    engines: { node: '>=20.0.0' },
    main: './dist-cjs/index.js',
  },
};

export const PIECES = new Map(Object.entries(RECORDS).map(([name, record]) => [name, recordPiece(record)]));
export const README = piece(
  'page',
  'pg-boss 12.38.0 README.md',
  'Create jobs in an existing db transaction. More words.',
);
export const SCHEDULE = piece(
  'dataset',
  'node-releases 2.0.65, release-schedule.json',
  canonicalJson({
    v24: { lts: '2025-10-28', maintenance: '2026-10-20', end: '2028-04-30' },
    v26: { end: '2029-04-30' },
  }),
);
export const REPLACEMENTS = piece(
  'dataset',
  'module-replacements 3.4.0, preferred.json',
  canonicalJson({ mappings: { 'node-fetch': { moduleName: 'node-fetch' }, semver: { moduleName: 'semver' } } }),
);
