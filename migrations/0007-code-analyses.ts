import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Code that was sent in, and what was found in it. New tables alone: nobody waits for them. Files are stored once a workspace, by
 * the hash of their content; an analysis lists which it has.
 */
export class CodeAnalyses1700000000007 implements MigrationInterface {
  name = 'CodeAnalyses1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['endpoints', 'analysed_files', 'file_contents', 'code_analyses'])
      await runner.query(`DROP TABLE ${table}`);
  }
}

const sha256 = (column: string) => `${column} text NOT NULL CHECK (${column} ~ '^[0-9a-f]{64}$')`;
const OF_ANALYSIS = `FOREIGN KEY (workspace_id, analysis_id) REFERENCES code_analyses (workspace_id, id) ON DELETE CASCADE`;

const UP = [
  `CREATE TABLE code_analyses (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    ${sha256('content_sha256')},
    job_id uuid NOT NULL,
    files integer NOT NULL,
    bytes integer NOT NULL,
    files_by_type jsonb NOT NULL,
    left_out jsonb NOT NULL,
    left_out_files jsonb NOT NULL,
    lock_files jsonb NOT NULL,
    findings jsonb,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    completed_at timestamptz,
    emptied_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    CHECK ((completed_at IS NULL) = (findings IS NULL))
  )`,
  // For the one who empties what is old: of all workspaces.
  `CREATE INDEX idx_code_analyses_to_empty ON code_analyses (created_at) WHERE emptied_at IS NULL`,
  `CREATE TABLE file_contents (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    ${sha256('sha256')},
    body bytea NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, sha256)
  )`,
  `CREATE INDEX idx_file_contents_sent ON file_contents (sent_at)`,
  `CREATE TABLE analysed_files (
    workspace_id uuid NOT NULL,
    analysis_id uuid NOT NULL,
    path text NOT NULL,
    sha256 text NOT NULL,
    PRIMARY KEY (workspace_id, analysis_id, path),
    ${OF_ANALYSIS},
    FOREIGN KEY (workspace_id, sha256) REFERENCES file_contents (workspace_id, sha256)
  )`,
  // Which contents are in use, and the check of the reference when one is removed.
  `CREATE INDEX idx_analysed_files_sha256 ON analysed_files (workspace_id, sha256)`,
  `CREATE TABLE endpoints (
    workspace_id uuid NOT NULL,
    analysis_id uuid NOT NULL,
    seq integer NOT NULL,
    type text NOT NULL CHECK (type IN ('rest', 'graphql', 'grpc')),
    method text NOT NULL,
    path text NOT NULL,
    framework text NOT NULL,
    confidence text NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
    file text NOT NULL,
    line integer NOT NULL CHECK (line > 0),
    params jsonb NOT NULL,
    via jsonb NOT NULL,
    PRIMARY KEY (workspace_id, analysis_id, seq),
    ${OF_ANALYSIS}
  )`,
];
