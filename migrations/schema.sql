-- What the migrations make, for reading. Written by the schema spec (UPDATE_SCHEMA=1), never run.

CREATE OR REPLACE FUNCTION public.compact_cost_statistics(batch integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE
  taken integer;
BEGIN
  -- One at a time is enough: two would only wait for each other's rows.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('compact_cost_statistics', 0)) THEN RETURN 0; END IF;
  WITH gone AS (
    DELETE FROM public.cost_statistics_deltas
     WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.cost_statistics_deltas ORDER BY workspace_id, id LIMIT batch))
    RETURNING *),
  base AS MATERIALIZED (
    SELECT workspace_id, day, session_id, kind, model, category, sum(calls) AS calls, sum(cost_micro_usd) AS cost_micro_usd, sum(saved_micro_usd) AS saved_micro_usd FROM gone GROUP BY workspace_id, day, session_id, kind, model, category
    HAVING sum(calls) <> 0 OR sum(cost_micro_usd) <> 0 OR sum(saved_micro_usd) <> 0),
  folded AS (
    INSERT INTO public.cost_statistics AS s (workspace_id, grain, day, session_id, kind, model, category, calls, cost_micro_usd, saved_micro_usd)
    SELECT workspace_id, 'day', day, '00000000-0000-0000-0000-000000000000'::uuid, kind, model, category, sum(calls) AS calls, sum(cost_micro_usd) AS cost_micro_usd, sum(saved_micro_usd) AS saved_micro_usd FROM base
     GROUP BY workspace_id, day, kind, model, category
    UNION ALL
    SELECT workspace_id, 'session', day, session_id, '', '', '', sum(calls) AS calls, sum(cost_micro_usd) AS cost_micro_usd, sum(saved_micro_usd) AS saved_micro_usd FROM base
     WHERE session_id IS NOT NULL GROUP BY workspace_id, day, session_id
     ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (workspace_id, grain, day, session_id, kind, model, category) DO UPDATE SET calls = s.calls + excluded.calls, cost_micro_usd = s.cost_micro_usd + excluded.cost_micro_usd, saved_micro_usd = s.saved_micro_usd + excluded.saved_micro_usd)
  SELECT count(*) INTO taken FROM gone;
  RETURN taken;
END $function$
;

CREATE OR REPLACE FUNCTION public.compact_session_statistics(batch integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
DECLARE
  taken integer;
BEGIN
  -- One at a time is enough: two would only wait for each other's rows.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('compact_session_statistics', 0)) THEN RETURN 0; END IF;
  WITH gone AS (
    DELETE FROM public.session_statistics_deltas
     WHERE ctid = ANY (ARRAY(SELECT ctid FROM public.session_statistics_deltas ORDER BY workspace_id, id LIMIT batch))
    RETURNING *),
  base AS MATERIALIZED (
    SELECT workspace_id, hour, status, model, project_type, sum(sessions) AS sessions, sum(gaps_to_research) AS gaps_to_research, sum(gaps_decided) AS gaps_decided, sum(gaps_decided_by_people) AS gaps_decided_by_people, sum(research_answered) AS research_answered, sum(research_cached) AS research_cached, sum(research_failed) AS research_failed, sum(research_options) AS research_options, sum(documents) AS documents, sum(quality_points) AS quality_points, sum(quality_tens) AS quality_tens, sum(durations) AS durations, sum(cost_micro_usd) AS cost_micro_usd, sum(saved_micro_usd) AS saved_micro_usd FROM gone GROUP BY workspace_id, hour, status, model, project_type
    HAVING sum(sessions) <> 0 OR sum(gaps_to_research) <> 0 OR sum(gaps_decided) <> 0 OR sum(gaps_decided_by_people) <> 0 OR sum(research_answered) <> 0 OR sum(research_cached) <> 0 OR sum(research_failed) <> 0 OR sum(research_options) <> 0 OR sum(documents) <> 0 OR sum(quality_points) <> 0 OR sum(quality_tens) <> 0 OR sum(durations) <> 0 OR sum(cost_micro_usd) <> 0 OR sum(saved_micro_usd) <> 0),
  folded AS (
    INSERT INTO public.session_statistics AS s (workspace_id, grain, summed, period, status, model, project_type, sessions, gaps_to_research, gaps_decided, gaps_decided_by_people, research_answered, research_cached, research_failed, research_options, documents, quality_points, quality_tens, durations, cost_micro_usd, saved_micro_usd)
    SELECT workspace_id, 'hour', 0, hour, status, model, project_type, sessions, gaps_to_research, gaps_decided, gaps_decided_by_people, research_answered, research_cached, research_failed, research_options, documents, quality_points, quality_tens, durations, cost_micro_usd, saved_micro_usd FROM base
    UNION ALL
    SELECT workspace_id, grain, GROUPING(project_type, model, status), date_trunc(grain, hour, 'UTC'), coalesce(status, ''),
           coalesce(model, ''), coalesce(project_type, ''), sum(sessions) AS sessions, sum(gaps_to_research) AS gaps_to_research, sum(gaps_decided) AS gaps_decided, sum(gaps_decided_by_people) AS gaps_decided_by_people, sum(research_answered) AS research_answered, sum(research_cached) AS research_cached, sum(research_failed) AS research_failed, sum(research_options) AS research_options, sum(documents) AS documents, sum(quality_points) AS quality_points, sum(quality_tens) AS quality_tens, sum(durations) AS durations, sum(cost_micro_usd) AS cost_micro_usd, sum(saved_micro_usd) AS saved_micro_usd
      FROM base CROSS JOIN unnest(ARRAY['day', 'month']) AS grain
     GROUP BY workspace_id, grain, date_trunc(grain, hour, 'UTC'), CUBE (status, model, project_type)
     ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (workspace_id, grain, summed, period, status, model, project_type) DO UPDATE SET sessions = s.sessions + excluded.sessions, gaps_to_research = s.gaps_to_research + excluded.gaps_to_research, gaps_decided = s.gaps_decided + excluded.gaps_decided, gaps_decided_by_people = s.gaps_decided_by_people + excluded.gaps_decided_by_people, research_answered = s.research_answered + excluded.research_answered, research_cached = s.research_cached + excluded.research_cached, research_failed = s.research_failed + excluded.research_failed, research_options = s.research_options + excluded.research_options, documents = s.documents + excluded.documents, quality_points = s.quality_points + excluded.quality_points, quality_tens = s.quality_tens + excluded.quality_tens, durations = s.durations + excluded.durations, cost_micro_usd = s.cost_micro_usd + excluded.cost_micro_usd, saved_micro_usd = s.saved_micro_usd + excluded.saved_micro_usd)
  SELECT count(*) INTO taken FROM gone;
  -- What nothing is left of: statuses that sessions of that time only passed through.
  DELETE FROM public.session_statistics WHERE sessions = 0 AND gaps_to_research = 0 AND gaps_decided = 0 AND gaps_decided_by_people = 0 AND research_answered = 0 AND research_cached = 0 AND research_failed = 0 AND research_options = 0 AND documents = 0 AND quality_points = 0 AND quality_tens = 0 AND durations = 0 AND cost_micro_usd = 0 AND saved_micro_usd = 0;
  RETURN taken;
END $function$
;

CREATE OR REPLACE FUNCTION public.cost_of_session()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  UPDATE public.sessions SET cost_micro_usd = cost_micro_usd + NEW.cost_micro_usd, saved_micro_usd = saved_micro_usd + NEW.saved_micro_usd
   WHERE workspace_id = NEW.workspace_id AND id = NEW.session_id;
  RETURN NULL;
END $function$
;

CREATE OR REPLACE FUNCTION public.duration_bin(took interval)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE STRICT
AS $function$
  SELECT least(300, ceil(ln(greatest(extract(epoch FROM took)::float8 * 1000, 1)) / ln(1.1::float8)))::integer
$function$
;

CREATE OR REPLACE FUNCTION public.histogram_of(bin integer)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE STRICT
AS $function$
  SELECT ('1e' || 12 * bin)::numeric
$function$
;

CREATE OR REPLACE FUNCTION public.make_audit_months(ahead integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  made integer := 0;
  first timestamptz;
  next timestamptz;
  name text;
  waiting integer;
BEGIN
  -- One after the other: what is read here first is locked for good later, and two who do so wait for each other.
  PERFORM pg_advisory_xact_lock(hashtextextended('make_audit_months', 4713));
  FOR step IN 0 .. least(greatest(ahead, 0), 24) LOOP
    first := (date_trunc('month', now() AT TIME ZONE 'UTC') + step * interval '1 month') AT TIME ZONE 'UTC';
    next := ((first AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    name := 'audit_log_' || to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
    CONTINUE WHEN to_regclass(name) IS NOT NULL;
    SELECT count(*) INTO waiting FROM (SELECT FROM audit_log_default WHERE at >= first AND at < next LIMIT 100000 + 1) AS lines;
    -- Too many for one short transaction: the month stays in the default partition.
    CONTINUE WHEN waiting > 100000;
    BEGIN
      IF waiting > 0 THEN
        ALTER TABLE audit_log DETACH PARTITION audit_log_default;
      END IF;
      EXECUTE format('CREATE TABLE %I PARTITION OF audit_log FOR VALUES FROM (%L) TO (%L)', name, first, next);
      IF waiting > 0 THEN
        EXECUTE format('INSERT INTO %I SELECT * FROM audit_log_default WHERE at >= %L AND at < %L', name, first, next);
        EXECUTE format('DELETE FROM audit_log_default WHERE at >= %L AND at < %L', first, next);
        ALTER TABLE audit_log ATTACH PARTITION audit_log_default DEFAULT;
      END IF;
      made := made + 1;
    EXCEPTION
      -- The first line of that month was written this moment: it moves the next time.
      WHEN check_violation THEN NULL;
    END;
  END LOOP;
  RETURN made;
END $function$
;

CREATE OR REPLACE FUNCTION public.project_type_of(words text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  SELECT left(lower(regexp_replace(btrim(coalesce(words, '')), '[[:space:]]+', ' ', 'g') COLLATE "C"), 200)
$function$
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

CREATE OR REPLACE FUNCTION public.session_figures(of_workspace uuid, of_session uuid, of_run integer)
 RETURNS TABLE(gaps_to_research integer, gaps_decided integer, gaps_decided_by_people integer, research_answered integer, research_cached integer, research_failed integer, research_options integer, quality smallint)
 LANGUAGE plpgsql
 STABLE
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT g.to_research, d.decided, d.by_people, r.answered, r.cached, g.failed, r.options,
         (SELECT least(100, greatest(0, round((quality ->> 'total')::float8)))::smallint FROM public.documents
           WHERE workspace_id = of_workspace AND session_id = of_session ORDER BY version DESC LIMIT 1)
    FROM (SELECT count(*) FILTER (WHERE (body ->> 'research')::boolean)::integer AS to_research,
                 count(error)::integer AS failed
            FROM public.gaps WHERE workspace_id = of_workspace AND session_id = of_session AND run = of_run) g,
         (SELECT count(*)::integer AS decided, (count(*) FILTER (WHERE body ->> 'by' = 'person'))::integer AS by_people
            FROM public.decisions WHERE workspace_id = of_workspace AND session_id = of_session AND run = of_run) d,
         (SELECT count(*)::integer AS answered, (count(*) FILTER (WHERE (output ->> 'cached')::boolean))::integer AS cached,
                 coalesce(sum((output ->> 'options')::integer), 0)::integer AS options
            FROM public.session_nodes
           WHERE workspace_id = of_workspace AND session_id = of_session AND run = of_run AND node = 'research' AND state = 'done') r;
END $function$
;

CREATE OR REPLACE FUNCTION public.sessions_project_type()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  NEW.project_type := public.project_type_of(NEW.brief ->> 'projectType');
  RETURN NEW;
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

CREATE OR REPLACE FUNCTION public.sessions_statistics()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'UPDATE' AND ROW(OLD.status, OLD.model, OLD.created_at, OLD.started_at, OLD.finished_at, OLD.project_type, OLD.gaps_to_research, OLD.gaps_decided, OLD.gaps_decided_by_people, OLD.research_answered, OLD.research_cached, OLD.research_failed, OLD.research_options, OLD.quality, OLD.cost_micro_usd, OLD.saved_micro_usd) IS NOT DISTINCT FROM ROW(NEW.status, NEW.model, NEW.created_at, NEW.started_at, NEW.finished_at, NEW.project_type, NEW.gaps_to_research, NEW.gaps_decided, NEW.gaps_decided_by_people, NEW.research_answered, NEW.research_cached, NEW.research_failed, NEW.research_options, NEW.quality, NEW.cost_micro_usd, NEW.saved_micro_usd) THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' AND OLD.project_type IS NOT NULL AND NEW.project_type IS NOT NULL THEN
    INSERT INTO public.session_statistics_deltas (workspace_id, hour, status, model, project_type, sessions, gaps_to_research, gaps_decided, gaps_decided_by_people, research_answered, research_cached, research_failed, research_options, documents, quality_points, quality_tens, durations, cost_micro_usd, saved_micro_usd) VALUES (OLD.workspace_id, date_trunc('hour', OLD.created_at, 'UTC'), OLD.status, coalesce(OLD.model, ''), OLD.project_type, -1, -OLD.gaps_to_research, -OLD.gaps_decided, -OLD.gaps_decided_by_people, -OLD.research_answered, -OLD.research_cached, -OLD.research_failed, -OLD.research_options, -(OLD.quality IS NOT NULL)::int, -coalesce(OLD.quality, 0), -coalesce(public.histogram_of(OLD.quality / 10 - OLD.quality / 100), 0), -coalesce(public.histogram_of(public.duration_bin(OLD.finished_at - OLD.started_at)), 0), -OLD.cost_micro_usd, -OLD.saved_micro_usd), (NEW.workspace_id, date_trunc('hour', NEW.created_at, 'UTC'), NEW.status, coalesce(NEW.model, ''), NEW.project_type, 1, NEW.gaps_to_research, NEW.gaps_decided, NEW.gaps_decided_by_people, NEW.research_answered, NEW.research_cached, NEW.research_failed, NEW.research_options, (NEW.quality IS NOT NULL)::int, coalesce(NEW.quality, 0), coalesce(public.histogram_of(NEW.quality / 10 - NEW.quality / 100), 0), coalesce(public.histogram_of(public.duration_bin(NEW.finished_at - NEW.started_at)), 0), NEW.cost_micro_usd, NEW.saved_micro_usd);
  ELSIF TG_OP <> 'DELETE' AND NEW.project_type IS NOT NULL THEN
    INSERT INTO public.session_statistics_deltas (workspace_id, hour, status, model, project_type, sessions, gaps_to_research, gaps_decided, gaps_decided_by_people, research_answered, research_cached, research_failed, research_options, documents, quality_points, quality_tens, durations, cost_micro_usd, saved_micro_usd) VALUES (NEW.workspace_id, date_trunc('hour', NEW.created_at, 'UTC'), NEW.status, coalesce(NEW.model, ''), NEW.project_type, 1, NEW.gaps_to_research, NEW.gaps_decided, NEW.gaps_decided_by_people, NEW.research_answered, NEW.research_cached, NEW.research_failed, NEW.research_options, (NEW.quality IS NOT NULL)::int, coalesce(NEW.quality, 0), coalesce(public.histogram_of(NEW.quality / 10 - NEW.quality / 100), 0), coalesce(public.histogram_of(public.duration_bin(NEW.finished_at - NEW.started_at)), 0), NEW.cost_micro_usd, NEW.saved_micro_usd);
  ELSIF TG_OP <> 'INSERT' AND OLD.project_type IS NOT NULL THEN
    INSERT INTO public.session_statistics_deltas (workspace_id, hour, status, model, project_type, sessions, gaps_to_research, gaps_decided, gaps_decided_by_people, research_answered, research_cached, research_failed, research_options, documents, quality_points, quality_tens, durations, cost_micro_usd, saved_micro_usd) VALUES (OLD.workspace_id, date_trunc('hour', OLD.created_at, 'UTC'), OLD.status, coalesce(OLD.model, ''), OLD.project_type, -1, -OLD.gaps_to_research, -OLD.gaps_decided, -OLD.gaps_decided_by_people, -OLD.research_answered, -OLD.research_cached, -OLD.research_failed, -OLD.research_options, -(OLD.quality IS NOT NULL)::int, -coalesce(OLD.quality, 0), -coalesce(public.histogram_of(OLD.quality / 10 - OLD.quality / 100), 0), -coalesce(public.histogram_of(public.duration_bin(OLD.finished_at - OLD.started_at)), 0), -OLD.cost_micro_usd, -OLD.saved_micro_usd);
  END IF;
  RETURN NULL;
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

CREATE TABLE cost_statistics (
  workspace_id uuid NOT NULL,
  grain text NOT NULL,
  day date NOT NULL,
  session_id uuid NOT NULL,
  kind text NOT NULL,
  model text NOT NULL,
  category text NOT NULL,
  calls bigint NOT NULL,
  cost_micro_usd bigint NOT NULL,
  saved_micro_usd bigint NOT NULL
);
ALTER TABLE cost_statistics ADD CONSTRAINT cost_statistics_pkey PRIMARY KEY (workspace_id, grain, day, session_id, kind, model, category);
ALTER TABLE cost_statistics ADD CONSTRAINT cost_statistics_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE cost_statistics ADD CONSTRAINT cost_statistics_grain_check CHECK ((grain = ANY (ARRAY['day'::text, 'session'::text])));

CREATE TABLE cost_statistics_deltas (
  workspace_id uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  day date NOT NULL,
  session_id uuid,
  kind text NOT NULL,
  model text NOT NULL,
  category text NOT NULL,
  calls bigint NOT NULL,
  cost_micro_usd bigint NOT NULL,
  saved_micro_usd bigint NOT NULL
);
ALTER TABLE cost_statistics_deltas ADD CONSTRAINT cost_statistics_deltas_pkey PRIMARY KEY (workspace_id, id);
ALTER TABLE cost_statistics_deltas ADD CONSTRAINT cost_statistics_deltas_check CHECK (((calls >= 0) AND (cost_micro_usd >= 0) AND (saved_micro_usd >= 0)));
ALTER TABLE cost_statistics_deltas ADD CONSTRAINT cost_statistics_deltas_kind_check CHECK ((kind = ANY (ARRAY['llm'::text, 'search'::text])));
CREATE TRIGGER cost_of_session AFTER INSERT ON public.cost_statistics_deltas FOR EACH ROW WHEN ((new.session_id IS NOT NULL)) EXECUTE FUNCTION cost_of_session();

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

CREATE TABLE session_statistics (
  workspace_id uuid NOT NULL,
  grain text NOT NULL,
  summed smallint NOT NULL,
  period timestamp with time zone NOT NULL,
  status text NOT NULL,
  model text NOT NULL,
  project_type text NOT NULL,
  sessions bigint NOT NULL,
  gaps_to_research bigint NOT NULL,
  gaps_decided bigint NOT NULL,
  gaps_decided_by_people bigint NOT NULL,
  research_answered bigint NOT NULL,
  research_cached bigint NOT NULL,
  research_failed bigint NOT NULL,
  research_options bigint NOT NULL,
  documents bigint NOT NULL,
  quality_points bigint NOT NULL,
  quality_tens numeric NOT NULL,
  durations numeric NOT NULL,
  cost_micro_usd bigint NOT NULL,
  saved_micro_usd bigint NOT NULL
);
ALTER TABLE session_statistics ADD CONSTRAINT session_statistics_pkey PRIMARY KEY (workspace_id, grain, summed, period, status, model, project_type);
ALTER TABLE session_statistics ADD CONSTRAINT session_statistics_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id);
ALTER TABLE session_statistics ADD CONSTRAINT session_statistics_grain_check CHECK ((grain = ANY (ARRAY['hour'::text, 'day'::text, 'month'::text])));
ALTER TABLE session_statistics ADD CONSTRAINT session_statistics_summed_check CHECK (((summed >= 0) AND (summed <= 7)));
CREATE INDEX idx_session_statistics_empty ON public.session_statistics USING btree (workspace_id) WHERE ((sessions = 0) AND (gaps_to_research = 0) AND (gaps_decided = 0) AND (gaps_decided_by_people = 0) AND (research_answered = 0) AND (research_cached = 0) AND (research_failed = 0) AND (research_options = 0) AND (documents = 0) AND (quality_points = 0) AND (quality_tens = (0)::numeric) AND (durations = (0)::numeric) AND (cost_micro_usd = 0) AND (saved_micro_usd = 0));

CREATE TABLE session_statistics_deltas (
  workspace_id uuid NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  hour timestamp with time zone NOT NULL,
  status text NOT NULL,
  model text NOT NULL,
  project_type text NOT NULL,
  sessions bigint NOT NULL,
  gaps_to_research bigint NOT NULL,
  gaps_decided bigint NOT NULL,
  gaps_decided_by_people bigint NOT NULL,
  research_answered bigint NOT NULL,
  research_cached bigint NOT NULL,
  research_failed bigint NOT NULL,
  research_options bigint NOT NULL,
  documents bigint NOT NULL,
  quality_points bigint NOT NULL,
  quality_tens numeric NOT NULL,
  durations numeric NOT NULL,
  cost_micro_usd bigint NOT NULL,
  saved_micro_usd bigint NOT NULL
);
ALTER TABLE session_statistics_deltas ADD CONSTRAINT session_statistics_deltas_pkey PRIMARY KEY (workspace_id, id);

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
  search tsvector,
  project_type text,
  gaps_to_research integer DEFAULT 0 NOT NULL,
  gaps_decided integer DEFAULT 0 NOT NULL,
  gaps_decided_by_people integer DEFAULT 0 NOT NULL,
  research_answered integer DEFAULT 0 NOT NULL,
  research_cached integer DEFAULT 0 NOT NULL,
  research_failed integer DEFAULT 0 NOT NULL,
  research_options integer DEFAULT 0 NOT NULL,
  quality smallint,
  cost_micro_usd bigint DEFAULT 0 NOT NULL,
  saved_micro_usd bigint DEFAULT 0 NOT NULL
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
CREATE TRIGGER sessions_project_type BEFORE INSERT OR UPDATE OF brief ON public.sessions FOR EACH ROW EXECUTE FUNCTION sessions_project_type();
CREATE TRIGGER sessions_search BEFORE INSERT OR UPDATE OF name, brief ON public.sessions FOR EACH ROW EXECUTE FUNCTION sessions_search();
CREATE TRIGGER sessions_statistics AFTER INSERT OR DELETE ON public.sessions FOR EACH ROW EXECUTE FUNCTION sessions_statistics();
CREATE TRIGGER sessions_statistics_change AFTER UPDATE OF brief, status, model, created_at, started_at, finished_at, project_type, gaps_to_research, gaps_decided, gaps_decided_by_people, research_answered, research_cached, research_failed, research_options, quality, cost_micro_usd, saved_micro_usd ON public.sessions FOR EACH ROW EXECUTE FUNCTION sessions_statistics();

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
