import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';
import type { TestDatabase } from '../../support/database.js';
import { PROJECT_ROOT } from '../../support/project-root.js';

const run = promisify(execFile);

export const WORKSPACE = '00000000-0000-7000-8000-000000000001';
const PUBLIC = '00000000-0000-7000-8000-000000000000';
/** Of these many rows one is what a process looks for: unfinished, or expired. */
const SELDOM = 20_000;
/** Sessions that rest on a piece of evidence. */
const SESSIONS_OF_A_PIECE = 20;
/** Files of an analysis of code. */
const FILES = 20;

/** As many sessions as `npm run seed` makes, and as many lines, jobs, keys, references and files of code as there are sessions. */
export async function fillTables(owner: pg.Client, database: TestDatabase, rows: number): Promise<void> {
  await run(process.execPath, [join(PROJECT_ROOT, 'scripts', 'seed.mjs'), '--sessions', String(rows)], {
    env: { ...process.env, DATABASE_URL: database.ownerUrl, MIGRATION_DATABASE_URL: '' },
    maxBuffer: 16 * 1024 * 1024,
  });
  for (const insert of [UNFINISHED, AUDIT, JOBS, KEYS, EVIDENCE, REFERENCES, ANALYSES, CONTENTS, CODE_FILES])
    await owner.query(insert.replaceAll('$rows', String(rows)));
  while (await foldsStatistics(owner));
  await owner.query('VACUUM ANALYZE');
}

async function foldsStatistics(owner: pg.Client): Promise<boolean> {
  const { rows } = await owner.query<{ taken: number }>('SELECT compact_session_statistics(50000) AS taken');
  return rows[0]!.taken > 0;
}

/** The seeded sessions are all over or wait for people. */
const UNFINISHED = `
  UPDATE sessions SET status = CASE WHEN run_number % 2 = 0 THEN 'running' ELSE 'queued' END
    FROM (SELECT id AS chosen, row_number() OVER (ORDER BY id) AS run_number FROM sessions) AS numbered
   WHERE workspace_id = '${WORKSPACE}' AND id = chosen AND run_number % ${SELDOM} = 1`;

/** Over the three months that have a partition of their own. */
const AUDIT = `
  INSERT INTO audit_log (workspace_id, at, id, actor, action, subject, session_id, details)
  SELECT '${WORKSPACE}', date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + n * interval '85 days' / $rows,
         gen_random_uuid(), 'key:testadmin', 'session.created', 'session ' || n, id, '{}'
    FROM (SELECT id, row_number() OVER (ORDER BY md5(id::text)) AS n FROM sessions) AS numbered`;

const JOBS = `
  INSERT INTO jobs (workspace_id, id, queue, kind, status, input, updated_at, finished_at)
  SELECT '${WORKSPACE}', gen_random_uuid(), 'research', 'research', CASE WHEN n % ${SELDOM} = 1 THEN 'running' ELSE 'done' END, '{}',
         now() - interval '1 hour', CASE WHEN n % ${SELDOM} = 1 THEN NULL ELSE now() - interval '1 hour' END
    FROM generate_series(1, $rows) n`;

const KEYS = `
  INSERT INTO idempotency_keys (workspace_id, route, key, request_sha256, status, body, expires_at)
  SELECT '${WORKSPACE}', 'POST /v1/sessions', 'key-' || n, md5(n::text), 201, '{}',
         now() + CASE WHEN n % ${SELDOM} = 1 THEN interval '-1 hour' ELSE interval '1 day' END
    FROM generate_series(1, $rows) n`;

const PIECES = `greatest($rows / ${SESSIONS_OF_A_PIECE}, 10)`;

const EVIDENCE = `
  INSERT INTO evidence (workspace_id, sha256, source, title, media_type, body, bytes, fetched_at)
  SELECT CASE WHEN n % 2 = 0 THEN '${WORKSPACE}'::uuid ELSE '${PUBLIC}'::uuid END, md5(n::text) || md5(n::text || 'b'), 'npm', 'Piece ' || n,
         'application/json', '{}', 2, now()
    FROM generate_series(1, ${PIECES}) n`;

const REFERENCES = `
  INSERT INTO session_evidence (workspace_id, session_id, evidence_workspace_id, sha256)
  SELECT '${WORKSPACE}', s.id, e.workspace_id, e.sha256
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) % ${PIECES} AS n FROM sessions) AS s
    JOIN (SELECT workspace_id, sha256, row_number() OVER (ORDER BY sha256) - 1 AS n FROM evidence) AS e USING (n)`;

const ANALYSIS_COUNT = `greatest($rows / ${FILES}, 10)`;
const sha256Of = (text: string): string => `md5(${text}) || md5(${text} || 'b')`;

/** Half of them are old; all of these but one in many are emptied. */
const ANALYSES = `
  INSERT INTO code_analyses (workspace_id, id, content_sha256, job_id, files, bytes, files_by_type, left_out, left_out_files, lock_files,
                             created_by, created_at, emptied_at)
  SELECT '${WORKSPACE}', gen_random_uuid(), ${sha256Of('n::text')}, gen_random_uuid(), ${FILES}, ${FILES}, '{}', '{}', '[]', '[]', 'testadmin',
         now() - CASE WHEN n % 2 = 1 THEN interval '30 days' ELSE interval '1 day' END,
         CASE WHEN n % 2 = 1 AND n % ${SELDOM} <> 1 THEN now() - interval '23 days' END
    FROM generate_series(1, ${ANALYSIS_COUNT}) n`;

/** One in many is old and in no analysis. */
const CONTENTS = `
  INSERT INTO file_contents (workspace_id, sha256, body, sent_at)
  SELECT '${WORKSPACE}', ${sha256Of("'file ' || n")}, '', now() - CASE WHEN n % ${SELDOM} = 1 THEN interval '30 days' ELSE interval '1 day' END
    FROM generate_series(1, $rows) n`;

const CODE_FILES = `
  INSERT INTO analysed_files (workspace_id, analysis_id, path, sha256)
  SELECT '${WORKSPACE}', a.id, 'src/file-' || n || '.ts', ${sha256Of("'file ' || n")}
    FROM generate_series(1, $rows) n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM code_analyses) AS a ON a.place = n % ${ANALYSIS_COUNT}
   WHERE n % ${SELDOM} <> 1`;
