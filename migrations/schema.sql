-- What the migrations make, for reading. Written by the schema spec (UPDATE_SCHEMA=1), never run.

CREATE OR REPLACE FUNCTION public.make_audit_months(ahead integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  made integer := 0;
  first timestamptz;
  name text;
BEGIN
  FOR step IN 0 .. least(greatest(ahead, 0), 24) LOOP
    first := (date_trunc('month', now() AT TIME ZONE 'UTC') + step * interval '1 month') AT TIME ZONE 'UTC';
    name := 'audit_log_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
    CONTINUE WHEN to_regclass(name) IS NOT NULL;
    BEGIN
      EXECUTE format('CREATE TABLE %I PARTITION OF audit_log FOR VALUES FROM (%L) TO (%L)', name, first,
        ((first AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC');
      made := made + 1;
    EXCEPTION
      -- The default partition has lines of that month already, and keeps the rest of them, too.
      WHEN check_violation THEN NULL;
      -- Another process was faster.
      WHEN duplicate_table THEN NULL;
    END;
  END LOOP;
  RETURN made;
END $function$
;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  RAISE EXCEPTION 'lines of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $function$
;

CREATE OR REPLACE FUNCTION public.sessions_search()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
BEGIN
  NEW.search := array_to_tsvector(ARRAY['workspace:' || NEW.workspace_id])
    || to_tsvector('simple', NEW.name || ' ' || coalesce(NEW.brief ->> 'requirements', ''));
  RETURN NEW;
END $function$
;

CREATE TABLE analysed_files (
  workspace_id uuid NOT NULL,
  analysis_id uuid NOT NULL,
  path text NOT NULL,
  sha256 text NOT NULL
);
ALTER TABLE analysed_files ADD CONSTRAINT analysed_files_pkey PRIMARY KEY (workspace_id, analysis_id, path);
ALTER TABLE analysed_files ADD CONSTRAINT analysed_files_workspace_id_analysis_id_fkey FOREIGN KEY (workspace_id, analysis_id) REFERENCES code_analyses(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE analysed_files ADD CONSTRAINT analysed_files_workspace_id_sha256_fkey FOREIGN KEY (workspace_id, sha256) REFERENCES file_contents(workspace_id, sha256);
CREATE INDEX idx_analysed_files_sha256 ON public.analysed_files USING btree (workspace_id, sha256);

CREATE TABLE api_keys (
  workspace_id uuid NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  secret_sha256 bytea NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  revoked_at timestamp with time zone
);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_pkey PRIMARY KEY (workspace_id, id);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_id_key UNIQUE (id);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE api_keys ADD CONSTRAINT api_keys_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])));

CREATE TABLE audit_log (
  workspace_id uuid NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL,
  id uuid NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  session_id uuid,
  details jsonb DEFAULT '{}'::jsonb NOT NULL
) PARTITION BY RANGE (at);
ALTER TABLE audit_log ADD CONSTRAINT audit_log_pkey PRIMARY KEY (workspace_id, at, id);
CREATE INDEX idx_audit_session_timestamp ON ONLY public.audit_log USING btree (workspace_id, session_id, at, id);
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE audit_log_default PARTITION OF audit_log DEFAULT;

CREATE TABLE code_analyses (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  content_sha256 text NOT NULL,
  job_id uuid NOT NULL,
  files integer NOT NULL,
  bytes integer NOT NULL,
  files_by_type jsonb NOT NULL,
  left_out jsonb NOT NULL,
  left_out_files jsonb NOT NULL,
  lock_files jsonb NOT NULL,
  findings jsonb,
  created_by text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  completed_at timestamp with time zone,
  emptied_at timestamp with time zone
);
ALTER TABLE code_analyses ADD CONSTRAINT code_analyses_pkey PRIMARY KEY (workspace_id, id);
ALTER TABLE code_analyses ADD CONSTRAINT code_analyses_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE code_analyses ADD CONSTRAINT code_analyses_check CHECK (((completed_at IS NULL) = (findings IS NULL)));
ALTER TABLE code_analyses ADD CONSTRAINT code_analyses_content_sha256_check CHECK ((content_sha256 ~ '^[0-9a-f]{64}$'::text));
CREATE INDEX idx_code_analyses_to_empty ON public.code_analyses USING btree (created_at) WHERE (emptied_at IS NULL);

CREATE TABLE criteria (
  workspace_id uuid NOT NULL,
  version integer NOT NULL,
  body jsonb NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL
);
ALTER TABLE criteria ADD CONSTRAINT criteria_pkey PRIMARY KEY (workspace_id, version);
ALTER TABLE criteria ADD CONSTRAINT criteria_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE criteria ADD CONSTRAINT criteria_version_check CHECK ((version > 0));

CREATE TABLE decisions (
  workspace_id uuid NOT NULL,
  session_id uuid NOT NULL,
  run integer NOT NULL,
  gap_id text NOT NULL,
  body jsonb NOT NULL,
  decided_by text NOT NULL,
  decided_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE decisions ADD CONSTRAINT decisions_pkey PRIMARY KEY (workspace_id, session_id, run, gap_id);
ALTER TABLE decisions ADD CONSTRAINT decisions_workspace_id_session_id_fkey FOREIGN KEY (workspace_id, session_id) REFERENCES sessions(workspace_id, id) ON DELETE CASCADE;

CREATE TABLE documents (
  workspace_id uuid NOT NULL,
  session_id uuid NOT NULL,
  version integer NOT NULL,
  run integer NOT NULL,
  sha256 text NOT NULL,
  body jsonb NOT NULL,
  quality jsonb NOT NULL,
  rounds jsonb NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE documents ADD CONSTRAINT documents_pkey PRIMARY KEY (workspace_id, session_id, version);
ALTER TABLE documents ADD CONSTRAINT documents_workspace_id_session_id_run_key UNIQUE (workspace_id, session_id, run);
ALTER TABLE documents ADD CONSTRAINT documents_workspace_id_session_id_fkey FOREIGN KEY (workspace_id, session_id) REFERENCES sessions(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE documents ADD CONSTRAINT documents_version_check CHECK ((version > 0));

CREATE TABLE endpoints (
  workspace_id uuid NOT NULL,
  analysis_id uuid NOT NULL,
  seq integer NOT NULL,
  type text NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  framework text NOT NULL,
  confidence text NOT NULL,
  file text NOT NULL,
  line integer NOT NULL,
  params jsonb NOT NULL,
  via jsonb NOT NULL
);
ALTER TABLE endpoints ADD CONSTRAINT endpoints_pkey PRIMARY KEY (workspace_id, analysis_id, seq);
ALTER TABLE endpoints ADD CONSTRAINT endpoints_workspace_id_analysis_id_fkey FOREIGN KEY (workspace_id, analysis_id) REFERENCES code_analyses(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE endpoints ADD CONSTRAINT endpoints_confidence_check CHECK ((confidence = ANY (ARRAY['high'::text, 'medium'::text, 'low'::text])));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_line_check CHECK ((line > 0));
ALTER TABLE endpoints ADD CONSTRAINT endpoints_type_check CHECK ((type = ANY (ARRAY['rest'::text, 'graphql'::text, 'grpc'::text])));

CREATE TABLE evidence (
  workspace_id uuid NOT NULL,
  sha256 text NOT NULL,
  source text NOT NULL,
  title text NOT NULL,
  media_type text NOT NULL,
  url text,
  subject_name text,
  subject_version text,
  body bytea,
  bytes integer NOT NULL,
  fetched_at timestamp with time zone NOT NULL,
  provenance jsonb DEFAULT '{}'::jsonb NOT NULL,
  removed_at timestamp with time zone,
  removed_by text
);
ALTER TABLE evidence ADD CONSTRAINT evidence_pkey PRIMARY KEY (workspace_id, sha256);
ALTER TABLE evidence ADD CONSTRAINT evidence_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE evidence ADD CONSTRAINT evidence_check CHECK (((body IS NULL) = (removed_at IS NOT NULL)));
ALTER TABLE evidence ADD CONSTRAINT evidence_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text));

CREATE TABLE file_contents (
  workspace_id uuid NOT NULL,
  sha256 text NOT NULL,
  body bytea NOT NULL,
  sent_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE file_contents ADD CONSTRAINT file_contents_pkey PRIMARY KEY (workspace_id, sha256);
ALTER TABLE file_contents ADD CONSTRAINT file_contents_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE file_contents ADD CONSTRAINT file_contents_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text));
CREATE INDEX idx_file_contents_sent ON public.file_contents USING btree (sent_at);

CREATE TABLE gaps (
  workspace_id uuid NOT NULL,
  session_id uuid NOT NULL,
  run integer NOT NULL,
  id text NOT NULL,
  category text NOT NULL,
  status text NOT NULL,
  body jsonb NOT NULL,
  result jsonb,
  error jsonb
);
ALTER TABLE gaps ADD CONSTRAINT gaps_pkey PRIMARY KEY (workspace_id, session_id, run, id);
ALTER TABLE gaps ADD CONSTRAINT gaps_workspace_id_session_id_fkey FOREIGN KEY (workspace_id, session_id) REFERENCES sessions(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE gaps ADD CONSTRAINT gaps_status_check CHECK ((status = ANY (ARRAY['decided'::text, 'conflict'::text, 'obsolete'::text, 'partial'::text, 'open'::text, 'follows'::text, 'not-needed'::text, 'unknown'::text])));

CREATE TABLE http_instances (
  id uuid NOT NULL,
  seen_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE http_instances ADD CONSTRAINT http_instances_pkey PRIMARY KEY (id);

CREATE TABLE idempotency_keys (
  workspace_id uuid NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  request_sha256 text NOT NULL,
  status integer,
  headers jsonb,
  body jsonb,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  expires_at timestamp with time zone NOT NULL
);
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (workspace_id, route, key);
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
CREATE INDEX idx_idempotency_expiry ON public.idempotency_keys USING btree (expires_at);

CREATE TABLE jobs (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  queue text NOT NULL,
  kind text NOT NULL,
  status text NOT NULL,
  progress smallint DEFAULT 0 NOT NULL,
  priority smallint DEFAULT 5 NOT NULL,
  attempt integer DEFAULT 1 NOT NULL,
  input jsonb NOT NULL,
  result jsonb,
  result_url text,
  error jsonb,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  finished_at timestamp with time zone
);
ALTER TABLE jobs ADD CONSTRAINT jobs_pkey PRIMARY KEY (workspace_id, id);
ALTER TABLE jobs ADD CONSTRAINT jobs_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE jobs ADD CONSTRAINT jobs_queue_check CHECK ((queue = ANY (ARRAY['sessions'::text, 'research'::text, 'pages'::text, 'networks'::text, 'codeAnalysis'::text])));
ALTER TABLE jobs ADD CONSTRAINT jobs_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])));
CREATE INDEX idx_jobs_unfinished ON public.jobs USING btree (workspace_id, id) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE TABLE schema_migrations (
  id integer DEFAULT nextval('schema_migrations_id_seq'::regclass) NOT NULL,
  timestamp bigint NOT NULL,
  name character varying NOT NULL
);
ALTER TABLE schema_migrations ADD CONSTRAINT "PK_62441bec32630ced9e4cccae336" PRIMARY KEY (id);

CREATE TABLE session_events (
  workspace_id uuid NOT NULL,
  session_id uuid NOT NULL,
  seq integer NOT NULL,
  dedupe text NOT NULL,
  kind text NOT NULL,
  data jsonb NOT NULL,
  at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE session_events ADD CONSTRAINT session_events_pkey PRIMARY KEY (workspace_id, session_id, seq);
ALTER TABLE session_events ADD CONSTRAINT session_events_workspace_id_session_id_dedupe_key UNIQUE (workspace_id, session_id, dedupe);
ALTER TABLE session_events ADD CONSTRAINT session_events_workspace_id_session_id_fkey FOREIGN KEY (workspace_id, session_id) REFERENCES sessions(workspace_id, id) ON DELETE CASCADE;

CREATE TABLE session_evidence (
  workspace_id uuid NOT NULL,
  session_id uuid NOT NULL,
  evidence_workspace_id uuid NOT NULL,
  sha256 text NOT NULL
);
ALTER TABLE session_evidence ADD CONSTRAINT session_evidence_pkey PRIMARY KEY (workspace_id, session_id, evidence_workspace_id, sha256);
ALTER TABLE session_evidence ADD CONSTRAINT session_evidence_evidence_workspace_id_sha256_fkey FOREIGN KEY (evidence_workspace_id, sha256) REFERENCES evidence(workspace_id, sha256);
ALTER TABLE session_evidence ADD CONSTRAINT session_evidence_workspace_id_session_id_fkey FOREIGN KEY (workspace_id, session_id) REFERENCES sessions(workspace_id, id) ON DELETE CASCADE;
CREATE INDEX idx_session_evidence_piece ON public.session_evidence USING btree (evidence_workspace_id, sha256);

CREATE TABLE session_nodes (
  workspace_id uuid NOT NULL,
  session_id uuid NOT NULL,
  run integer NOT NULL,
  node text NOT NULL,
  gap_id text DEFAULT ''::text NOT NULL,
  state text NOT NULL,
  attempts integer DEFAULT 1 NOT NULL,
  output jsonb,
  error jsonb,
  started_at timestamp with time zone DEFAULT now() NOT NULL,
  finished_at timestamp with time zone,
  duration_ms integer
);
ALTER TABLE session_nodes ADD CONSTRAINT session_nodes_pkey PRIMARY KEY (workspace_id, session_id, run, node, gap_id);
ALTER TABLE session_nodes ADD CONSTRAINT session_nodes_workspace_id_session_id_fkey FOREIGN KEY (workspace_id, session_id) REFERENCES sessions(workspace_id, id) ON DELETE CASCADE;
ALTER TABLE session_nodes ADD CONSTRAINT session_nodes_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text])));

CREATE TABLE sessions (
  workspace_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  brief jsonb NOT NULL,
  files jsonb DEFAULT '[]'::jsonb NOT NULL,
  options jsonb NOT NULL,
  model text,
  status text NOT NULL,
  phase text DEFAULT 'plan'::text NOT NULL,
  run integer DEFAULT 1 NOT NULL,
  attempt integer DEFAULT 1 NOT NULL,
  event_seq integer DEFAULT 0 NOT NULL,
  progress smallint DEFAULT 0 NOT NULL,
  priority smallint NOT NULL,
  state jsonb DEFAULT '{}'::jsonb NOT NULL,
  error jsonb,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  search tsvector
);
ALTER TABLE sessions ADD CONSTRAINT sessions_pkey PRIMARY KEY (workspace_id, id);
ALTER TABLE sessions ADD CONSTRAINT sessions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE sessions ADD CONSTRAINT sessions_attempt_check CHECK ((attempt > 0));
ALTER TABLE sessions ADD CONSTRAINT sessions_phase_check CHECK ((phase = ANY (ARRAY['plan'::text, 'research'::text, 'document'::text])));
ALTER TABLE sessions ADD CONSTRAINT sessions_priority_check CHECK (((priority >= 1) AND (priority <= 10)));
ALTER TABLE sessions ADD CONSTRAINT sessions_progress_check CHECK (((progress >= 0) AND (progress <= 100)));
ALTER TABLE sessions ADD CONSTRAINT sessions_run_check CHECK ((run > 0));
ALTER TABLE sessions ADD CONSTRAINT sessions_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'awaiting_plan'::text, 'awaiting_decision'::text, 'paused'::text, 'completed'::text, 'completed_degraded'::text, 'failed'::text, 'cancelled'::text])));
CREATE INDEX idx_sessions_created_desc ON public.sessions USING btree (workspace_id, created_at DESC, id DESC) INCLUDE (status, model);
CREATE INDEX idx_sessions_model_status ON public.sessions USING btree (workspace_id, model, status, created_at DESC, id DESC);
CREATE INDEX idx_sessions_name ON public.sessions USING btree (workspace_id, name, id) INCLUDE (status, model, created_at);
CREATE INDEX idx_sessions_search ON public.sessions USING gin (search);
CREATE INDEX idx_sessions_status_created ON public.sessions USING btree (workspace_id, status, created_at DESC, id DESC);
CREATE INDEX idx_sessions_unfinished ON public.sessions USING btree (workspace_id, id) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));
CREATE TRIGGER sessions_search BEFORE INSERT OR UPDATE OF name, brief ON public.sessions FOR EACH ROW EXECUTE FUNCTION sessions_search();

CREATE TABLE upstream_facts (
  workspace_id uuid NOT NULL,
  url text NOT NULL,
  etag text,
  status integer NOT NULL,
  sha256 text,
  facts jsonb,
  fetched_at timestamp with time zone NOT NULL
);
ALTER TABLE upstream_facts ADD CONSTRAINT upstream_facts_pkey PRIMARY KEY (workspace_id, url);
ALTER TABLE upstream_facts ADD CONSTRAINT upstream_facts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE upstream_facts ADD CONSTRAINT upstream_facts_workspace_id_sha256_fkey FOREIGN KEY (workspace_id, sha256) REFERENCES evidence(workspace_id, sha256);

CREATE TABLE worker_heartbeats (
  executor_id text NOT NULL,
  role text NOT NULL,
  started_at timestamp with time zone DEFAULT now() NOT NULL,
  seen_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE worker_heartbeats ADD CONSTRAINT worker_heartbeats_pkey PRIMARY KEY (executor_id);

CREATE TABLE workspaces (
  id uuid NOT NULL,
  name text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE workspaces ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);
ALTER TABLE workspaces ADD CONSTRAINT workspaces_name_key UNIQUE (name);
