import type { Candidate } from '../research.types.js';
import { listed, npm, quoted } from './candidate-builder.js';

export const MIGRATIONS: readonly Candidate[] = [
  npm('migrations', 'node-pg-migrate', 'node-pg-migrate', {
    needsServers: ['postgresql'],
    categoryNeed: quoted(
      1,
      'dist/bundle/index.d.ts',
      'when the migration advisory lock is already held by another process',
    ),
    brings: ['migrations in SQL or code, run by its own command'],
  }),
  npm(
    'migrations',
    'kysely',
    "Kysely's migrator",
    {
      names: ["kysely's migrator", 'kysely migrator', 'kysely migrations'],
      companions: ['pg'],
      needsOneServerOf: ['postgresql', 'mysql', 'sqlite', 'mssql'],
      categoryNeed: quoted(
        1,
        'dist/dialect/dialect-adapter.d.ts',
        'acquireMigrationLock(db: Kysely<any>, options: MigrationLockOptions): Promise<void>;',
      ),
      brings: ['no further package when Kysely is the query builder'],
    },
    'kysely-migrator',
  ),
  npm('migrations', 'umzug', 'Umzug', {
    needsOneServerOf: ['postgresql', 'mysql', 'sqlite', 'mssql', 'mongodb'],
    // A lock in the file system holds processes of one machine apart, not of two.
    categoryNeed: quoted(0.5, 'README.md', 'to implement a simple filesystem-based locking mechanism.'),
    brings: ['only the order of migrations: storage and lock are written by the team'],
  }),
  npm('migrations', 'drizzle-kit', 'Drizzle Kit', {
    names: ['drizzle-kit', 'drizzle kit'],
    companions: ['drizzle-orm'],
    needsOneServerOf: ['postgresql', 'mysql', 'sqlite'],
    brings: ['migrations are generated from the schema in TypeScript'],
  }),
  npm(
    'migrations',
    'prisma',
    'Prisma Migrate',
    {
      names: ['prisma migrate'],
      needsOneServerOf: ['postgresql', 'mysql', 'sqlite', 'mssql'],
      brings: ['migrations are generated from the Prisma schema'],
    },
    'prisma-migrate',
  ),
  ...listed(
    'migrations',
    'python',
    ['alembic', 'Alembic'],
    ['yoyo-migrations', 'yoyo', { names: ['yoyo-migrations'] }],
  ),
  ...listed(
    'migrations',
    'java',
    ['org.flywaydb:flyway-core', 'Flyway'],
    ['org.liquibase:liquibase-core', 'Liquibase'],
  ),
  ...listed(
    'migrations',
    'go',
    ['github.com/golang-migrate/migrate/v4', 'golang-migrate'],
    ['github.com/pressly/goose/v3', 'goose', { names: ['pressly goose', 'github.com/pressly/goose/v3'] }],
  ),
];
