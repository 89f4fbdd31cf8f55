import type { Candidate } from '../research.types.js';
import { builtIn, CHECKED, listed, npm, quoted } from './candidate-builder.js';

export const ANALYTICS: readonly Candidate[] = [
  builtIn('analytics', 'postgresql', 'PostgreSQL views and materialised views', ['postgresql'], {
    names: ['materialized view', 'materialised view', 'materialized views', 'materialised views'],
    // A materialised view is a query over the tables of the same database.
    categoryNeed: quoted(1, 'pg-core/view.d.ts', 'export declare class MaterializedViewBuilder', 'drizzle-orm'),
    brings: [
      'long questions compete with the transactions: a replica or a time limit',
      'refreshed by a schedule: say how old an answer may be',
    ],
  }),
  npm('analytics', '@clickhouse/client', 'ClickHouse', {
    needsServers: ['clickhouse'],
    brings: ['events are copied, and corrected in two places'],
    storesPersonalData: 'copies of events',
    serverLicense: { spdx: 'Apache-2.0', url: 'https://github.com/ClickHouse/ClickHouse', date: CHECKED },
  }),
  npm('analytics', '@duckdb/node-api', 'DuckDB', {
    names: ['duckdb', '@duckdb/node-api'],
    brings: ['runs inside one process, over files: exports must be written and deleted'],
    storesPersonalData: 'exported files',
  }),
  npm('analytics', 'posthog-node', 'PostHog', {
    rented: true,
    names: ['posthog', 'posthog-node'],
    brings: ['events of users go to a provider or a server of its own'],
    storesPersonalData: 'events of users, with the provider',
  }),
  ...listed(
    'analytics',
    'python',
    ['duckdb', 'DuckDB'],
    ['clickhouse-connect', 'ClickHouse', { needsServers: ['clickhouse'] }],
  ),
  ...listed(
    'analytics',
    'java',
    ['org.duckdb:duckdb_jdbc', 'DuckDB'],
    ['com.clickhouse:client-v2', 'ClickHouse', { needsServers: ['clickhouse'] }],
  ),
  ...listed(
    'analytics',
    'go',
    ['github.com/marcboeker/go-duckdb/v2', 'DuckDB'],
    ['github.com/ClickHouse/clickhouse-go/v2', 'ClickHouse', { needsServers: ['clickhouse'] }],
  ),
];
