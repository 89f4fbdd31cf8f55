import type { Candidate } from '../research.types.js';
import { listed, npm, quoted } from './candidate-builder.js';

/** Databases, each through the driver by which a service reaches it. */
export const DATABASE_PRIMARY: readonly Candidate[] = [
  npm(
    'database-primary',
    'pg',
    'PostgreSQL',
    {
      names: ['postgresql', 'postgres', 'pg'],
      needsServers: ['postgresql'],
      companions: ['@types/pg'],
      // A typed client of the database lists the isolation levels its transactions can be given.
      categoryNeed: quoted(
        1,
        'pg-core/session.d.ts',
        "isolationLevel?: 'read uncommitted' | 'read committed' | 'repeatable read' | 'serializable';",
        'drizzle-orm',
      ),
      brings: ['queues, schedules, search and row-level rules can live in it too'],
    },
    'postgresql',
  ),
  npm(
    'database-primary',
    'mysql2',
    'MySQL',
    {
      names: ['mysql', 'mariadb', 'mysql2'],
      needsServers: ['mysql'],
      categoryNeed: quoted(1, 'promise.d.ts', 'beginTransaction(): Promise<void>;'),
    },
    'mysql',
  ),
  npm(
    'database-primary',
    'mongodb',
    'MongoDB',
    {
      names: ['mongodb', 'mongo'],
      needsServers: ['mongodb'],
      categoryNeed: quoted(1, 'mongodb.d.ts', 'withTransaction<T = any>(fn: WithTransactionCallback<T>'),
      brings: ['transactions over several collections need a replica set'],
    },
    'mongodb',
  ),
  npm(
    'database-primary',
    'better-sqlite3',
    'SQLite',
    {
      names: ['sqlite', 'sqlite3', 'better-sqlite3'],
      companions: ['@types/better-sqlite3'],
      // One writer at a time, and no second machine.
      categoryNeed: quoted(
        0,
        'README.md',
        'If you expect a high volume of concurrent writes (i.e., a social media site)',
      ),
      brings: ['no server; one machine, one writer'],
    },
    'sqlite',
  ),
  ...listed(
    'database-primary',
    'python',
    ['psycopg', 'PostgreSQL (psycopg)', { names: ['postgresql', 'postgres', 'psycopg'], needsServers: ['postgresql'] }],
    ['pymysql', 'MySQL (PyMySQL)', { names: ['mysql', 'mariadb', 'pymysql'], needsServers: ['mysql'] }],
    ['pymongo', 'MongoDB (PyMongo)', { names: ['mongodb', 'mongo', 'pymongo'], needsServers: ['mongodb'] }],
  ),
  ...listed(
    'database-primary',
    'java',
    ['org.postgresql:postgresql', 'PostgreSQL', { names: ['postgresql', 'postgres'], needsServers: ['postgresql'] }],
    ['com.mysql:mysql-connector-j', 'MySQL', { names: ['mysql', 'mariadb'], needsServers: ['mysql'] }],
  ),
  ...listed(
    'database-primary',
    'go',
    [
      'github.com/jackc/pgx/v5',
      'PostgreSQL',
      { names: ['postgresql', 'postgres', 'pgx'], needsServers: ['postgresql'] },
    ],
    ['github.com/go-sql-driver/mysql', 'MySQL', { names: ['mysql', 'mariadb'], needsServers: ['mysql'] }],
  ),
];
