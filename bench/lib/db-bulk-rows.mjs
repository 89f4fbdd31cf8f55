import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cleanEnvironment } from '../../scripts/service.mjs';
import { root } from '../../scripts/build-if-stale.mjs';
import { built } from './cache-engine.mjs';
import { ownServer } from './database.mjs';
import { TEN_GAPS } from './scratch.mjs';

const resolver = createRequire(join(root, 'package.json'));
const own = (name) => import(pathToFileURL(resolver.resolve(name)).href);

const WORKSPACE_ID = '0192f0c1-7c1e-7d10-9a51-5b1f0f6c2a11';
/** Behind all others in each index, so that no side writes at the end of one, where PostgreSQL has a shorter way. */
const LAST_WORKSPACE = 'ffffffff-ffff-7fff-bfff-ffffffffffff';

/** Property → column of `sessions`; the columns that a new session has. */
const COLUMNS = {
  id: { type: 'uuid', primary: true },
  name: { type: 'text' },
  brief: { type: 'jsonb' },
  files: { type: 'jsonb' },
  options: { type: 'jsonb' },
  model: { type: 'text', nullable: true },
  status: { type: 'text' },
  phase: { type: 'text' },
  run: { type: 'int' },
  progress: { type: 'smallint' },
  priority: { type: 'smallint' },
  state: { type: 'jsonb' },
  error: { type: 'jsonb', nullable: true },
  createdAt: { type: 'timestamptz', name: 'created_at' },
  updatedAt: { type: 'timestamptz', name: 'updated_at' },
  startedAt: { type: 'timestamptz', name: 'started_at', nullable: true },
};
const PROPERTIES = Object.keys(COLUMNS);

export const COPY_COLUMNS = ['workspace_id', ...PROPERTIES.map((name) => COLUMNS[name].name ?? name)];
export const copyValues = (workspaceId) => (row) => [workspaceId, ...PROPERTIES.map((name) => row[name])];

const STATUSES = ['completed', 'completed', 'completed', 'running', 'awaiting_decision', 'failed', 'queued'];
const FIRST_MS = Date.UTC(2026, 0, 1);

/** A session of the brief of ten gaps, as it is stored; ids and times ascend. */
export function sessionRow(number, random = randomBytes(10).toString('hex')) {
  const createdAt = new Date(FIRST_MS + number * 1000);
  const time = createdAt.getTime().toString(16).padStart(12, '0');
  const status = STATUSES[number % STATUSES.length];
  return {
    id: `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-9${random.slice(3, 6)}-${random.slice(6, 18)}`,
    name: `Ticket resale ${number}`,
    brief: { ...TEN_GAPS.brief, number },
    files: [],
    options: { plan: 'auto', decisions: 'auto' },
    model: number % 3 === 0 ? null : 'claude-sonnet-4-5',
    status,
    phase: 'plan',
    run: 1,
    progress: number % 100,
    priority: (number % 10) + 1,
    state: {},
    error: status === 'failed' ? { code: 'upstream', message: 'The registry did not answer.' } : null,
    createdAt,
    updatedAt: createdAt,
    startedAt: status === 'queued' ? null : createdAt,
  };
}

/**
 * A server of the bench's own with the product's schema, its `sessions` empty, and the product's BulkService on the product's pool.
 * No checkpoint and no vacuum comes by itself.
 * @returns bulk, scope, Session (the entity), client (bare pg), workspace(id) → scope, empty(), bare(), calm(), settle()
 */
export async function openBulk(scratch) {
  const { default: pg } = await import('pg');
  const server = await ownServer(scratch);
  const url = await server.createDatabase('bulk');
  const { migrate } = await built('shared/database/migrate.js');
  await migrate({ url }, { root });
  await server.query(`ALTER SYSTEM SET max_wal_size = '16GB'`);
  await server.query(`ALTER SYSTEM SET checkpoint_timeout = '1h'`);
  await server.query('ALTER SYSTEM SET autovacuum = off');
  await server.query('SELECT pg_reload_conf()');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  scratch.onClean(() => client.end());
  const query = async (text, values) => (await client.query(text, values)).rows;
  const { mintWorkspaceScope } = await built('shared/database/workspace-scope.mint.js');
  const workspace = async (id) => {
    await query('INSERT INTO workspaces (id, name) VALUES ($1, $2)', [id, `bench ${id}`]);
    return mintWorkspaceScope(id);
  };
  const scope = await workspace(WORKSPACE_ID);
  await workspace(LAST_WORKSPACE);
  await addLast(client);
  return {
    ...(await openService(scratch, url)),
    scope,
    workspace,
    client,
    /** As after a checkpoint; the time of neither is measured. */
    empty: async () => {
      await query('TRUNCATE sessions CASCADE');
      await query('CHECKPOINT');
    },
    /** What was put off of the index of words: else one write pays for the others before it. */
    calm: () => query(`SELECT gin_clean_pending_list('idx_sessions_search')`),
    /** Without the indexes that are no keys, and without the words that one of them is made of. */
    bare: () =>
      query(`DO $$ DECLARE name regclass; BEGIN
        FOR name IN SELECT indexrelid FROM pg_index WHERE indrelid = 'sessions'::regclass AND NOT indisunique LOOP
          EXECUTE 'DROP INDEX ' || name;
        END LOOP;
        ALTER TABLE sessions DISABLE TRIGGER USER;
      END $$`),
    settle: async () => {
      await query('VACUUM (ANALYZE) sessions');
      await query('CHECKPOINT');
    },
  };
}

function addLast(client) {
  const values = copyValues(LAST_WORKSPACE)({ ...sessionRow(0), name: '\u{10ffff}', model: 'zzzz', status: 'running' });
  const places = values.map((_, at) => `$${at + 1}`).join(', ');
  const plain = (value) =>
    value !== null && typeof value === 'object' && !(value instanceof Date) ? JSON.stringify(value) : value;
  return client.query(`INSERT INTO sessions (${COPY_COLUMNS.join(', ')}) VALUES (${places})`, values.map(plain));
}

async function openService(scratch, url) {
  const { DataSource, EntitySchema } = await own('typeorm');
  const { loadConfig } = await built('config/load-config.js');
  const { BulkService } = await built('shared/database/bulk/bulk.service.js');
  const { dataSourceOptions } = await built('shared/database/data-source-options.js');
  const workspaceId = { type: 'uuid', name: 'workspace_id', primary: true };
  const Session = new EntitySchema({ name: 'Session', tableName: 'sessions', columns: { workspaceId, ...COLUMNS } });
  const config = loadConfig(cleanEnvironment({ LOG_LEVEL: 'silent', QUERY_SLOW_MS: '600000' }), root);
  const options = dataSourceOptions(config, url, () => undefined);
  const source = await new DataSource({ ...options, entities: [Session] }).initialize();
  scratch.onClean(() => source.destroy());
  return { bulk: new BulkService(source, config), Session, source };
}
