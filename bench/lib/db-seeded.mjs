import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { root } from '../../scripts/build-if-stale.mjs';
import { seedSessions } from '../../scripts/seed-sessions.mjs';
import { otherMajor, startServer } from './database.mjs';

export const WORKSPACE = '00000000-0000-7000-8000-000000000001';
export const MANY = 1_000_000;
export const FEW = 50_000;
/** Of what npm run seed makes: a database of another version is left, and made anew beside it. */
const DATA_VERSION = 2;

const dist = (path) => import(pathToFileURL(join(root, 'dist', 'src', path)).href);

/**
 * A database with as many sessions, kept between runs: in bench/.data by the embedded server or the one of
 * BENCH_POSTGRES_BIN, or that of BENCH_DATABASE_URL, whose role may make tables. A run that was interrupted goes on where it was.
 * @returns { owner: client of the owner, source: a data source as repositories take it, scope }
 */
export async function seeded(scratch, { quick, say }) {
  const sessions = quick ? FEW : MANY;
  const url = await serverOf(scratch, sessions);
  const owner = new pg.Client(url);
  owner.on('error', () => undefined);
  await owner.connect();
  scratch.onClean(() => owner.end());
  await fill(owner, sessions, say);
  const { DataSource } = await import('typeorm');
  const source = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
  scratch.onClean(() => source.destroy());
  const { mintWorkspaceScope } = await dist('shared/database/workspace-scope.mint.js');
  return { owner, source, scope: mintWorkspaceScope(WORKSPACE) };
}

async function serverOf(scratch, sessions) {
  const { migrate } = await dist('shared/database/migrate.js');
  if (process.env.BENCH_DATABASE_URL) {
    await migrate({ url: process.env.BENCH_DATABASE_URL }, { root });
    return process.env.BENCH_DATABASE_URL;
  }
  const major = otherMajor();
  const version = `-v${DATA_VERSION}${major ? `-postgresql-${major}` : ''}`;
  const folder = join(root, 'bench', '.data', `sessions-${sessions}${version}`);
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  const server = await startServer(folder);
  scratch.onClean(() => server.stop());
  await migrate({ url: server.ownerUrl }, { root });
  return server.ownerUrl;
}

async function fill(owner, sessions, say) {
  const { rows } = await owner.query('SELECT count(*)::int AS n FROM sessions WHERE workspace_id = $1', [WORKSPACE]);
  if (rows[0].n > sessions) throw new Error(`the database has ${rows[0].n} sessions already: give an empty one`);
  if (rows[0].n < sessions) {
    say(`${sessions - rows[0].n} sessions are made, once`);
    const startedAt = performance.now();
    await seedSessions(owner, { sessions, children: 0.01, workspaceId: WORKSPACE }, (done) => {
      const seconds = Math.round((performance.now() - startedAt) / 1000);
      if (done % 100_000 === 0) say(`${done} of ${sessions} after ${seconds} s`);
    });
    await owner.query('VACUUM ANALYZE');
  }
  // What is read first is in memory then, as with a database that is in use.
  await owner.query('SELECT count(*) FROM sessions WHERE length(name) > 1000');
}

/** A source of declared reads that notes SQL and parameters of what is asked. */
export function noted(source, sent = []) {
  const query = (sql, parameters) => {
    sent.push({ sql, parameters });
    return source.query(sql, parameters);
  };
  return { read: (work) => work({ query }) };
}

/** SQL and parameters that a repository sends for a call. */
export async function statementsOf(source, Repository, call) {
  const sent = [];
  await call(new Repository(noted(source, sent)));
  return { sent };
}

/** Milliseconds in the database, planning included, and blocks read, of one statement. */
export async function explained(owner, { sql, parameters }) {
  const { rows } = await owner.query(`EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ${sql}`, parameters);
  const [{ Plan: plan, 'Planning Time': planning, 'Execution Time': execution }] = rows[0]['QUERY PLAN'];
  return { ms: planning + execution, blocks: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], plan };
}

export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

export { dist };
