import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Facts that rest on public sources alone belong to this workspace; every workspace may read them. */
const PUBLIC_WORKSPACE = '00000000-0000-7000-8000-000000000000';
const DEFAULT_WORKSPACE = '00000000-0000-7000-8000-000000000001';

/**
 * The tables of the main job. Each business table starts its key with workspace_id and refers to others by
 * (workspace_id, id), so that a row cannot point into another workspace.
 */
export class Initial1700000000001 implements MigrationInterface {
  name = 'Initial1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...IDENTITY, ...RESEARCH, ...SESSIONS, ...WORK]) await runner.query(statement);
    await runner.query(`INSERT INTO workspaces (id, name) VALUES ($1, 'public'), ($2, 'default')`, [
      PUBLIC_WORKSPACE,
      DEFAULT_WORKSPACE,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE idempotency_keys, jobs, documents, decisions, gaps, session_evidence, session_events,
      session_nodes, sessions, upstream_facts, evidence, criteria, audit_log, api_keys, workspaces,
      worker_heartbeats`);
  }
}

const IDENTITY = [
  `CREATE TABLE workspaces (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
  )`,
  `CREATE TABLE api_keys (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id text NOT NULL,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    secret_sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    PRIMARY KEY (workspace_id, id),
    UNIQUE (id)
  )`,
  `CREATE TABLE audit_log (
    workspace_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    id uuid NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    session_id uuid,
    details jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (workspace_id, at, id)
  ) PARTITION BY RANGE (at)`,
  `CREATE TABLE audit_log_default PARTITION OF audit_log DEFAULT`,
  `CREATE INDEX idx_audit_session_timestamp ON audit_log (workspace_id, session_id, at)`,
  `CREATE TABLE criteria (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    version integer NOT NULL CHECK (version > 0),
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    PRIMARY KEY (workspace_id, version)
  )`,
];

const RESEARCH = [
  `CREATE TABLE evidence (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    source text NOT NULL,
    title text NOT NULL,
    media_type text NOT NULL,
    url text,
    subject_name text,
    subject_version text,
    body bytea,
    bytes integer NOT NULL,
    fetched_at timestamptz NOT NULL,
    provenance jsonb NOT NULL DEFAULT '{}',
    removed_at timestamptz,
    removed_by text,
    PRIMARY KEY (workspace_id, sha256),
    CHECK ((body IS NULL) = (removed_at IS NOT NULL))
  )`,
  `CREATE TABLE upstream_facts (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    url text NOT NULL,
    etag text,
    status integer NOT NULL,
    sha256 text,
    facts jsonb,
    fetched_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, url),
    FOREIGN KEY (workspace_id, sha256) REFERENCES evidence (workspace_id, sha256)
  )`,
];

const SESSIONS = [
  `CREATE TABLE sessions (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    name text NOT NULL,
    brief jsonb NOT NULL,
    files jsonb NOT NULL DEFAULT '[]',
    options jsonb NOT NULL,
    model text,
    status text NOT NULL CHECK (status IN ('queued', 'running', 'awaiting_plan', 'awaiting_decision', 'paused',
      'completed', 'completed_degraded', 'failed', 'cancelled')),
    phase text NOT NULL DEFAULT 'plan' CHECK (phase IN ('plan', 'research', 'document')),
    run integer NOT NULL DEFAULT 1 CHECK (run > 0),
    attempt integer NOT NULL DEFAULT 1 CHECK (attempt > 0),
    event_seq integer NOT NULL DEFAULT 0,
    progress smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    priority smallint NOT NULL CHECK (priority BETWEEN 1 AND 10),
    state jsonb NOT NULL DEFAULT '{}',
    error jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    PRIMARY KEY (workspace_id, id)
  )`,
  `CREATE INDEX idx_sessions_status_created ON sessions (workspace_id, status, created_at DESC, id DESC)`,
  `CREATE INDEX idx_sessions_model_status ON sessions (workspace_id, model, status)`,
  `CREATE INDEX idx_sessions_created_desc ON sessions (workspace_id, created_at DESC, id DESC)`,
  // Read across workspaces by the reconciler, which looks for work whose workflow is gone.
  `CREATE INDEX idx_sessions_unfinished ON sessions (updated_at) WHERE status IN ('queued', 'running')`,
  `CREATE TABLE session_nodes (
    workspace_id uuid NOT NULL,
    session_id uuid NOT NULL,
    run integer NOT NULL,
    node text NOT NULL,
    gap_id text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    attempts integer NOT NULL DEFAULT 1,
    output jsonb,
    error jsonb,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    duration_ms integer,
    PRIMARY KEY (workspace_id, session_id, run, node, gap_id),
    FOREIGN KEY (workspace_id, session_id) REFERENCES sessions (workspace_id, id) ON DELETE CASCADE
  )`,
  `CREATE TABLE session_events (
    workspace_id uuid NOT NULL,
    session_id uuid NOT NULL,
    seq integer NOT NULL,
    dedupe text NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, session_id, seq),
    UNIQUE (workspace_id, session_id, dedupe),
    FOREIGN KEY (workspace_id, session_id) REFERENCES sessions (workspace_id, id) ON DELETE CASCADE
  )`,
  `CREATE TABLE session_evidence (
    workspace_id uuid NOT NULL,
    session_id uuid NOT NULL,
    evidence_workspace_id uuid NOT NULL,
    sha256 text NOT NULL,
    PRIMARY KEY (workspace_id, session_id, evidence_workspace_id, sha256),
    FOREIGN KEY (workspace_id, session_id) REFERENCES sessions (workspace_id, id) ON DELETE CASCADE,
    FOREIGN KEY (evidence_workspace_id, sha256) REFERENCES evidence (workspace_id, sha256)
  )`,
  `CREATE INDEX idx_session_evidence_piece ON session_evidence (evidence_workspace_id, sha256)`,
  `CREATE TABLE gaps (
    workspace_id uuid NOT NULL,
    session_id uuid NOT NULL,
    run integer NOT NULL,
    id text NOT NULL,
    category text NOT NULL,
    status text NOT NULL CHECK (status IN ('decided', 'conflict', 'obsolete', 'partial', 'open', 'follows',
      'not-needed', 'unknown')),
    body jsonb NOT NULL,
    result jsonb,
    error jsonb,
    PRIMARY KEY (workspace_id, session_id, run, id),
    FOREIGN KEY (workspace_id, session_id) REFERENCES sessions (workspace_id, id) ON DELETE CASCADE
  )`,
  `CREATE TABLE decisions (
    workspace_id uuid NOT NULL,
    session_id uuid NOT NULL,
    run integer NOT NULL,
    gap_id text NOT NULL,
    body jsonb NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, session_id, run, gap_id),
    FOREIGN KEY (workspace_id, session_id) REFERENCES sessions (workspace_id, id) ON DELETE CASCADE
  )`,
  `CREATE TABLE documents (
    workspace_id uuid NOT NULL,
    session_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    run integer NOT NULL,
    sha256 text NOT NULL,
    body jsonb NOT NULL,
    quality jsonb NOT NULL,
    rounds jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, session_id, version),
    UNIQUE (workspace_id, session_id, run),
    FOREIGN KEY (workspace_id, session_id) REFERENCES sessions (workspace_id, id) ON DELETE CASCADE
  )`,
];

const WORK = [
  `CREATE TABLE jobs (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    queue text NOT NULL CHECK (queue IN ('sessions', 'research', 'pages', 'networks', 'codeAnalysis')),
    kind text NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    progress smallint NOT NULL DEFAULT 0,
    priority smallint NOT NULL DEFAULT 5,
    attempt integer NOT NULL DEFAULT 1,
    input jsonb NOT NULL,
    result jsonb,
    result_url text,
    error jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (workspace_id, id)
  )`,
  // What the reaper and the reconciler scan: a handful of rows, however many jobs are over.
  `CREATE INDEX idx_jobs_unfinished ON jobs (workspace_id, id) WHERE status IN ('queued', 'running')`,
  `CREATE TABLE idempotency_keys (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    route text NOT NULL,
    key text NOT NULL,
    request_sha256 text NOT NULL,
    status integer,
    headers jsonb,
    body jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, route, key)
  )`,
  `CREATE INDEX idx_idempotency_expiry ON idempotency_keys (expires_at)`,
  `CREATE TABLE worker_heartbeats (
    executor_id text PRIMARY KEY,
    role text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
  )`,
];
